"""Attributes of flags, from what was typed to the types that the flag declares."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.flags.document import AttributeValue, FlagDefinition


def read_attributes(
    flag: str, definition: FlagDefinition, typed: Mapping[str, str]
) -> Mapping[str, AttributeValue]:
    """Attributes as values of the types that the flag declares.

    Raises:
        PlatformError: `unknown-attribute`, or `invalid-attribute`.
    """
    read: dict[str, AttributeValue] = {}
    for name, text in typed.items():
        if name not in definition.attributes:
            raise PlatformError(
                f'{flag} has no attribute "{name}"',
                hint=choices("it has", list(definition.attributes))
                + "; new ones are declared in the blueprint",
                code="unknown-attribute",
                exit_code=ExitCode.USAGE,
            )
        read[name] = _attribute(f"{flag}.{name}", definition.attributes[name].constraints, text)
    return read


def _attribute(place: str, constraints: Mapping[str, Any], text: str) -> AttributeValue:
    kind = constraints.get("type", "string")
    try:
        match kind:
            case "boolean":
                return {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}[
                    text.lower()
                ]
            case "number":
                return int(text) if text.lstrip("+-").isdigit() else _finite(text)
            case "array":
                items = json.loads(text) if text.lstrip().startswith("[") else text.split(",")
                return _items(constraints, items)
    except (KeyError, ValueError) as error:
        raise PlatformError(
            f'{place} takes a {kind}, and "{text}" is none',
            code="invalid-attribute",
            exit_code=ExitCode.USAGE,
        ) from error
    return text


def _items(constraints: Mapping[str, Any], items: list[Any]) -> list[str] | list[int | float]:
    numbers = (constraints.get("elements") or {}).get("type") == "number"
    return [_finite(item) for item in items] if numbers else [str(item) for item in items]


def _finite(text: Any) -> float:
    """A number as JSON knows it, which has neither infinity nor NaN."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def choices(before: str, names: list[str]) -> str:
    """A hint that lists what there is."""
    return f"{before}: {', '.join(names) or 'none'}"
