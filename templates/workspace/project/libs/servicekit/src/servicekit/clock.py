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
    """The present moment."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random id of 32 hexadecimal digits."""
    return uuid.uuid4().hex


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: always as long, so texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
