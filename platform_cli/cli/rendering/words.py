"""Small wording that several subjects share."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
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


def fitted(text: str, width: int, indent: str = "") -> list[str]:
    """Return a text in lines of at most `width` characters, each indented; no word is broken."""
    return textwrap.wrap(
        " ".join(text.split()),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def few(texts: Sequence[str], most: int = 10) -> list[str]:
    """Return the first texts, and how many more there are."""
    return [*texts] if len(texts) <= most else [*texts[:most], f"and {len(texts) - most} more"]
