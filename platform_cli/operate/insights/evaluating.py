"""Run the commands of a query over lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.operate.insights import periods
from platform_cli.operate.insights.aggregates import AGGREGATES
from platform_cli.operate.insights.functions import SCALARS
from platform_cli.operate.insights.syntax import (
    Column,
    Command,
    Constant,
    Dedup,
    Expression,
    Field,
    Fields,
    Filter,
    Function,
    Likeness,
    Limit,
    Membership,
    Operation,
    Order,
    Parse,
    Period,
    Sort,
    Star,
    Stats,
)
from platform_cli.operate.insights.values import Moment, Value, compare, number, rank, shown, truth

MOST_ROWS = 10_000
"""Rows of an answer without `limit` (CloudWatch Logs user guide, "limit", 2026-11)."""
_USUAL = ("@timestamp", "@message")

Line = Mapping[str, Value]
"""A line's fields, or a row's columns, by their names."""


@dataclass(frozen=True)
class Answer:
    """What a query gives.

    Attributes:
        columns: In the order of the query.
        rows: As texts; a column without a value is empty.
        matched: Lines that the filters let through.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    matched: int


def answer(commands: Sequence[Command], lines: Sequence[Line]) -> Answer:
    """The answer of a query that was checked, about lines in any order."""
    rows: list[Line] = sorted(lines, key=_latest, reverse=True)
    columns: list[str] = []
    grouped = limited = False
    matched: int | None = None
    for command in commands:
        match command:
            case Fields():
                named = [column.name for column in command.columns]
                columns = list(dict.fromkeys(named if command.alone else [*columns, *named]))
                rows = [_extended(row, command.columns) for row in rows]
            case Filter():
                rows = [row for row in rows if truth(value_of(command.condition, row))]
            case Parse():
                rows = [_parsed(row, command) for row in rows]
            case Stats():
                matched = len(rows) if matched is None else matched
                rows = _grouped(rows, command)
                columns = [column.name for column in (*command.by, *command.columns)]
                grouped = True
            case Sort():
                rows = _sorted(rows, command)
            case Limit():
                matched = len(rows) if matched is None else matched
                rows, limited = rows[: command.count], True
            case Dedup():
                rows = _deduplicated(rows, command.names)
    matched = len(rows) if matched is None else matched
    shown_columns = tuple(columns or _USUAL)
    kept = rows if grouped or limited else rows[:MOST_ROWS]
    return Answer(
        shown_columns,
        tuple(tuple(shown(row.get(column)) for column in shown_columns) for row in kept),
        matched,
    )


def value_of(expression: Expression, row: Line) -> Value:
    """What an expression is for a line, or for a row."""
    match expression:
        case Constant():
            return expression.value
        case Field():
            return row.get(expression.name)
        case Function():
            return _function(expression, row)
        case Operation():
            return _operation(expression, row)
        case Likeness():
            return _alike(expression, value_of(expression.operand, row)) != expression.negated
        case Membership():
            value = value_of(expression.operand, row)
            members = (value_of(member, row) for member in expression.members)
            return any(compare("=", value, member) for member in members) != expression.negated
    raise AssertionError("what has no value of its own is refused before")


def _function(call: Function, row: Line) -> Value:
    if call.name in AGGREGATES:
        raise AssertionError("a function over lines is computed with its group")
    if call.name in SCALARS:
        return SCALARS[call.name].apply(*(value_of(argument, row) for argument in call.arguments))
    *arguments, period = call.arguments
    assert isinstance(period, Period)
    moment = value_of(arguments[0], row) if arguments else row.get("@timestamp")
    if not isinstance(moment, Moment):
        return None
    round_to = periods.ceiling if call.name == "dateceil" else periods.floor
    return round_to(moment, period.count, period.unit)


def _operation(operation: Operation, row: Line) -> Value:
    operator, operands = operation.operator, operation.operands
    match operator:
        case "or":
            return any(truth(value_of(operand, row)) for operand in operands)
        case "and":
            return all(truth(value_of(operand, row)) for operand in operands)
        case "not":
            return not truth(value_of(operands[0], row))
    one, other = (value_of(operand, row) for operand in operands)
    if operator in ("=", "!=", "<", "<=", ">", ">="):
        return compare(operator, one, other)
    return _arithmetic(operator, number(one), number(other))


def _arithmetic(operator: str, one: float | None, other: float | None) -> Value:
    if one is None or other is None:
        return None
    result: Any
    try:
        match operator:
            case "+":
                result = one + other
            case "-":
                result = one - other
            case "*":
                result = one * other
            case "/":
                result = one / other
            case "%":
                result = one % other
            case _:
                # Of whole numbers without an end, the machine would be busy for as long.
                result = float(one) ** other
        # A root of a negative number is none that could be shown.
        return result if isinstance(result, int | float) and math.isfinite(result) else None
    except (ArithmeticError, ValueError):
        return None


def _alike(likeness: Likeness, value: Value) -> bool:
    if value is None:
        return False
    if isinstance(likeness.pattern, str):
        return likeness.pattern in shown(value)
    return likeness.pattern.search(shown(value)) is not None


def _extended(row: Line, columns: Sequence[Column]) -> Line:
    made = {
        column.name: value_of(column.expression, row)
        for column in columns
        if not (isinstance(column.expression, Field) and column.expression.name == column.name)
    }
    return {**row, **made} if made else row


def _parsed(row: Line, command: Parse) -> Line:
    value = row.get(command.source)
    found = command.pattern.search(shown(value)) if value is not None else None
    return row if found is None else {**row, **dict(zip(command.names, found.groups(), strict=True))}


def _grouped(rows: Sequence[Line], stats: Stats) -> list[Line]:
    groups: dict[tuple[str, ...], list[Line]] = {}
    keys: dict[tuple[str, ...], dict[str, Value]] = {}
    for row in rows:
        key = {column.name: value_of(column.expression, row) for column in stats.by}
        texts = tuple(shown(value) for value in key.values())
        groups.setdefault(texts, []).append(row)
        keys.setdefault(texts, key)
    if not stats.by and not rows:
        groups, keys = {(): []}, {(): {}}
    return [
        {**keys[texts], **{c.name: _over(c.expression, keys[texts], group) for c in stats.columns}}
        for texts, group in groups.items()
    ]


def _over(expression: Expression, key: Line, group: Sequence[Line]) -> Value:
    """What an expression is for a group: functions over lines are computed, the rest is as for a line."""
    computed: dict[str, Value] = dict(key)

    def settle(part: Expression) -> Expression:
        match part:
            case Function(name=name, arguments=arguments) if name in AGGREGATES:
                place = f"\0{len(computed)}"
                computed[place] = _aggregate(part, group)
                return Field(place, part.at)
            case Function(name=name, arguments=arguments):
                return Function(name, tuple(map(settle, arguments)), part.at)
            case Operation(operator=operator, operands=operands):
                return Operation(operator, tuple(map(settle, operands)), part.at)
            case Likeness():
                return Likeness(settle(part.operand), part.pattern, part.negated, part.at)
            case Membership():
                members = tuple(map(settle, part.members))
                return Membership(settle(part.operand), members, part.negated, part.at)
        return part

    return value_of(settle(expression), computed)


def _aggregate(call: Function, group: Sequence[Line]) -> Value:
    if not call.arguments or isinstance(call.arguments[0], Star):
        return len(group)
    argument, *constants = call.arguments
    timed = [(_latest(row), value_of(argument, row)) for row in group]
    given = [constant.value for constant in constants if isinstance(constant, Constant)]
    return AGGREGATES[call.name].apply(timed, *given)


def _sorted(rows: list[Line], command: Sort) -> list[Line]:
    for order in reversed(command.orders):
        rows = sorted(rows, key=lambda row: rank(_to_sort_by(order, row)), reverse=order.descending)
    return rows


def _to_sort_by(order: Order, row: Line) -> Value:
    column = column_called(order.name, row)
    return value_of(order.expression, row) if column is None else row[column]


def column_called(written: str, columns: Iterable[str]) -> str | None:
    """The column that is called so, blanks and capitals aside; None if there is none."""
    wanted = "".join(written.split()).lower()
    return next((name for name in columns if "".join(name.split()).lower() == wanted), None)


def _deduplicated(rows: Sequence[Line], names: Sequence[str]) -> list[Line]:
    """The first of each combination; what lacks one of the values is no duplicate."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for row in rows:
        values = [row.get(name) for name in names]
        key = tuple(map(shown, values))
        if any(value is None for value in values) or key not in seen:
            kept.append(row)
            seen.add(key)
    return kept


def _latest(row: Line) -> int:
    moment = row.get("@timestamp")
    return moment.milliseconds if isinstance(moment, Moment) else 0
