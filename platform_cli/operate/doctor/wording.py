"""Small wording that checks share."""

from __future__ import annotations

from collections.abc import Sequence

MOST_LINES = 10


def number(count: int, noun: str, plural: str | None = None) -> str:
    """`1 queue`, `2 queues`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def few(lines: Sequence[str], most: int = MOST_LINES) -> tuple[str, ...]:
    """The first lines, and how many more there are."""
    return tuple(lines) if len(lines) <= most else (*lines[:most], f"and {len(lines) - most} more")
