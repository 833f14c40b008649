"""What pydantic finds, in the words of the blueprint language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.blueprint.findings import nearest_hint, nearest_name
from platform_cli.blueprint.model import base
from platform_cli.blueprint.model.fields import keys_at
from platform_cli.blueprint.model.triggers import TRIGGER_KINDS
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.patterns import form_of, rule_of_names, similar_name


@dataclass(frozen=True)
class Wrong:
    """An error of pydantic: its type, where, the value, and how the value is written (`text`)."""

    type: str
    path: Path
    value: Any
    context: Mapping[str, Any]
    is_key: bool
    text: str | None


@dataclass(frozen=True)
class Wording:
    """How an error is said."""

    code: str
    message: str
    hint: str | None = None


def shown(value: Any, text: str | None = None) -> str:
    """A value in a message: `the number 5`, `the text "on"`, `a list`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {text or value}"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 60 else value[:57] + "…"}"'
    return "a list" if isinstance(value, list | tuple) else "a mapping"


def dotted(path: Path) -> str:
    """`services.orders.functions.create.routes[1]`."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out or "the blueprint"


def describe(wrong: Wrong) -> Wording:
    """The finding for an error of pydantic."""
    if wrong.path[-1:] == ("account",) and wrong.path[:1] == ("environments",):
        account = _account(wrong)
        if account is not None:
            return account
    describer = _DESCRIBERS.get(wrong.type)
    if describer is not None:
        return describer(wrong)
    reason = wrong.context.get("error")
    written = f'"{wrong.value}"' if isinstance(wrong.value, str) else shown(wrong.value, wrong.text)
    return Wording(
        "invalid-format", f"{dotted(wrong.path)} cannot be {written}", None if reason is None else str(reason)
    )


def _account(wrong: Wrong) -> Wording | None:
    if isinstance(wrong.value, int) and not isinstance(wrong.value, bool):
        return Wording(
            "unquoted-account",
            f"the account {wrong.text} stands without quotes, so YAML reads a number",
            f'write account: "{(wrong.text or "").zfill(12)}"',
        )
    if isinstance(wrong.value, str):
        return Wording(
            "invalid-format",
            f'the account "{wrong.value}" does not have twelve digits',
            "write the twelve digits, without hyphens, in quotes",
        )
    return None


def _unknown_key(wrong: Wrong) -> Wording:
    key = str(wrong.path[-1])
    keys = keys_at(wrong.path[:-1])
    if ":" in key and wrong.value is None:
        hint: str | None = "YAML needs a space after the colon"
    else:
        hint = nearest_hint(key, keys)
        if nearest_name(key, keys) is None and len(keys) > 8:
            hint = None
    place = dotted(wrong.path[:-1])
    message = (
        f'"{key}" is not a key of {place}'
        if len(wrong.path) > 1
        else f'"{key}" is not a key of the blueprint'
    )
    return Wording("unknown-key", message, hint)


def _missing(wrong: Wrong) -> Wording:
    key = str(wrong.path[-1])
    hints = {
        "blueprint": "write `blueprint: 1` in the first line",
        "environments": "write `environments: { local: { target: local } }` to begin with",
        "handler": 'a handler is a module and an attribute, such as "orders.handlers.create.handler"',
    }
    return Wording("missing-key", f'{dotted(wrong.path[:-1])} needs "{key}"', hints.get(key))


_KINDS = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_attributes_type": "a mapping",
    "model_type": "a mapping",
    "string_type": "a text",
    "tuple_type": "a list",
}


_WITH_SHORTHAND = frozenset(model.__name__ for model in base.Shorthand.__subclasses__())


def _wrong_type(wrong: Wrong) -> Wording:
    kind = _KINDS[wrong.type]
    name = dotted(wrong.path)
    if wrong.context.get("class_name") in _WITH_SHORTHAND:
        kind = "a text or a mapping"
    elif wrong.type == "bool_type" and wrong.path[:1] == ("flags",) and wrong.path[-1] == "default":
        kind = "on or off"
    message = f"{name} takes {kind}, not {shown(wrong.value, wrong.text)}"
    hint: str | None = None
    if wrong.path[-1] == "remove_after":
        hint = "a date is written as YYYY-MM-DD"
    elif wrong.type == "string_type" and isinstance(wrong.value, int | float):
        hint = f'put it into quotes: "{wrong.text}"'
    elif wrong.type == "bool_type" and isinstance(wrong.value, str):
        word = wrong.value.lower()
        if word in ("yes", "on", "y", "true"):
            hint = f"in YAML 1.2 {wrong.value} is a text; write true"
        elif word in ("no", "off", "n", "false"):
            hint = f"in YAML 1.2 {wrong.value} is a text; write false"
    elif wrong.type in ("int_type", "float_type") and isinstance(wrong.value, str):
        hint = (
            "write it without quotes" if re.fullmatch(r"-?\d+(\.\d+)?", wrong.value) else _unit(wrong.value)
        )
    elif wrong.type in ("tuple_type", "list_type") and wrong.value is not None:
        hint = "write [ ] around it, or a line that begins with `- `"
    return Wording("wrong-type", message, hint)


def _unit(value: str) -> str | None:
    number = re.match(r"\s*(\d+)\s*[A-Za-z]+\s*$", value)
    return f"units stand in the names of keys; write {number.group(1)}" if number else None


def _not_allowed(wrong: Wrong) -> Wording:
    expected = str(wrong.context.get("expected", ""))
    values = re.findall(r"'([^']*)'", expected)
    numbers = [] if values else re.findall(r"\d+", expected)
    name = dotted(wrong.path)
    if wrong.path == ("blueprint",):
        return Wording(
            "unsupported-version",
            f"this release does not read version {wrong.text} of the blueprint language",
            "write `blueprint: 1`",
        )
    if numbers:
        near = ""
        if isinstance(wrong.value, int) and not isinstance(wrong.value, bool):
            value = wrong.value
            near = f"the nearest is {min((int(n) for n in numbers), key=lambda n: abs(n - value))}; "
        return Wording(
            "not-allowed",
            f"{name} cannot be {wrong.text if wrong.text is not None else shown(wrong.value)}",
            f"{near}there is {', '.join(numbers)}",
        )
    if wrong.value is False and "off" in values:
        return Wording("not-allowed", f"{name} cannot be {wrong.text}", "write off")
    if isinstance(wrong.value, str):
        return Wording("not-allowed", f'{name} cannot be "{wrong.value}"', nearest_hint(wrong.value, values))
    written = shown(wrong.value, wrong.text)
    return Wording("not-allowed", f"{name} cannot be {written}", f"there is {', '.join(values)}")


def _out_of_range(wrong: Wrong) -> Wording:
    limits = (
        ("ge", "at least"),
        ("le", "at most"),
        ("gt", "more than"),
        ("lt", "less than"),
        ("multiple_of", "a multiple of"),
    )
    said = " and ".join(f"{word} {wrong.context[key]:,}" for key, word in limits if key in wrong.context)
    return Wording("out-of-range", f"{dotted(wrong.path)} is {wrong.text or wrong.value}, and must be {said}")


def _length(wrong: Wrong) -> Wording:
    low, high = wrong.context.get("min_length"), wrong.context.get("max_length")
    name = dotted(wrong.path)
    if low is not None:
        return Wording(
            "out-of-range", f"{name} is empty" if low == 1 else f"{name} needs at least {low} entries"
        )
    return Wording("out-of-range", f"{name} is too long: at most {high} are possible")


def _pattern(wrong: Wrong) -> Wording:
    pattern = str(wrong.context.get("pattern", ""))
    rule = rule_of_names(pattern)
    if rule is not None:
        suggestion = similar_name(str(wrong.value), pattern)
        return Wording(
            "invalid-name",
            f'"{wrong.value}" cannot be a name here: {rule}',
            f"write {suggestion}" if suggestion else None,
        )
    return Wording("invalid-format", f'{dotted(wrong.path)} cannot be "{wrong.value}"', form_of(pattern))


def _unknown_trigger(wrong: Wrong) -> Wording:
    name = dotted(wrong.path)
    kinds = ", ".join(TRIGGER_KINDS)
    if not isinstance(wrong.value, dict):
        return Wording(
            "unknown-trigger",
            f"{name} is {shown(wrong.value, wrong.text)}, not a trigger",
            "write { queue: NAME }",
        )
    for key in wrong.value:
        match = nearest_name(str(key), TRIGGER_KINDS)
        if match is not None:
            return Wording(
                "unknown-trigger", f'"{key}" is no kind of trigger ({name})', f'did you mean "{match}"?'
            )
    return Wording("unknown-trigger", f"{name} does not say what drives the function", f"there is {kinds}")


_DESCRIBERS: Mapping[str, Callable[[Wrong], Wording]] = {
    **dict.fromkeys(_KINDS, _wrong_type),
    **dict.fromkeys(
        ("greater_than_equal", "less_than_equal", "greater_than", "less_than", "multiple_of"), _out_of_range
    ),
    **dict.fromkeys(("too_short", "too_long", "string_too_short", "string_too_long"), _length),
    "extra_forbidden": _unknown_key,
    "literal_error": _not_allowed,
    "missing": _missing,
    "string_pattern_mismatch": _pattern,
    "unknown_trigger": _unknown_trigger,
}
