"""Patterns by which CloudWatch Logs finds lines: what is written is read, or it is said what is wrong.

In: a pattern. Out: what it asks of a line, and the fields that it names. Never: a line.

Source: CloudWatch Logs user guide, «Filter pattern syntax for metric filters», 2026-11. Patterns in square
brackets, for lines of words between spaces, are refused: all of our logs are JSON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_REGEXES = 2
"""Regular expressions in one pattern (CloudWatch Logs guide, 2026-11)."""
_SELECTOR = re.compile(r"\$(?:\.[A-Za-z0-9_-]+|\[(?:\d+|\*)\])+")
_SPACE = re.compile(r"\s*")
_OPERATOR = re.compile(r"!=|<=|>=|=|<|>")
_STATE = re.compile(r"(IS)\s+(NULL|TRUE|FALSE)\b|(NOT)\s+(EXISTS)\b")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?\Z")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_REGEX = re.compile(r"%([^%]*)%")
_REGEX_TEXT = re.compile(r"[A-Za-z0-9_#=@/;,\-^$?\[\]{}|\\*+.]+\Z")
_BARE = re.compile(r"[A-Za-z0-9_.*+-]+")
_TERM = re.compile(r"[A-Za-z0-9_]+")
_ORDERED = ("<", ">", "<=", ">=")


class PatternError(ValueError):
    """What is wrong with a pattern.

    Attributes:
        hint: What to write instead; None where that does not follow.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Condition:
    """What a pattern for JSON asks of one field.

    Attributes:
        selector: The field: `$.user.id`.
        operator: `=`, `>=` and the like; `IS` or `NOT` for `IS NULL` and `NOT EXISTS`.
        value: What it is compared with, as it is written, without quotes.
        quoted: Whether there were quotes.
    """

    selector: str
    operator: str
    value: str
    quoted: bool = False

    @property
    def text(self) -> str | None:
        """The text that the field has to be; None where the condition asks for something else."""
        whole = self.operator == "=" and "*" not in self.value and not self.value.startswith("%")
        return self.value if whole and (self.quoted or not _NUMBER.match(self.value)) else None


@dataclass(frozen=True)
class Joined:
    """Conditions that are joined by `&&` or by `||`.

    Attributes:
        every: Whether all of them have to hold, and not any.
        parts: Two or more.
    """

    every: bool
    parts: tuple[Expression, ...]


Expression = Condition | Joined


@dataclass(frozen=True)
class Word:
    """What a pattern for words asks of a line.

    Attributes:
        text: The word, or the regular expression, as it is written, without quotes and `%`.
        sign: `-` for one that must not be there, `?` for one of which any has to be there; else empty.
        is_regex: Whether it is a regular expression.
    """

    text: str
    sign: str = ""
    is_regex: bool = False


@dataclass(frozen=True)
class FilterPattern:
    """A pattern that was understood.

    Attributes:
        is_json: Whether it asks for fields of JSON, and not for words.
        conditions: What it asks of fields, in the order in which they stand there.
        regexes: How many regular expressions are in it.
        expression: How the conditions are joined; None of a pattern for words.
        words: What a pattern for words asks for; none: every line.
    """

    is_json: bool
    conditions: tuple[Condition, ...]
    regexes: int
    expression: Expression | None = None
    words: tuple[Word, ...] = ()


def parse_pattern(text: str) -> FilterPattern:
    """Read a pattern.

    Raises:
        PatternError: CloudWatch Logs would refuse it, or it could match no line of ours.
    """
    written = text.strip()
    if written.startswith("["):
        raise PatternError(
            "it is for lines of words between spaces, and logs here are JSON",
            'write { $.message = "…" }',
        )
    found = _json(written) if written.startswith("{") else _words(written)
    if found.regexes > MOST_REGEXES:
        raise PatternError(
            f"it has {found.regexes} regular expressions, and CloudWatch Logs takes {MOST_REGEXES}"
        )
    return found


def is_selector(text: str) -> bool:
    """Whether a text names a field: `$.latency`, `$.users[0].id`."""
    return _SELECTOR.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether a value that stands without quotes is compared as a number."""
    return _NUMBER.match(text) is not None


def _words(text: str) -> FilterPattern:
    at, words = 0, list[Word]()
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        sign = text[at] if text[at] in "-?" else ""
        at += len(sign)
        regex = match = _REGEX.match(text, at)
        if regex:
            _check_regex(regex[1])
        else:
            match = _QUOTED.match(text, at) or _TERM.match(text, at)
        if match is None or (match.end() < len(text) and not text[match.end()].isspace()):
            word = text[at:].split()[0] if text[at:].strip() else text[at - 1 :]
            raise PatternError(
                f"the word {word} has other characters than letters, digits and _",
                f'put it into quotes: "{word.strip(chr(34))}"',
            )
        at = match.end()
        words.append(Word(regex[1] if regex else _unquoted(match[0]), sign, regex is not None))
    return FilterPattern(False, (), sum(word.is_regex for word in words), words=tuple(words))


def _json(text: str) -> FilterPattern:
    if not text.endswith("}"):
        raise PatternError("it begins with { and does not end with }", "write { $.field = value }")
    reader = _Reader(text[1:-1])
    expression = reader.either()
    if rest := reader.rest():
        raise PatternError(
            f"nothing may follow a condition but && or ||, and there is: {_cut(rest)}",
            'a text with other characters than letters and digits stands in "quotes"',
        )
    return FilterPattern(True, tuple(reader.conditions), reader.regexes, expression)


class _Reader:
    """Reads conditions from left to right: `)` binds before `&&`, and that before `||`."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.conditions: list[Condition] = []
        self.regexes = 0

    def rest(self) -> str:
        """What is not read yet, without the space before it."""
        match = _SPACE.match(self._text, self._at)
        assert match
        self._at = match.end()
        return self._text[self._at :].rstrip()

    def either(self) -> Expression:
        parts = [self._both()]
        while self._takes("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Joined(False, tuple(parts))

    def _both(self) -> Expression:
        parts = [self._one()]
        while self._takes("&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Joined(True, tuple(parts))

    def _one(self) -> Expression:
        if not self._takes("("):
            return self._condition()
        found = self.either()
        if not self._takes(")"):
            raise PatternError("a ( is not closed")
        return found

    def _takes(self, sign: str) -> bool:
        if not self.rest().startswith(sign):
            return False
        self._at += len(sign)
        return True

    def _takes_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self.rest()
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _condition(self) -> Condition:
        rest = self.rest()
        selector = self._takes_match(_SELECTOR)
        if selector is None:
            if not rest:
                raise PatternError("a condition is missing", "write { $.field = value }")
            name = re.match(r"\w[\w.]*", rest)
            raise PatternError(
                f"a condition begins with a field, $.name, and not with {_cut(rest)}",
                f"write $.{name[0]}" if name else None,
            )
        if state := self._takes_match(_STATE):
            return self._noted(Condition(selector[0], state[1] or state[3], state[2] or state[4]))
        operator = self._takes_match(_OPERATOR)
        if operator is None:
            raise PatternError(
                f"after {selector[0]} comes =, !=, <, >, <=, >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS",
                f"to ask whether it is there: {selector[0]} = *",
            )
        if self.rest().startswith("="):
            raise PatternError("there is no ==", f"write {selector[0]} = …")
        return self._noted(self._compared(selector[0], operator[0]))

    def _noted(self, condition: Condition) -> Condition:
        self.conditions.append(condition)
        return condition

    def _compared(self, selector: str, operator: str) -> Condition:
        rest = self.rest()
        if regex := self._takes_match(_REGEX):
            _check_regex(regex[1])
            self.regexes += 1
            value, quoted = regex[0], False
        elif match := self._takes_match(_QUOTED):
            value, quoted = match[0][1:-1], True
        elif match := self._takes_match(_BARE):
            value, quoted = match[0], False
        else:
            said = _cut(rest)
            raise PatternError(
                f"after {selector} {operator} comes a value" + (f", and not {said}" if said else ""),
                'a text with other characters than letters and digits stands in "quotes"',
            )
        if operator in _ORDERED and (quoted or not _NUMBER.match(value)):
            raise PatternError(f"{operator} compares with a number, and not with {_cut(rest)}")
        return Condition(selector, operator, value, quoted)


def _check_regex(text: str) -> None:
    if _REGEX_TEXT.match(text):
        return
    wrong = next((sign for sign in text if not _REGEX_TEXT.match(sign)), "")
    raise PatternError(
        f"the regular expression %{text}% has {wrong!r}, which CloudWatch Logs does not take"
        if wrong
        else "the regular expression is empty"
    )


def _unquoted(word: str) -> str:
    return word[1:-1].replace('\\"', '"') if word.startswith('"') else word


def _cut(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
