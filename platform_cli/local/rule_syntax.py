"""The language of AppConfig's rules: text in, expression out.

Read from "Defining rules for multi-variant feature flags" in the AppConfig User Guide (November 2026).
Standard library only: the agent's process loads nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Value = str | int | float | bool | datetime
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<mark>[()\[\],])
      | (?P<named>[A-Za-z_]\w*)::
      | (?P<word>[^\s()\[\],"]+)
    )""",
    re.VERBOSE,
)
_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?)?T?$"
)


class RuleError(ValueError):
    """A rule that is not written as AWS documents it."""


@dataclass(frozen=True)
class ContextValue:
    """`$key`: what the request says of itself under that key."""

    key: str


@dataclass(frozen=True)
class Call:
    """`(operator …)`: operands stand by position, or by name as in `pct::20`."""

    operator: str
    positional: tuple[Any, ...]
    named: Mapping[str, Any]


Tokens = Sequence[tuple[str, str]]


def parse_rule(rule: str, operators: Collection[str]) -> Any:
    """The expression that a rule is.

    Args:
        rule: As it is written.
        operators: The names that an operator may have.

    Raises:
        RuleError: The rule cannot be read.
    """
    tokens = _tokens(rule)
    for position, token in enumerate(tokens[:-1]):
        if token == ("mark", "(") and tokens[position + 1][1] not in operators:
            raise RuleError(f"{tokens[position + 1][1]!r} is no operator")
    expression, rest = _parse(tokens, 0)
    if rest != len(tokens):
        raise RuleError(f"there is something behind the end of the rule {rule!r}")
    return expression


def _tokens(rule: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(rule.rstrip()):
        token = _TOKEN.match(rule, position)
        if token is None:
            raise RuleError(f"cannot read {rule[position:]!r}")
        kind = token.lastgroup or ""
        found.append((kind, token.group(kind)))
        position = token.end()
    return found


def _parse(tokens: Tokens, position: int) -> tuple[Any, int]:
    """The expression at a position, and the position behind it."""
    if position >= len(tokens):
        raise RuleError("the rule ends too early")
    kind, text = tokens[position]
    if (kind, text) == ("mark", "("):
        return _parse_call(tokens, position + 1)
    if (kind, text) == ("mark", "["):
        items: list[Any] = []
        position += 1
        while position < len(tokens) and tokens[position] != ("mark", "]"):
            if tokens[position] == ("mark", ","):
                position += 1
                continue
            item, position = _parse(tokens, position)
            items.append(item)
        if position >= len(tokens):
            raise RuleError("a list is not closed")
        return tuple(items), position + 1
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", text[1:-1]), position + 1
    if kind == "word":
        return _literal(text), position + 1
    raise RuleError(f"unexpected {text!r}")


def _parse_call(tokens: Tokens, position: int) -> tuple[Call, int]:
    if position >= len(tokens) or tokens[position][0] != "word":
        raise RuleError("an operator is missing")
    operator = tokens[position][1]
    positional: list[Any] = []
    named: dict[str, Any] = {}
    position += 1
    while position < len(tokens) and tokens[position] != ("mark", ")"):
        kind, text = tokens[position]
        value, position = _parse(tokens, position + 1 if kind == "named" else position)
        if kind == "named":
            named[text] = value
        else:
            positional.append(value)
    if position >= len(tokens):
        raise RuleError("a parenthesis is not closed")
    return Call(operator, tuple(positional), named), position + 1


def _literal(word: str) -> Value | ContextValue:
    if word.startswith("$") and len(word) > 1:
        return ContextValue(word[1:])
    if word in ("true", "false"):
        return word == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    moment = read_moment(word)
    if moment is None:
        raise RuleError(f"{word!r} is no value")
    return moment


def read_moment(word: str) -> datetime | None:
    """The moment that a timestamp names, in UTC where it names no zone; None if it is no timestamp."""
    if not _TIMESTAMP.match(word):
        return None
    text = word.removesuffix("T")
    try:
        moment = datetime.fromisoformat(text if len(text) > len("2024-01") else f"{text}-01")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
