"""What of a query is written well and means nothing all the same: unknown functions, arguments, places.

All of it is found before a line is looked at, so that the answer does not depend on what was logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from platform_cli.blueprint.findings import known_hint
from platform_cli.operate.insights.aggregates import AGGREGATES
from platform_cli.operate.insights.evaluating import column_called
from platform_cli.operate.insights.functions import DATES, SCALARS
from platform_cli.operate.insights.periods import fits
from platform_cli.operate.insights.syntax import (
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
    NotUnderstood,
    Operation,
    Parse,
    Period,
    Sort,
    Star,
    Stats,
)


def check(commands: Sequence[Command]) -> None:
    """Look at all of a query.

    Raises:
        NotUnderstood: The first thing that has no meaning.
    """
    columns: set[str] | None = None
    for before, command in zip((None, *commands), commands, strict=False):
        if isinstance(before, Dedup) and not isinstance(command, Limit):
            raise NotUnderstood(
                "after `dedup` there can only be `limit`", command.at, "put `dedup` behind the other commands"
            )
        _check_command(command, columns)
        columns = _columns_after(command, columns)


def _check_command(command: Command, columns: set[str] | None) -> None:
    """Look at a command; after `stats`, there are no fields but its columns."""
    match command:
        case Fields():
            _check_all((column.expression for column in command.columns), columns)
        case Filter():
            _check_all((command.condition,), columns)
        case Sort():
            for order in command.orders:
                # After `stats`, `sort count(*)` means the column of this name.
                if column_called(order.name, columns or ()) is None:
                    _check_all((order.expression,), columns)
        case Parse():
            _check_all((Field(command.source, command.at),), columns)
        case Dedup():
            _check_all((Field(name, command.at) for name in command.names), columns)
        case Stats():
            _check_all((column.expression for column in command.by), columns)
            groups = {column.name for column in command.by}
            for column in command.columns:
                _check(column.expression, grouped=True)
                _check_grouped(column.expression, groups)
                _check_known(column.expression, None if columns is None else columns | groups)


def _columns_after(command: Command, columns: set[str] | None) -> set[str] | None:
    match command:
        case Stats():
            return {column.name for column in (*command.by, *command.columns)}
        case Fields() if columns is not None:
            return columns | {column.name for column in command.columns}
        case Parse() if columns is not None:
            return columns | set(command.names)
    return columns


def _check_all(expressions: Iterable[Expression], columns: set[str] | None) -> None:
    for expression in expressions:
        _check(expression, grouped=False)
        _check_known(expression, columns)


def _check_known(expression: Expression, columns: set[str] | None) -> None:
    if columns is None:
        return
    if isinstance(expression, Field) and expression.name not in columns:
        raise NotUnderstood(
            f"after `stats` there is no {expression.name}",
            expression.at,
            known_hint(expression.name, columns, otherwise=f"there are: {', '.join(sorted(columns))}"),
        )
    if isinstance(expression, Function) and expression.name == "bin" and "@timestamp" not in columns:
        raise NotUnderstood(
            "after `stats` there are no times of lines", expression.at, "name the column: bin(5m) as time"
        )
    for operand in _operands(expression):
        _check_known(operand, columns)


def _check(expression: Expression, *, grouped: bool) -> None:
    match expression:
        case Function():
            _check_function(expression, grouped)
        case Field(name="true" | "false" | "null"):
            raise NotUnderstood(
                f"`{expression.name}` would be a field",
                expression.at,
                "truth is 1 or 0; ispresent(…) tells whether a field is there",
            )
        case Star():
            raise NotUnderstood("`*` stands for lines in `count(*)` alone", expression.at, "name a field")
        case Period():
            raise NotUnderstood(
                f"`{expression.count}{expression.unit}` is a time",
                expression.at,
                "times stand in bin(…), datefloor(…) and dateceil(…)",
            )
        case _:
            for operand in _operands(expression):
                _check(operand, grouped=grouped)


def _check_function(call: Function, grouped: bool) -> None:
    name, given = call.name, call.arguments
    if name in DATES:
        *values, last = given or (None,)
        if len(given) != DATES[name] or not isinstance(last, Period):
            usage = f"{name}(5m)" if name == "bin" else f"{name}(@timestamp, 1h)"
            raise NotUnderstood(f"{name} has other arguments", call.at, f"for example {usage}")
        if not fits(last.count, last.unit):
            raise NotUnderstood(
                f"{last.count}{last.unit} is no time to count in", last.at, "for example 5m, 1h or 1d"
            )
        for value in values:
            assert value is not None
            _check(value, grouped=False)
        return
    if name in AGGREGATES:
        if not grouped:
            raise NotUnderstood(
                f"{name} is a function over many lines", call.at, "such functions stand in `stats`"
            )
        _check_aggregate(call)
        return
    if name not in SCALARS:
        names = (*SCALARS, *AGGREGATES, *DATES)
        hint = known_hint(name, names, otherwise=f"there are: {', '.join(sorted(names))}")
        raise NotUnderstood(f'there is no function "{name}"', call.at, hint)
    known = SCALARS[name]
    if len(given) < known.least or (known.most is not None and len(given) > known.most):
        raise _miscounted(call, known.least, known.most)
    for argument in given:
        _check(argument, grouped=grouped)


def _check_aggregate(call: Function) -> None:
    known = AGGREGATES[call.name]
    stars = not call.arguments or isinstance(call.arguments[0], Star)
    if known.star and stars and len(call.arguments) <= 1:
        return
    if len(call.arguments) != 1 + known.constants:
        raise _miscounted(call, 1 + known.constants, 1 + known.constants)
    _check(call.arguments[0], grouped=False)
    for constant in call.arguments[1:]:
        percent = constant.value if isinstance(constant, Constant) else None
        if not isinstance(percent, int | float) or not 0 <= percent <= 100:
            raise NotUnderstood(
                f"{call.name} wants a number from 0 to 100", constant.at, "for example pct(@duration, 99)"
            )


def _check_grouped(expression: Expression, groups: set[str]) -> None:
    """Outside of functions over lines, a field has one value only if the lines are grouped by it."""
    if isinstance(expression, Field) and expression.name not in groups:
        raise NotUnderstood(
            f"{expression.name} has a value for each line, not one for all of a group",
            expression.at,
            f"for example latest({expression.name}), or group by it",
        )
    if isinstance(expression, Function) and (expression.name in AGGREGATES or expression.name in DATES):
        if expression.name in DATES:
            raise NotUnderstood(
                f"{expression.name} has a value for each line, not one for all of a group",
                expression.at,
                "group by it",
            )
        return
    for operand in _operands(expression):
        _check_grouped(operand, groups)


def _operands(expression: Expression) -> Iterator[Expression]:
    match expression:
        case Operation():
            yield from expression.operands
        case Likeness():
            yield expression.operand
        case Membership():
            yield from (expression.operand, *expression.members)
        case Function():
            yield from expression.arguments


def _miscounted(call: Function, least: int, most: int | None) -> NotUnderstood:
    wanted = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
    return NotUnderstood(
        f"{call.name} has {len(call.arguments)} arguments", call.at, f"it takes {wanted} of them"
    )
