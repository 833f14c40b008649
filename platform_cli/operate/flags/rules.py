"""Conditions as people write them, and rules as AppConfig evaluates them.

    plan == "pro" and country in ["DE", "AT"]   →   (and (eq $plan "pro") (in $country ["DE", "AT"]))

The operators of rules are those of "Defining rules for multi-variant feature flags" in the AppConfig
User Guide (November 2026).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.local.rule_syntax import parse_rule, read_moment

COMPARISONS = {"==": "eq", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_TEXT_TESTS = ("begins_with", "ends_with", "contains", "matches")
OPERATORS = frozenset({*COMPARISONS.values(), *_TEXT_TESTS, "and", "or", "not", "in", "exists", "split"})
"""What AppConfig knows."""

_RESERVED = ("and", "or", "not", "in", "exists", "split", "true", "false", *_TEXT_TESTS)
_MOST_DEEP = 50
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<mark>==|!=|>=|<=|>|<|&&|\|\||!|\(|\)|\[|\]|,)
      | (?P<value>[+-]?\d[\w.:+-]*)
      | (?P<word>\$?[A-Za-z_][\w.-]*)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def rule_of(condition: str) -> str:
    """The rule that a condition means.

    Args:
        condition: `plan == "pro"`; operators `== != < <= > >=`, `in`, `not in`, `begins_with`,
            `ends_with`, `contains`, `matches`, `exists NAME`, `split(NAME, PERCENT)`, joined by `and`,
            `or`, `not` and parentheses.

    Raises:
        PlatformError: `invalid-condition`, pointing at the spot.
    """
    return _Reader(condition).read()


def split_rule(by: str, percent: float, seed: str) -> str:
    """The rule that catches a share of the values of a context key, the same ones each time."""
    return f"(split by::${by} pct::{number_text(percent)} seed::{quoted(seed)})"


def context_key(name: str) -> str:
    """A context key as it may stand behind `$`.

    Raises:
        PlatformError: `invalid-condition`.
    """
    if not re.fullmatch(r"[A-Za-z_][\w.-]*", name):
        raise _wrong(name, 0, f'"{name}" is no context key: letters, digits, ".", "-" and "_"')
    return name


def parsed(rule: str) -> Any:
    """The expression of a rule.

    Raises:
        RuleError: It is none.
    """
    return parse_rule(rule, OPERATORS)


class _Reader:
    """Reads a condition from left to right."""

    def __init__(self, condition: str) -> None:
        self._condition = condition
        self._tokens = self._split()
        self._next = 0
        self._depth = 0

    def read(self) -> str:
        rule = self._any_of()
        if self._next < len(self._tokens):
            raise self._unexpected('"and", "or" or the end')
        return rule

    def _split(self) -> list[_Token]:
        tokens, position = [], 0
        end = len(self._condition.rstrip())
        while position < end:
            found = _TOKEN.match(self._condition, position)
            if found is None:
                at = position + len(self._condition[position:]) - len(self._condition[position:].lstrip())
                raise _wrong(self._condition, at, f"cannot read {self._condition[at:end]!r}")
            kind = str(found.lastgroup)
            tokens.append(_Token(kind, found.group(kind), found.start(kind)))
            position = found.end()
        return tokens

    def _any_of(self) -> str:
        return self._joined("or", ("or", "||"), self._all_of)

    def _all_of(self) -> str:
        return self._joined("and", ("and", "&&"), self._not)

    def _joined(self, operator: str, words: tuple[str, ...], part: Any) -> str:
        parts = [part()]
        while self._take(*words):
            parts.append(part())
        return parts[0] if len(parts) == 1 else f"({operator} {' '.join(parts)})"

    def _not(self) -> str:
        if self._take("not", "!"):
            return f"(not {self._deeper(self._not)})"
        return self._test()

    def _deeper(self, part: Any) -> str:
        self._depth += 1
        if self._depth > _MOST_DEEP:
            raise self._unexpected("a condition that is not nested so deep")
        inner: str = part()
        self._depth -= 1
        return inner

    def _test(self) -> str:
        if self._take("("):
            inner = self._deeper(self._any_of)
            self._demand(")")
            return inner
        if self._take("exists"):
            bracket = self._take("(")
            key = self._key()
            if bracket:
                self._demand(")")
            return f"(exists key::{quoted(key)})"
        if self._take("split"):
            return self._share()
        return self._comparison()

    def _share(self) -> str:
        self._demand("(")
        by = self._key()
        self._demand(",")
        percent = self._operand()
        seed = self._operand() if self._take(",") else '""'
        self._demand(")")
        return f"(split by::${by} pct::{percent} seed::{seed})"

    def _comparison(self) -> str:
        left = f"${self._key()}"
        token = self._peek()
        if token is not None and token.text in COMPARISONS:
            self._next += 1
            return f"({COMPARISONS[token.text]} {left} {self._operand()})"
        if self._take("!="):
            return f"(not (eq {left} {self._operand()}))"
        if token is not None and token.text in _TEXT_TESTS:
            self._next += 1
            operand = self._operand()
            if token.text == "matches":
                return f"(matches in::{left} pattern::{operand})"
            return f"({token.text} {left} {operand})"
        negated = self._take("not")
        if self._take("in"):
            inside = f"(in {left} {self._list()})"
            return f"(not {inside})" if negated else inside
        raise self._unexpected(f"a comparison of {left[1:]}, such as == or in")

    def _list(self) -> str:
        self._demand("[")
        items = [self._operand()]
        while self._take(","):
            items.append(self._operand())
        self._demand("]")
        return f"[{', '.join(items)}]"

    def _key(self) -> str:
        token = self._peek()
        if token is None or token.kind != "word" or token.text in _RESERVED:
            raise self._unexpected("the name of a context value, such as plan or userId")
        self._next += 1
        return token.text.removeprefix("$")

    def _operand(self) -> str:
        token = self._peek()
        if token is None or token.kind not in ("text", "value", "word"):
            raise self._unexpected("a value")
        if token.kind == "text":
            self._next += 1
            return quoted(_unescaped(token.text[1:-1]))
        if token.kind == "value":
            if not _is_number(token.text) and read_moment(token.text) is None:
                raise self._unexpected("a number, or a time such as 2026-12-01T08:00:00Z")
            self._next += 1
            return token.text.removeprefix("+")
        if token.text in ("true", "false"):
            self._next += 1
            return token.text
        if token.text.startswith("$"):
            self._next += 1
            return token.text
        raise self._unexpected(f'a value; a text stands in quotes: "{token.text}"')

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *texts: str) -> bool:
        token = self._peek()
        if token is not None and token.kind != "text" and token.text in texts:
            self._next += 1
            return True
        return False

    def _demand(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f'"{text}"')

    def _unexpected(self, wanted: str) -> PlatformError:
        token = self._peek()
        found = f"{token.text!r}" if token is not None else "the end"
        at = token.at if token is not None else len(self._condition)
        return _wrong(self._condition, at, f"expected {wanted}, found {found}")


def _wrong(condition: str, at: int, message: str) -> PlatformError:
    return PlatformError(
        f"the condition {condition!r} cannot be read at character {at + 1}: {message}",
        hint="""write it like 'plan == "pro" and country in ["DE", "AT"]'""",
        code="invalid-condition",
        exit_code=ExitCode.USAGE,
    )


def number_text(value: float) -> str:
    """A number without needless digits."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) is not None


def _unescaped(text: str) -> str:
    """Undo backslashes before quotes and backslashes; every other one, as in a pattern, stays."""
    return re.sub(r"""\\(["'\\])""", r"\1", text)


def quoted(text: str) -> str:
    """A text of the rule language: quotes and backslashes escaped, everything else as it is."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
