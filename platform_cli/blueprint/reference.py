"""The reference of the language as Markdown, made from what the code holds.

In: the JSON Schema and the table of access. Out: Markdown tables, which
`docs/blueprint.md` contains and a test keeps equal. Never: anything the code does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.schema import blueprint_schema

_REFERENCE = "#/$defs/"
_SEVERAL = {"integer": "whole number", "null": "nothing", "object": "mapping", "string": "text"}


def keys_reference() -> str:
    """A table for each part of the language: key, what it takes, default, meaning."""
    schema = blueprint_schema()
    parts = [_table("The blueprint", schema)]
    for name, definition in _parts(schema, schema["$defs"]):
        parts.append(_table(_heading(name), definition))
    return "\n\n".join(parts)


def access_reference() -> str:
    """The table of access: kind, verbs, environment variables."""
    rows = ["| kind | verbs | environment variables |", "|---|---|---|"]
    for name, kind in KINDS.items():
        verbs = ", ".join(f"`{verb}`" for verb in kind.verbs)
        variables = ", ".join(f"`{variable}`" for variable in kind.variables)
        rows.append(f"| `{name}` | {verbs} | {variables} |")
    return "\n".join(rows)


def _parts(root: dict[str, Any], definitions: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The definitions in the order in which they are referred to, without those of overrides."""
    seen: set[str] = set()

    def visit(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(node, list):
            for item in node:
                yield from visit(item)
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix(_REFERENCE)
            if name and name not in seen and not name.startswith("Partial") and name != "Access":
                seen.add(name)
                yield name, definitions[name]
                yield from visit(definitions[name])
            for value in node.values():
                yield from visit(value)

    yield from visit(root.get("properties", {}))


def _heading(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip().capitalize()


def _table(title: str, definition: dict[str, Any]) -> str:
    form = next((f for f in definition.get("anyOf", ()) if "properties" in f), definition)
    rows = [f"### {title}", "", str(definition.get("description", "")), ""]
    rows += ["| key | takes | default | meaning |", "|---|---|---|---|"]
    required = form.get("required", ())
    for key, value in form.get("properties", {}).items():
        default = "**needed**" if key in required else _default(value)
        rows.append(
            f"| `{key}` | {_cell(_takes(value))} | {default} | {_cell(value.get('description', ''))} |"
        )
    return "\n".join(rows)


def _default(value: dict[str, Any]) -> str:
    if "default" not in value:
        return ""
    default = value["default"]
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _takes(value: dict[str, Any]) -> str:
    reference = str(value.get("$ref", ""))
    if reference:
        name = reference.removeprefix(_REFERENCE)
        if name.startswith("Partial"):
            return "the shape of the blueprint"
        if name == "Access":
            return "`kind.name`: verb"
        return f"[{_heading(name).lower()}](#{_heading(name).lower().replace(' ', '-')})"
    for key in ("anyOf", "oneOf"):
        if key in value:
            forms = [_takes(form) for form in value[key] if form.get("type") != "null"]
            return " or ".join(dict.fromkeys(forms))
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return " ".join(f"`{str(v).lower() if isinstance(v, bool) else v}`" for v in value["enum"])
    if "patternProperties" in value:
        return f"name: {_takes(next(iter(value['patternProperties'].values())))}"
    kind = value.get("type")
    if kind == "array":
        return f"list of {_takes(value.get('items', {}))}"
    if kind == "object":
        inner = value.get("additionalProperties")
        return f"name: {_takes(inner)}" if isinstance(inner, dict) and inner else "mapping"
    kinds = kind if isinstance(kind, list) else [kind] if kind else ["anything"]
    return " or ".join(_SEVERAL.get(k, str(k)) for k in kinds if k != "null") + _range(value)


def _range(value: dict[str, Any]) -> str:
    low, high = value.get("minimum"), value.get("maximum")
    if low is not None and high is not None:
        return f", {low:,} to {high:,}"
    return f", at least {low:,}" if low is not None else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
