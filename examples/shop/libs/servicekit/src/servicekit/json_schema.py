"""Hold JSON values against a JSON Schema of Draft 4, without a package for it.

All keywords of Draft 4 are known, except for `format`, which is only a remark, and references to other
documents. Problems name the place and the rule, never the value: it may be personal, and ends up in a log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


def problems(schema: Mapping[str, Any], value: Any) -> tuple[str, ...]:
    """What is wrong with a value; nothing if it fits.

    Args:
        schema: A valid schema.
        value: As `json.loads` gives it.
    """
    return tuple(_check(schema, value, "", schema))


def _check(schema: Mapping[str, Any], value: Any, place: str, root: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield from _check(_find(root, schema["$ref"]), value, place, root)
        return
    at = place or "it"
    wanted = schema.get("type")
    if wanted is not None and not _has_type(value, wanted):
        names = " or ".join(wanted) if isinstance(wanted, list) else wanted
        yield f"{at} is not of type {names}"
        return
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        yield f"{at} is none of the values that are allowed"
    yield from _combined(schema, value, place, root)
    if isinstance(value, dict):
        yield from _object(schema, value, place, root)
    elif isinstance(value, list):
        yield from _array(schema, value, place, root)
    elif isinstance(value, str):
        yield from _text(schema, value, at)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(schema, value, at)


def _has_type(value: Any, wanted: str | list[str]) -> bool:
    if isinstance(wanted, list):
        return any(_has_type(value, one) for one in wanted)
    if isinstance(value, bool):
        return wanted == "boolean"
    return isinstance(value, _TYPES[wanted])


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON: true is not 1, and 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _combined(schema: Mapping[str, Any], value: Any, place: str, root: Mapping[str, Any]) -> Iterator[str]:
    at = place or "it"
    for part in schema.get("allOf", ()):
        yield from _check(part, value, place, root)
    if "anyOf" in schema and not any(_fits(part, value, root) for part in schema["anyOf"]):
        yield f"{at} fits none of the alternatives"
    if "oneOf" in schema and sum(_fits(part, value, root) for part in schema["oneOf"]) != 1:
        yield f"{at} does not fit exactly one of the alternatives"
    if "not" in schema and _fits(schema["not"], value, root):
        yield f"{at} is what it must not be"


def _fits(schema: Mapping[str, Any], value: Any, root: Mapping[str, Any]) -> bool:
    return next(_check(schema, value, "", root), None) is None


def _object(
    schema: Mapping[str, Any], value: Mapping[str, Any], place: str, root: Mapping[str, Any]
) -> Iterator[str]:
    at = place or "it"
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at} lacks {name}"
    if len(value) < schema.get("minProperties", 0):
        yield f"{at} has too few properties"
    if len(value) > schema.get("maxProperties", len(value)):
        yield f"{at} has too many properties"
    for name, needed in schema.get("dependencies", {}).items():
        if name in value:
            rule = {"required": needed} if isinstance(needed, list) else needed
            yield from _check(rule, value, place, root)
    properties, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    others = schema.get("additionalProperties", True)
    for name, inner in value.items():
        rules = [properties[name]] if name in properties else []
        rules += [rule for pattern, rule in patterns.items() if re.search(pattern, name)]
        inside = f"{place}.{name}" if place else name
        if not rules and others is False:
            yield f"{inside} is not expected"
        elif not rules and isinstance(others, dict):
            rules = [others]
        for rule in rules:
            yield from _check(rule, inner, inside, root)


def _array(schema: Mapping[str, Any], value: list[Any], place: str, root: Mapping[str, Any]) -> Iterator[str]:
    at = place or "it"
    if len(value) < schema.get("minItems", 0):
        yield f"{at} has too few items"
    if len(value) > schema.get("maxItems", len(value)):
        yield f"{at} has too many items"
    if schema.get("uniqueItems") and any(
        _same(one, other) for index, one in enumerate(value) for other in value[:index]
    ):
        yield f"{at} has an item twice"
    items, others = schema.get("items", {}), schema.get("additionalItems", True)
    for index, inner in enumerate(value):
        rule = items
        if isinstance(items, list):
            rule = items[index] if index < len(items) else others
        if rule is False:
            yield f"{at} has too many items"
            return
        if isinstance(rule, dict):
            yield from _check(rule, inner, f"{place}[{index}]", root)


def _text(schema: Mapping[str, Any], value: str, at: str) -> Iterator[str]:
    if len(value) < schema.get("minLength", 0):
        yield f"{at} is too short"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{at} is too long"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at} does not match {json.dumps(schema['pattern'])}"


def _number(schema: Mapping[str, Any], value: float, at: str) -> Iterator[str]:
    if "minimum" in schema:
        least = schema["minimum"]
        if value < least or (schema.get("exclusiveMinimum") and value == least):
            yield f"{at} is too small"
    if "maximum" in schema:
        most = schema["maximum"]
        if value > most or (schema.get("exclusiveMaximum") and value == most):
            yield f"{at} is too large"
    step = schema.get("multipleOf")
    if step is not None and (value % step if isinstance(step, int) else not (value / step).is_integer()):
        yield f"{at} is no multiple of {step}"


def _find(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """What a reference such as `#/definitions/line` leads to."""
    found: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        found = found[part.replace("~1", "/").replace("~0", "~")]
    if not isinstance(found, dict):
        raise KeyError(reference)
    return found
