"""Whether a line of a log is one that a pattern of CloudWatch Logs asks for.

In: a pattern that was read, and lines. Out: matches, and the values of fields. Never: AWS.

Source: CloudWatch Logs user guide, «Filter pattern syntax for metric filters», 2026-11. Where it is silent:
a condition on a field that a line does not have fails, but for `NOT EXISTS`; a word may be a part of another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from platform_cli.blueprint.filter_patterns import (
    Condition,
    Expression,
    FilterPattern,
    Joined,
    Word,
    is_number,
)

_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+|\*)\]")
_LONGEST_SECONDS = 0.2
"""For one expression and one line."""
_STATES: Mapping[str, Any] = {"NULL": None, "TRUE": True, "FALSE": False}


class Line:
    """A line of a log, parsed at most once for however many patterns.

    Args:
        message: Of the line.
    """

    def __init__(self, message: str) -> None:
        self.message = message

    @cached_property
    def document(self) -> Mapping[str, Any] | None:
        """What the line is in JSON; None if it is no object."""
        if not self.message.lstrip().startswith("{"):
            return None
        try:
            document = json.loads(self.message)
        except (ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) else None

    def values(self, selector: str) -> tuple[Any, ...]:
        """What is at `$.a.b[0]`: nothing or one value, or several for `[*]`."""
        return tuple(_values(self.document, _STEP.findall(selector)))


def matches(pattern: FilterPattern, line: Line) -> bool:
    """Whether a pattern asks for the line."""
    if not pattern.is_json:
        return _has_words(pattern.words, line.message)
    if line.document is None or pattern.expression is None:
        return False
    return _holds(pattern.expression, line)


def _values(found: Any, steps: Sequence[tuple[str, str]]) -> Iterator[Any]:
    if not steps:
        yield found
        return
    (key, index), rest = steps[0], steps[1:]
    if key:
        if isinstance(found, Mapping) and key in found:
            yield from _values(found[key], rest)
    elif isinstance(found, list):
        for item in found if index == "*" else found[int(index) : int(index) + 1]:
            yield from _values(item, rest)


def _has_words(words: Sequence[Word], message: str) -> bool:
    wanted = [word for word in words if word.sign != "?"]
    if not wanted:
        return not words or any(_has(word, message) for word in words)
    # Beside other words the guide has `?` ignored.
    return all(_has(word, message) == (word.sign == "") for word in wanted)


def _has(word: Word, message: str) -> bool:
    return _found(word.text, message) if word.is_regex else word.text in message


def _holds(expression: Expression, line: Line) -> bool:
    if isinstance(expression, Joined):
        judged = (_holds(part, line) for part in expression.parts)
        return all(judged) if expression.every else any(judged)
    found = line.values(expression.selector)
    if expression.operator == "NOT":
        return not found
    return any(_meets(expression, value) for value in found)


def _meets(condition: Condition, value: Any) -> bool:
    match condition.operator:
        case "IS":
            return value is _STATES[condition.value]
        case "=":
            return _equals(condition, value)
        case "!=":
            return not _equals(condition, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    limit = float(condition.value)
    judged = {"<": value < limit, ">": value > limit, "<=": value <= limit, ">=": value >= limit}
    return judged[condition.operator]


def _equals(condition: Condition, value: Any) -> bool:
    wanted, quoted = condition.value, condition.quoted
    if wanted == "*" and not quoted:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    if not quoted and wanted.startswith("%"):
        return _found(wanted[1:-1], str(value))
    if is_number(wanted) and not quoted:
        return not isinstance(value, str) and float(wanted) == value
    if quoted and not isinstance(value, str):
        return False
    return _is_like(wanted.replace('\\"', '"'), str(value))


def _found(text: str, message: str) -> bool:
    """Whether a regular expression finds something; one that takes too long with a line finds nothing."""
    try:
        return _regex(text).search(message, concurrent=True, timeout=_LONGEST_SECONDS) is not None
    except TimeoutError:
        return False


@lru_cache(maxsize=256)
def _regex(text: str) -> Any:
    # Unlike Python's own, which neither ends nor lets other threads go on, whatever `%a*a*a*b%` is given.
    import regex

    try:
        return regex.compile(text, regex.VERSION0)
    except regex.error:
        return regex.compile(r"(?!)")  # CloudWatch Logs would have refused it; it matches nothing


def _is_like(wildcard: str, text: str) -> bool:
    """Whether a text is what stands between the stars, in this order, with anything in their place."""
    if "*" not in wildcard:
        return text == wildcard
    first, *middle, last = wildcard.split("*")
    if not text.startswith(first):
        return False
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last) and len(text) - len(last) >= at
