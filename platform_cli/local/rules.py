"""Evaluate feature flags as the AppConfig Agent does, as far as AWS documents it.

The language of rules is read from "Defining rules for multi-variant feature flags" in the AppConfig
User Guide (November 2026). Not documented, so our own choice: how `split` hashes (SHA-256 of seed
and value here, so a user's share is as stable, but not the same users as on AWS), and that a rule
that cannot be evaluated, for lack of a context value or by a wrong type, does not match.

Standard library only: the agent's process loads nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from platform_cli.local.rule_syntax import Call, ContextValue, RuleError, parse_rule, read_moment

_BUCKETS = 1_000_000


class _Unknown(Exception):
    """An operand has no value for this request, or one of the wrong kind."""


def evaluate_flags(values: Mapping[str, Any], context: Mapping[str, str]) -> dict[str, Any]:
    """What the agent answers for a feature-flag configuration.

    Args:
        values: The configuration in its retrieval format: flag to `enabled`, attributes, or `_variants`.
        context: The context of the request, by key.
    """
    return {key: _evaluate_flag(flag, context) for key, flag in values.items()}


def matches(rule: str, context: Mapping[str, str]) -> bool:
    """Whether a rule holds for a context.

    Raises:
        RuleError: The rule cannot be read.
    """
    expression = parse_rule(rule, _OPERATORS)
    try:
        return _truth(_value(expression, context))
    except _Unknown:
        return False


def _evaluate_flag(flag: Any, context: Mapping[str, str]) -> Any:
    if not isinstance(flag, Mapping) or not isinstance(flag.get("_variants"), list):
        return flag
    for variant in flag["_variants"]:
        rule = variant.get("rule")
        if rule is None or _matches_or_not(rule, context):
            attributes = dict(variant.get("attributeValues") or {})
            return {
                "_variant": variant.get("name"),
                "enabled": bool(variant.get("enabled", False)),
                **attributes,
            }
    return {"enabled": False}


def _matches_or_not(rule: str, context: Mapping[str, str]) -> bool:
    try:
        return matches(rule, context)
    except RuleError:
        return False


def _value(expression: Any, context: Mapping[str, str]) -> Any:
    if isinstance(expression, ContextValue):
        if expression.key not in context:
            raise _Unknown(expression.key)
        return context[expression.key]
    if isinstance(expression, Call):
        return _OPERATORS[expression.operator](expression, context)
    return expression


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise RuleError("the rule gives neither true nor false")
    return value


def _operands(call: Call, context: Mapping[str, str], *names: str) -> list[Any]:
    """The values of a call's operands, which may be given by position or by name."""
    left = list(call.positional)
    chosen = [call.named[name] if name in call.named else left.pop(0) if left else None for name in names]
    if None in chosen or left:
        raise RuleError(f"{call.operator} takes {len(names)} operands")
    return [_value(operand, context) for operand in chosen]


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values of one type: context values arrive as text and are read as what they are compared with."""
    if type(left) is type(right):
        return left, right
    if isinstance(left, str) and not isinstance(right, str):
        return _read_as(left, right), right
    if isinstance(right, str):
        return left, _read_as(right, left)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return float(left), float(right)
    raise _Unknown


def _read_as(text: str, like: Any) -> Any:
    if isinstance(like, bool):
        if text not in ("true", "false"):
            raise _Unknown(text)
        return text == "true"
    if isinstance(like, datetime):
        moment = read_moment(text)
        if moment is None:
            raise _Unknown(text)
        return moment
    try:
        return type(like)(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            raise _Unknown(text) from None


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Call, Mapping[str, str]], bool]:
    def evaluate(call: Call, context: Mapping[str, str]) -> bool:
        left, right = _operands(call, context, "left", "right")
        try:
            return compare(*_alike(left, right))
        except TypeError:
            raise _Unknown from None

    return evaluate


def _text_test(test: Callable[[str, str], bool]) -> Callable[[Call, Mapping[str, str]], bool]:
    def evaluate(call: Call, context: Mapping[str, str]) -> bool:
        left, right = _operands(call, context, "left", "right")
        return test(str(left), str(right))

    return evaluate


def _holds(operand: Any, context: Mapping[str, str]) -> bool:
    """The truth of an operand; one that is unknown does not hold."""
    try:
        return _truth(_value(operand, context))
    except _Unknown:
        return False


def _negation(call: Call, context: Mapping[str, str]) -> bool:
    if len(call.positional) != 1:
        raise RuleError("not takes 1 operand")
    return not _holds(call.positional[0], context)


def _membership(call: Call, context: Mapping[str, str]) -> bool:
    value, options = _operands(call, context, "value", "options")
    if not isinstance(options, tuple):
        raise RuleError("in takes a list")
    for option in options:
        try:
            left, right = _alike(value, option)
        except _Unknown:
            continue
        if left == right:
            return True
    return False


def _pattern(call: Call, context: Mapping[str, str]) -> bool:
    value, pattern = _operands(call, context, "in", "pattern")
    try:
        return re.search(str(pattern), str(value)) is not None
    except re.error as error:
        raise RuleError(f"{pattern!r} is no pattern: {error}") from error


def _existence(call: Call, context: Mapping[str, str]) -> bool:
    operand = call.named.get("key") or (call.positional[0] if call.positional else None)
    key = operand.key if isinstance(operand, ContextValue) else operand
    if not isinstance(key, str):
        raise RuleError("exists takes a key")
    return bool(context.get(key))


def _split(call: Call, context: Mapping[str, str]) -> bool:
    if "by" not in call.named or "pct" not in call.named:
        raise RuleError("split takes by:: and pct::")
    percent = _value(call.named["pct"], context)
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        raise RuleError("pct:: is a number")
    seed = _value(call.named.get("seed", ""), context)
    by = _value(call.named["by"], context)
    digest = hashlib.sha256(f"{seed}\0{by}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _BUCKETS < percent / 100 * _BUCKETS


_OPERATORS: dict[str, Callable[[Call, Mapping[str, str]], bool]] = {
    "eq": _comparison(lambda left, right: bool(left == right)),
    "gt": _comparison(lambda left, right: bool(left > right)),
    "gte": _comparison(lambda left, right: bool(left >= right)),
    "lt": _comparison(lambda left, right: bool(left < right)),
    "lte": _comparison(lambda left, right: bool(left <= right)),
    "and": lambda call, context: all(_holds(operand, context) for operand in call.positional),
    "or": lambda call, context: any(_holds(operand, context) for operand in call.positional),
    "not": _negation,
    "begins_with": _text_test(str.startswith),
    "ends_with": _text_test(str.endswith),
    "contains": _text_test(lambda text, part: part in text),
    "in": _membership,
    "matches": _pattern,
    "exists": _existence,
    "split": _split,
}
