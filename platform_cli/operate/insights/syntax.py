"""A query of Logs Insights as values: its commands in their order, and their expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

MOST_LIMIT = 100_000
"""Rows that `limit` may ask for (CloudWatch Logs user guide, "limit", 2026-11)."""


@dataclass(frozen=True)
class At:
    """Where something stands in the text of a query, both counted from 1."""

    line: int
    column: int


class NotUnderstood(Exception):
    """A part of a query that has no meaning here."""

    def __init__(self, message: str, at: At, hint: str) -> None:
        super().__init__(message)
        self.at = at
        self.hint = hint


@dataclass(frozen=True)
class Constant:
    """A number or a text."""

    value: float | str
    at: At


@dataclass(frozen=True)
class Period:
    """A time such as `5m`: so many units, whose names are those of Logs Insights."""

    count: int
    unit: str
    at: At


@dataclass(frozen=True)
class Field:
    """A field of a line, or what an earlier command named."""

    name: str
    at: At


@dataclass(frozen=True)
class Star:
    """The `*` of `count(*)`."""

    at: At


@dataclass(frozen=True)
class Function:
    """A function with its arguments; its name in small letters."""

    name: str
    arguments: tuple[Expression, ...]
    at: At


@dataclass(frozen=True)
class Operation:
    """`or`, `and`, `not`, a comparison, or arithmetic."""

    operator: str
    operands: tuple[Expression, ...]
    at: At


@dataclass(frozen=True)
class Likeness:
    """`like` and `=~`: a text that is contained, or a regular expression that is found."""

    operand: Expression
    pattern: str | re.Pattern[str]
    negated: bool
    at: At


@dataclass(frozen=True)
class Membership:
    """`in […]`."""

    operand: Expression
    members: tuple[Expression, ...]
    negated: bool
    at: At


Expression: TypeAlias = Constant | Period | Field | Star | Function | Operation | Likeness | Membership


@dataclass(frozen=True)
class Column:
    """An expression with the name that its values have from then on: an alias, or its own text."""

    expression: Expression
    name: str


@dataclass(frozen=True)
class Fields:
    """`fields`, or `display`, which takes the place of all columns before it."""

    columns: tuple[Column, ...]
    alone: bool
    at: At


@dataclass(frozen=True)
class Filter:
    """`filter`, or `where`."""

    condition: Expression
    at: At


@dataclass(frozen=True)
class Parse:
    """`parse`: the groups of a regular expression become fields; so do the stars of a glob.

    Attributes:
        source: The field that is looked at.
        pattern: What is looked for.
        names: Of the groups, in their order.
        at: Where.
    """

    source: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    at: At


@dataclass(frozen=True)
class Stats:
    """`stats … by …`."""

    columns: tuple[Column, ...]
    by: tuple[Column, ...]
    at: At


@dataclass(frozen=True)
class Order:
    """What is sorted by, and how it is written: as a column is called that `stats` made of the same."""

    expression: Expression
    descending: bool
    name: str


@dataclass(frozen=True)
class Sort:
    """`sort`."""

    orders: tuple[Order, ...]
    at: At


@dataclass(frozen=True)
class Limit:
    """`limit`."""

    count: int
    at: At


@dataclass(frozen=True)
class Dedup:
    """`dedup`."""

    names: tuple[str, ...]
    at: At


Command: TypeAlias = Fields | Filter | Parse | Stats | Sort | Limit | Dedup
