"""Values of fields: which are numbers, how two compare, how they sort and how they are shown.

A field that is not there has no value (None); as AWS's documentation does not say otherwise, that equals
nothing, is in no list and contains nothing, so that the negations hold for it.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_CHUNK = re.compile(r"\d+|[^\W\d_]+|[\W_]")
_PLACES = 4
_DIGITS = 300


@dataclass(frozen=True, order=True)
class Moment:
    """A time, in milliseconds since the epoch; shown as Logs Insights shows `@timestamp`."""

    milliseconds: int

    def __str__(self) -> str:
        seconds, rest = divmod(self.milliseconds, 1000)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{rest:03}"


Value: TypeAlias = bool | int | float | str | Moment | None


def number(value: Value) -> float | int | None:
    """The number that a value is, or is the text of; truth is 1 or 0."""
    match value:
        case None:
            return None
        case Moment():
            return value.milliseconds
        case bool():
            return int(value)
        case int() | float():
            # Python reads NaN and numbers of hundreds of digits, with which nobody can count.
            return value if abs(value) <= sys.float_info.max else None
    if not _NUMBER.fullmatch(value.strip()):
        return None
    if value.strip().lstrip("+-").isdigit():
        return int(value) if len(value) <= _DIGITS else None
    counted = float(value)
    return counted if math.isfinite(counted) else None


def shown(value: Value) -> str:
    """The text that an answer has for a value."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float() if math.isfinite(value):
            rounded = round(value, _PLACES)
            return str(int(rounded)) if rounded == int(rounded) else f"{rounded:.{_PLACES}f}".rstrip("0")
    return str(value)


def compare(operator: str, one: Value, other: Value) -> bool:
    """`=`, `!=`, `<`, `<=`, `>` or `>=`: of numbers where both are numbers, else of texts."""
    if one is None or other is None:
        return operator == "!=" and one is not other
    if isinstance(one, bool) or isinstance(other, bool):
        one, other = _spelled(one), _spelled(other)
    left, right = number(one), number(other)
    if left is not None and right is not None:
        return _compared(operator, left, right)
    if operator in ("=", "!="):
        return _compared(operator, shown(one), shown(other))
    # A number and a text have no order; times are texts beside texts.
    if (left is None) != (right is None) and not (isinstance(one, Moment) or isinstance(other, Moment)):
        return False
    return _compared(operator, shown(one), shown(other))


def _spelled(value: Value) -> Value:
    """Truth in JSON is asked for as a word, or as a number."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _compared(operator: str, left: Any, right: Any) -> bool:
    match operator:
        case "=":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
    return bool(left >= right)


def rank(value: Value) -> tuple[Any, ...]:
    """A key to sort by, as the user guide says: what is not there, texts, numbers.

    Texts are compared in chunks: digits by how many they are and then by their value, the rest by Unicode.
    """
    if value is None:
        return (0,)
    counted = number(value)
    if counted is not None:
        return (2, counted)
    chunks = _CHUNK.findall(str(value))
    return (1, tuple((ord("0"), len(c), c) if c.isdigit() else (ord(c[0]), 0, c) for c in chunks))


def truth(value: Value) -> bool:
    """Whether a condition holds."""
    counted = number(value)
    return bool(counted) if counted is not None else bool(value)
