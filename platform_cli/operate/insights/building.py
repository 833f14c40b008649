"""From lark's tree of a query to its commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lark import Token, Transformer, Tree, v_args

from platform_cli.operate.insights.patterns import glob, regular_expression
from platform_cli.operate.insights.syntax import (
    MOST_LIMIT,
    At,
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
    NotUnderstood,
    Operation,
    Order,
    Parse,
    Period,
    Sort,
    Star,
    Stats,
)

_ESCAPED = re.compile(r"\\([\"'\\/])")
_PERIOD = re.compile(r"(\d+)(\D+)")


def _at(meta: Any) -> At:
    return At(meta.line, meta.column)


def _of(token: Token) -> At:
    return At(token.line or 1, token.column or 1)


def _text(token: Token) -> str:
    return _ESCAPED.sub(r"\1", str(token)[1:-1])


def build(tree: Tree[Token], text: str) -> tuple[Command, ...]:
    """The commands of a query.

    Args:
        tree: As the grammar makes it.
        text: Of the query: an expression without an alias is called as it is written.

    Raises:
        VisitError: By lark, around a `NotUnderstood`.
    """
    return _Builder(text).transform(tree)


@v_args(meta=True)
class _Builder(Transformer[Token, tuple[Command, ...]]):
    """A method a rule of the grammar."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._query = text

    def query(self, _meta: Any, commands: Sequence[Command]) -> tuple[Command, ...]:
        return tuple(commands)

    def fields(self, meta: Any, parts: Sequence[Any]) -> Fields:
        return Fields(tuple(parts[1:]), parts[0].type == "DISPLAY", _at(meta))

    def filter(self, meta: Any, parts: Sequence[Any]) -> Filter:
        return Filter(parts[1], _at(meta))

    def parse(self, meta: Any, parts: Sequence[Any]) -> Parse:
        _, source, wanted, _, *names = parts
        given = tuple(name for name in names if name is not None)
        regular = wanted.type == "REGEX"
        pattern = self._regex(wanted) if regular else glob(_text(wanted))
        groups = tuple(sorted(pattern.groupindex, key=lambda name: pattern.groupindex[name]))
        if regular and groups and not given and len(groups) == pattern.groups:
            return Parse(source or "@message", pattern, groups, _at(meta))
        if len(given) != pattern.groups or groups or not given:
            count = f"{pattern.groups} {'groups' if regular else 'stars'}"
            raise NotUnderstood(
                f"`parse` finds {count} and has {len(given)} names",
                _of(wanted),
                "each star has a name after `as`; each group of a regular expression is (?<name>…)",
            )
        return Parse(source or "@message", pattern, given, _at(meta))

    def stats(self, meta: Any, parts: Sequence[Any]) -> Stats:
        _, columns, _, by = parts
        return Stats(columns, by or (), _at(meta))

    def columns(self, _meta: Any, columns: Sequence[Column]) -> tuple[Column, ...]:
        return tuple(columns)

    def column(self, meta: Any, parts: Sequence[Any]) -> Column:
        expression, _, alias = parts
        if isinstance(expression, Field):
            return Column(expression, alias or expression.name)
        return Column(expression, alias or self._query[meta.start_pos : meta.end_pos])

    def sort(self, meta: Any, parts: Sequence[Any]) -> Sort:
        return Sort(tuple(parts[1:]), _at(meta))

    def order(self, meta: Any, parts: Sequence[Any]) -> Order:
        expression, direction = parts
        written = self._query[meta.start_pos : meta.end_pos if direction is None else direction.start_pos]
        return Order(expression, direction is not None and direction.type == "DESC", written)

    def limit(self, meta: Any, parts: Sequence[Any]) -> Limit:
        if not str(parts[1]).isdigit():
            raise NotUnderstood(f"`{parts[1]}` is no number of rows", _of(parts[1]), "it is a whole number")
        if int(parts[1]) > MOST_LIMIT:
            raise NotUnderstood(f"`limit` is at most {MOST_LIMIT:,}", _of(parts[1]), "ask for less")
        return Limit(int(parts[1]), _at(meta))

    def dedup(self, meta: Any, parts: Sequence[Any]) -> Dedup:
        return Dedup(tuple(parts[1:]), _at(meta))

    def disjunction(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Operation("or", tuple(p for p in parts if not isinstance(p, Token)), _at(meta))

    def conjunction(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Operation("and", tuple(p for p in parts if not isinstance(p, Token)), _at(meta))

    def negated(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Operation("not", (parts[1],), _at(meta))

    def compared(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Operation(str(parts[1]), (parts[0], parts[2]), _at(meta))

    def likeness(self, meta: Any, parts: Sequence[Any]) -> Expression:
        operand, negation, _, wanted = parts
        return self._like(operand, wanted, negation is not None, meta)

    def alike(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return self._like(parts[0], parts[2], False, meta)

    def membership(self, meta: Any, parts: Sequence[Any]) -> Expression:
        operand, negation, _, *members = parts
        return Membership(operand, tuple(members), negation is not None, _at(meta))

    def arithmetic(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Operation(str(parts[1]), (parts[0], parts[2]), _at(meta))

    def minus(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Operation("-", (Constant(0, _at(meta)), parts[1]), _at(meta))

    def number(self, meta: Any, parts: Sequence[Any]) -> Expression:
        written = str(parts[0])
        return Constant(int(written) if written.isdigit() else float(written), _at(meta))

    def period(self, meta: Any, parts: Sequence[Any]) -> Expression:
        found = _PERIOD.fullmatch(str(parts[0]))
        assert found is not None, "the grammar lets nothing else through"
        return Period(int(found[1]), found[2].lower(), _at(meta))

    def text(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Constant(_text(parts[0]), _at(meta))

    def field(self, meta: Any, parts: Sequence[Any]) -> Expression:
        return Field(parts[0], _at(meta))

    def call(self, meta: Any, parts: Sequence[Any]) -> Expression:
        name, *arguments = parts
        given = tuple(
            Star(_of(each)) if isinstance(each, Token) else each for each in arguments if each is not None
        )
        return Function(str(name).lower(), given, _at(meta))

    def name(self, _meta: Any, parts: Sequence[Any]) -> str:
        return str(parts[0]).strip("`")

    def _like(self, operand: Expression, wanted: Token, negated: bool, meta: Any) -> Expression:
        pattern = self._regex(wanted) if wanted.type == "REGEX" else _text(wanted)
        return Likeness(operand, pattern, negated, _at(meta))

    @staticmethod
    def _regex(token: Token) -> re.Pattern[str]:
        try:
            return regular_expression(str(token)[1:-1])
        except ValueError as error:
            raise NotUnderstood(
                f"the regular expression {token} cannot be read: {error}",
                _of(token),
                "a sign with a meaning of its own stands after a \\",
            ) from error
