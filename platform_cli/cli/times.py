"""Times as they are typed: `10m`, `2h`, or a moment in ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from platform_cli.errors import ExitCode, PlatformError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_AGO = re.compile(r"(\d{1,6})([smhd])")


def length_of(typed: str) -> timedelta:
    """Return the length of time that was typed, such as `10m`.

    Raises:
        PlatformError: It is none.
    """
    length = _AGO.fullmatch(typed.strip())
    if length is None:
        raise PlatformError(
            f'"{typed}" is no length of time',
            hint="write 30s, 10m, 2h or 1d",
            code="invalid-time",
            exit_code=ExitCode.USAGE,
        )
    return timedelta(**{_UNITS[length[2]]: int(length[1])})


def since_when(typed: str, now: datetime | None = None) -> datetime:
    """Return the moment that was typed.

    Args:
        typed: A number with s, m, h or d for how long ago; or a moment, in local time if it names no zone.
        now: The present; None asks the clock.

    Raises:
        PlatformError: It is neither.
    """
    ago = _AGO.fullmatch(typed.strip())
    if ago is not None:
        return (now or datetime.now(UTC)) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        return datetime.fromisoformat(typed.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PlatformError(
            f'"{typed}" is no time',
            hint="write how long ago, such as 30s, 10m, 2h or 1d, or a time such as 2026-11-20T08:00",
            code="invalid-time",
            exit_code=ExitCode.USAGE,
        ) from error
