"""Small wording that several subjects share."""

from __future__ import annotations

from datetime import UTC, datetime


def number(count: int, noun: str, plural: str | None = None) -> str:
    """Return `1 stack`, `2 stacks`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def short_type(resource_type: str) -> str:
    """Return `Lambda::Function` for `AWS::Lambda::Function`."""
    return resource_type.removeprefix("AWS::")


def moment(when: datetime | None) -> str:
    """Return a time in UTC to the second, or a dash where there is none."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if when else "-"


def duration(seconds: float) -> str:
    """Return `42 s`, `7 min`, `3 h 5 min`."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
