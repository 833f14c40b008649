"""Time and ids, passed in wherever logic needs them, so that tests can hold them still."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, in UTC."""

Ids = Callable[[], str]
"""Gives a new unique id at each call."""


def utc_now() -> datetime:
    """The present moment in whole milliseconds, so that it reads back from a `timestamp` as it was."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def new_id() -> str:
    """A random id of 32 hexadecimal digits."""
    return uuid.uuid4().hex


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: always as long, so texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
