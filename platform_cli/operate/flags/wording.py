"""Rules in the words of conditions, for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from platform_cli.local.rule_syntax import Call, ContextValue, RuleError
from platform_cli.operate.flags.rules import COMPARISONS, number_text, parsed, quoted


def condition_of(rule: str) -> str:
    """A rule in the words of conditions; as it stands, where it is beyond them."""
    try:
        return _condition(parsed(rule), 0)
    except (RuleError, ValueError):
        return rule


def _condition(expression: Any, binding: int) -> str:
    """Words for an expression; `binding` 1 inside `and`, 2 inside `not`."""
    if not isinstance(expression, Call):
        raise RuleError("not a test")
    operator, operands = expression.operator, list(expression.positional)
    named = expression.named
    if operator in ("and", "or"):
        inner = f" {operator} ".join(_condition(o, 1 if operator == "and" else 0) for o in operands)
        return f"({inner})" if binding and (operator == "or" or binding == 2) else inner
    if operator == "not":
        inside = operands[0]
        if isinstance(inside, Call) and inside.operator == "eq":
            return _infix(inside, "!=")
        if isinstance(inside, Call) and inside.operator == "in":
            return _infix(inside, "not in")
        return f"not {_condition(inside, 2)}"
    if operator == "exists":
        key = named.get("key", operands[0] if operands else None)
        return f"exists {key.key if isinstance(key, ContextValue) else key}"
    if operator == "split" and isinstance(named.get("by"), ContextValue) and "pct" in named:
        seed = f", {_shown(named['seed'])}" if named.get("seed") else ""
        return f"split({named['by'].key}, {_shown(named['pct'])}{seed})"
    signs = {name: sign for sign, name in COMPARISONS.items()}
    return _infix(expression, signs.get(operator, operator))


def _infix(call: Call, sign: str) -> str:
    operands = [*call.positional, *call.named.values()]
    left, right = operands
    return f"{_shown(left)} {sign} {_shown(right)}"


def _shown(value: Any) -> str:
    if isinstance(value, ContextValue):
        return value.key
    if isinstance(value, tuple):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int | float):
        return number_text(value)
    return quoted(str(value))
