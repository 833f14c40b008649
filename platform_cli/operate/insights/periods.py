"""Times that a query names, such as `5m`, and the beginning and the end of them in which a moment is.

Units and their abbreviations are those of the CloudWatch Logs user guide, "stats". Weeks begin on Monday, and
all is in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from platform_cli.operate.insights.values import Moment

_MILLISECONDS = {
    "millisecond": 1,
    "second": 1000,
    "minute": 60_000,
    "hour": 3_600_000,
    "day": 86_400_000,
    "week": 7 * 86_400_000,
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_NAMES = {
    "millisecond": ("ms", "msec"),
    "second": ("s", "sec"),
    "minute": ("m", "min"),
    "hour": ("h", "hr"),
    "day": ("d",),
    "week": ("w",),
    "month": ("mo", "mon"),
    "quarter": ("q", "qtr"),
    "year": ("y", "yr"),
}
UNITS = {name: unit for unit, short in _NAMES.items() for name in (unit, *short)}
UNITS |= {f"{name}s": unit for name, unit in UNITS.items() if len(name) > 1}
LATEST = int(datetime(3000, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""No moment is later, and no period longer than from the epoch to then: calendars end somewhere."""
_EPOCH_MONTHS = 1970 * 12
_MONDAY = int(datetime(1970, 1, 5, tzinfo=UTC).timestamp() * 1000)


def fits(count: int, unit: str) -> bool:
    """Whether a period is one, and not longer than calendars are."""
    named = UNITS.get(unit)
    if named is None or count < 1:
        return False
    if named in _MONTHS:
        return count * _MONTHS[named] <= 12_000
    return count * _MILLISECONDS[named] <= LATEST


def floor(moment: Moment, count: int, unit: str) -> Moment:
    """The beginning of the `count` units in which a moment is."""
    named = UNITS[unit]
    if named in _MONTHS:
        months = count * _MONTHS[named]
        return _month((_months(moment) - _EPOCH_MONTHS) // months * months + _EPOCH_MONTHS)
    step = count * _MILLISECONDS[named]
    origin = _MONDAY if named == "week" else 0
    return Moment((moment.milliseconds - origin) // step * step + origin)


def ceiling(moment: Moment, count: int, unit: str) -> Moment:
    """The end of the `count` units in which a moment is; itself, if it is the beginning of them."""
    begin = floor(moment, count, unit)
    if begin == moment:
        return moment
    named = UNITS[unit]
    if named in _MONTHS:
        return _month(_months(begin) + count * _MONTHS[named])
    return Moment(begin.milliseconds + count * _MILLISECONDS[named])


def _months(moment: Moment) -> int:
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment.milliseconds)
    return date.year * 12 + date.month - 1


def _month(months: int) -> Moment:
    year, month = divmod(months, 12)
    return Moment(int(datetime(year, month + 1, 1, tzinfo=UTC).timestamp() * 1000))
