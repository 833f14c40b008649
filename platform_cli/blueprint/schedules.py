"""The grammar of schedules: `rate(…)`, `cron(…)` and `at(…)` of EventBridge Scheduler.

By the EventBridge Scheduler user guide, «Schedule types», read in November 2026.
"""

from __future__ import annotations

import re
from datetime import datetime

_FORM = re.compile(r"(rate|cron|at)\((.*)\)\Z")
_RATE = re.compile(r"(\d+) +(minute|minutes|hour|hours|day|days)\Z")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)


class ScheduleError(ValueError):
    """A text is no schedule; `hint` says what would be one."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def check_schedule(text: str) -> None:
    """Check the syntax of a schedule.

    Raises:
        ScheduleError: It is none.
    """
    match = _FORM.match(text.strip())
    if match is None:
        raise ScheduleError(f'"{text}" is no schedule', _guess(text.strip()))
    kind, inside = match.groups()
    if kind == "rate":
        _check_rate(text, inside.strip())
    elif kind == "cron":
        _check_cron(text, inside.split())
    else:
        _check_at(text, inside.strip())


def _guess(text: str) -> str:
    fields = text.split()
    if len(fields) == 5 and all(re.match(r"[\d*/,A-Za-z?-]+\Z", field) for field in fields):
        day, week = ("?", fields[4]) if fields[2] == "*" and fields[4] != "*" else (fields[2], "?")
        return f"write cron({fields[0]} {fields[1]} {day} {fields[3]} {week} *)"
    if len(fields) == 6:
        return f"write cron({text})"
    if _RATE.match(text):
        return f"write rate({text})"
    return "write rate(5 minutes), cron(0 8 * * ? *) or at(2027-01-01T00:00:00)"


def _check_rate(text: str, inside: str) -> None:
    match = _RATE.match(inside)
    if match is None:
        raise ScheduleError(
            f'"{text}" is no rate', "write a number and minutes, hours or days: rate(5 minutes)"
        )
    number, unit = int(match.group(1)), match.group(2).removesuffix("s")
    if number == 0:
        raise ScheduleError(f'"{text}" never comes', f"write rate(1 {unit})")
    right = unit if number == 1 else unit + "s"
    if match.group(2) != right:
        raise ScheduleError(f'"{text}" has the wrong form of {unit}', f"write rate({number} {right})")


def _check_at(text: str, inside: str) -> None:
    try:
        datetime.strptime(inside, "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        raise ScheduleError(f'"{text}" is no point in time', "write at(2027-01-01T00:00:00)") from None


def _check_cron(text: str, fields: list[str]) -> None:
    if len(fields) != len(_FIELDS):
        hint = (
            _guess(" ".join(fields))
            if len(fields) == 5
            else "minutes hours day-of-month month day-of-week year"
        )
        raise ScheduleError(f'"{text}" has {len(fields)} fields, and cron(…) takes six', hint)
    for value, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        for part in value.split(","):
            if not _is_part(part, name, low, high, words):
                raise ScheduleError(
                    f'"{value}" cannot be the {name} of "{text}"', _field_hint(name, low, high, words)
                )
    if (fields[2] == "?") == (fields[4] == "?"):
        better = [*fields]
        better[2 if fields[2] == "*" and fields[4] != "*" else 4] = "?"
        if fields[2] == "?":
            better[2] = "*"
        raise ScheduleError(
            f'"{text}": exactly one of day of month and day of week is ?', f"write cron({' '.join(better)})"
        )


def _field_hint(name: str, low: int, high: int, words: tuple[str, ...]) -> str:
    return f"the {name} is {low} to {high}" + (f" or {words[0]} to {words[-1]}" if words else "")


def _is_part(part: str, name: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    if part == "*":
        return True
    if name == "day of month" and (part in ("?", "L", "LW") or _is_weekday_near(part, low, high)):
        return True
    if name == "day of week":
        if part in ("?", "L"):
            return True
        last, _, nth = part.partition("#")
        if nth:
            return nth in "12345" and len(nth) == 1 and _number(last, low, high, words) is not None
        if part.endswith("L") and _number(part[:-1], low, high, words) is not None:
            return True
    base, slash, step = part.partition("/")
    if slash and (not step.isdecimal() or not 0 < int(step) <= high):
        return False
    if base == "*":
        return bool(slash)
    start, dash, end = base.partition("-")
    first = _number(start, low, high, words)
    if first is None:
        return False
    if not dash:
        return True
    return _number(end, low, high, words) is not None


def _is_weekday_near(part: str, low: int, high: int) -> bool:
    return part.endswith("W") and _number(part[:-1], low, high, ()) is not None


def _number(text: str, low: int, high: int, words: tuple[str, ...]) -> int | None:
    if text.upper() in words:
        return words.index(text.upper()) + low
    return int(text) if text.isdecimal() and len(text) <= 4 and low <= int(text) <= high else None
