"""What AppConfig accepts as feature flags, checked before it is asked.

Limits: the JSON schema of AWS.AppConfig.FeatureFlags in the AppConfig User Guide, and 2 MB for a hosted
configuration (AppConfig quotas), November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.flags.document import FlagDefinition, FlagsDocument, FlagValue
from platform_cli.operate.flags.rules import parsed
from platform_cli.operate.flags.splits import eaten_shares

KEY = re.compile(r"[a-z][a-zA-Z\d_-]{0,63}")
MOST_VARIANTS = 32
MOST_ATTRIBUTES = 25
LONGEST_RULE = 16_384
LONGEST_TEXT = 1024
LONGEST_NAME = 64
MOST_CHOICES = 100
LARGEST_BYTES = 2 * 1024 * 1024

_TYPES: Mapping[str, frozenset[str]] = {
    "string": frozenset({"type", "required", "pattern", "enum"}),
    "number": frozenset({"type", "required", "minimum", "maximum"}),
    "boolean": frozenset({"type", "required"}),
    "array": frozenset({"type", "required", "elements"}),
}
_RESERVED = ("enabled",)


def check_document(document: FlagsDocument) -> None:
    """Refuse a document that AppConfig would refuse, or whose splits would not do what they say.

    Raises:
        PlatformError: `invalid-flags` with everything that is wrong.
    """
    problems = tuple(document_problems(document))
    if problems:
        raise PlatformError(
            "the flags would not be valid: " + "; ".join(problems),
            hint="nothing was changed",
            code="invalid-flags",
            exit_code=ExitCode.USAGE,
        )


def document_problems(document: FlagsDocument) -> Iterator[str]:
    """Everything that is wrong with a document, each in a few words."""
    if document.version != "1":
        yield f'the version is "{document.version}" instead of "1"'
    for name, definition in document.flags.items():
        if not KEY.fullmatch(name):
            yield f'"{name}" is no key of a flag: a small letter, then up to 63 letters, digits, "_", "-"'
        yield from _definition(name, definition)
    for name, value in document.values.items():
        if name not in document.flags:
            yield f"{name} has a value and no definition"
        else:
            yield from _value(name, document.flags[name], value)
    size = len(document.content())
    if size > LARGEST_BYTES:
        yield f"the document has {size} bytes, and AppConfig takes {LARGEST_BYTES}"


def _definition(name: str, definition: FlagDefinition) -> Iterator[str]:
    yield from _name(f"{name}: the name", definition.name)
    yield from _text(f"{name}: the description", definition.description)
    if definition.deprecation is not None:
        if definition.deprecation.status not in (None, "planned"):
            yield f"{name}: the deprecation's status is {definition.deprecation.status!r}, not planned"
        if definition.deprecation.date is not None and not _is_date(definition.deprecation.date):
            yield f"{name}: {definition.deprecation.date!r} is no date"
    if len(definition.attributes) > MOST_ATTRIBUTES:
        yield f"{name} has {len(definition.attributes)} attributes, and AppConfig takes {MOST_ATTRIBUTES}"
    for attribute, told in definition.attributes.items():
        place = f"{name}.{attribute}"
        if not KEY.fullmatch(attribute) or attribute in _RESERVED:
            yield f'"{attribute}" is no name of an attribute of {name}'
        yield from _text(f"{place}: the description", told.description)
        if told.constraints:
            yield from _constraints(place, told.constraints)


def _constraints(place: str, constraints: Mapping[str, Any]) -> Iterator[str]:
    kind = str(constraints.get("type"))
    if kind not in _TYPES:
        yield f"{place} is of type {kind}, which is none of {', '.join(_TYPES)}"
        return
    for extra in sorted(set(constraints) - _TYPES[kind]):
        yield f"{place}: a {kind} has no constraint `{extra}`"
    if "pattern" in constraints and "enum" in constraints:
        yield f"{place} has both a pattern and an enum"
    pattern = constraints.get("pattern")
    if isinstance(pattern, str):
        yield from _text(f"{place}: the pattern", pattern)
        if _compiled(pattern) is None:
            yield f"{place}: {pattern!r} is no pattern"
    choices = constraints.get("enum")
    if isinstance(choices, list) and len(choices) > MOST_CHOICES:
        yield f"{place} has {len(choices)} choices, and AppConfig takes {MOST_CHOICES}"
    for limit in ("minimum", "maximum"):
        bound = constraints.get(limit)
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int)):
            yield f"{place}: {limit} is {bound!r}, and AppConfig takes whole numbers"
    elements = constraints.get("elements")
    if isinstance(elements, Mapping):
        if elements.get("type") not in ("string", "number"):
            yield f"{place}: elements of an array are strings or numbers"
        else:
            yield from _constraints(f"{place}[]", elements)


def _value(name: str, definition: FlagDefinition, value: FlagValue) -> Iterator[str]:
    if value.variants is None:
        if value.enabled is None:
            yield f"{name} is neither on nor off"
        yield from _attributes(name, definition, value.attributes)
        return
    if len(value.variants) > MOST_VARIANTS:
        yield f"{name} has {len(value.variants)} variants, and AppConfig takes {MOST_VARIANTS}"
    defaults = [variant for variant in value.variants if variant.rule is None]
    if len(defaults) != 1 or value.variants[-1].rule is not None:
        yield f"{name}: exactly the last variant has no rule; it is the default"
    seen: set[str] = set()
    for variant in value.variants:
        place = f"{name}/{variant.name}"
        yield from _name(f"{name}: the name of a variant", variant.name)
        if variant.name in seen:
            yield f"{name} has two variants {variant.name!r}"
        seen.add(variant.name)
        if variant.rule is not None:
            yield from _rule(place, variant.rule)
        yield from _attributes(place, definition, variant.attribute_values)
    yield from (f"{name}: {eaten}" for eaten in eaten_shares(value.ruled))


def _rule(place: str, rule: str) -> Iterator[str]:
    if len(rule) > LONGEST_RULE:
        yield f"{place}: the rule has {len(rule)} characters, and AppConfig takes {LONGEST_RULE}"
        return
    try:
        parsed(rule)
    except ValueError as error:
        yield f"{place}: the rule {rule!r} cannot be read: {error}"


def _attributes(place: str, definition: FlagDefinition, values: Mapping[str, Any]) -> Iterator[str]:
    for attribute, value in values.items():
        if attribute not in definition.attributes:
            yield f"{place} sets {attribute}, which the flag does not have"
            continue
        yield from _attribute(f"{place}.{attribute}", definition.attributes[attribute].constraints, value)
    for attribute, told in definition.attributes.items():
        if told.constraints.get("required") is True and attribute not in values:
            yield f"{place} lacks {attribute}, which is required"


def _attribute(place: str, constraints: Mapping[str, Any], value: Any) -> Iterator[str]:
    kind = constraints.get("type")
    if kind is not None and _type_of(value) != kind:
        yield f"{place} is {value!r}, and must be a {kind}"
        return
    if isinstance(value, str):
        yield from _text(place, value)
        pattern, choices = constraints.get("pattern"), constraints.get("enum")
        compiled = _compiled(pattern) if isinstance(pattern, str) else None
        if compiled is not None and compiled.search(value) is None:
            yield f"{place} is {value!r}, which does not match {pattern!r}"
        if isinstance(choices, list) and value not in [str(choice) for choice in choices]:
            yield f"{place} is {value!r}, which is none of {', '.join(map(str, choices))}"
    elif kind == "number":
        least, most = constraints.get("minimum"), constraints.get("maximum")
        if (least is not None and value < least) or (most is not None and value > most):
            yield f"{place} is {value}, which is not between {least} and {most}"
    elif kind == "array" and isinstance(constraints.get("elements"), Mapping):
        for index, item in enumerate(value):
            yield from _attribute(f"{place}[{index}]", constraints["elements"], item)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "array" if isinstance(value, list) else "string"


def _name(place: str, name: str | None) -> Iterator[str]:
    if name is not None and (not 1 <= len(name) <= LONGEST_NAME or "\n" in name):
        yield f"{place} is {name!r}, which is empty, of several lines, or longer than {LONGEST_NAME}"


def _text(place: str, text: str | None) -> Iterator[str]:
    if text is not None and len(text) > LONGEST_TEXT:
        yield f"{place} has {len(text)} characters, and AppConfig takes {LONGEST_TEXT}"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None
