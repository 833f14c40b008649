"""How often a schedule runs in an average month of 730 hours."""

from __future__ import annotations

import re
from decimal import Decimal

HOURS_PER_MONTH = Decimal(730)
"""365 days × 24 hours ÷ 12, as AWS's own examples count a month."""
DAYS_PER_MONTH = HOURS_PER_MONTH / 24

_RATE = re.compile(r"rate\((\d+) +(minute|hour|day)s?\)\Z")
_CRON = re.compile(r"cron\((.*)\)\Z")
_HOURS = {"minute": Decimal(1) / 60, "hour": Decimal(1), "day": Decimal(24)}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def runs_per_month(schedule: str) -> Decimal:
    """Runs a month of a schedule of EventBridge Scheduler; `at(…)`, which runs once, counts as none."""
    rate = _RATE.match(schedule.strip())
    if rate is not None:
        return HOURS_PER_MONTH / (int(rate[1]) * _HOURS[rate[2]])
    cron = _CRON.match(schedule.strip())
    if cron is None:
        return Decimal(0)
    minute, hour, day, month, weekday, _year = cron[1].split()
    runs_a_day = _count(minute, 0, 59) * _count(hour, 0, 23)
    return runs_a_day * _days(day, weekday) * _count(month, 1, 12, _MONTHS) / 12


def _days(day: str, weekday: str) -> Decimal:
    if day not in ("?", "*"):
        return DAYS_PER_MONTH * _count(day, 1, 31) / 31 if _is_plain(day) else Decimal(1)
    if weekday not in ("?", "*"):
        return DAYS_PER_MONTH * _count(weekday, 1, 7, _WEEKDAYS) / 7 if _is_plain(weekday) else Decimal(1)
    return DAYS_PER_MONTH


def _is_plain(field: str) -> bool:
    """Whether it holds none of `L`, `W` and `#`, which name one day of the month."""
    return not re.search(r"\d?[LW]|#", field)


def _count(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> int:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            begin, _, end = span.partition("-")
            first = _number(begin, names)
            last = _number(end, names) if end else (high if step else first)
        # MON-FRI counts up; a range over the end of the week (FRI-MON) wraps.
        values = range(first, last + 1) if first <= last else (*range(first, high + 1), *range(low, last + 1))
        found.update(list(values)[:: int(step or 1)])
    return len(found)


def _number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text.upper()) + 1 if text.upper() in names else int(text)
