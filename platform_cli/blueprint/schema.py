"""The JSON Schema of the blueprint language, for editors.

In: the source models and the table of access. Out: a JSON Schema (draft 2020-12) with descriptions.
Never: anything that `validate` does not hold; the schema knows less than the checks, never more.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from platform_cli.blueprint.access import KINDS, NARROWED_BY
from platform_cli.blueprint.merging import FIXED_KEYS
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.base import Source

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PARTIAL = "Partial"
_REFERENCE = "#/$defs/"


def blueprint_schema() -> dict[str, Any]:
    """The schema of `blueprint.yaml`."""
    schema = Blueprint.model_json_schema(by_alias=True, mode="validation")
    definitions: dict[str, Any] = schema.pop("$defs")
    definitions["Blueprint"] = schema
    for model in _models(Source):
        _describe(model, definitions.get(model.__name__))
    for definition in definitions.values():
        _tidy(definition)
    definitions["Setting"] = _setting(definitions["Setting"])
    definitions["Access"] = _access()
    definitions["Function"]["properties"]["access"] = {
        "$ref": _REFERENCE + "Access",
        "description": definitions["Function"]["properties"]["access"]["description"],
    }
    for key, property_schema in definitions["Blueprint"]["properties"].items():
        if "patternProperties" in property_schema and key != "environments":
            property_schema["type"] = ["object", "null"]
            for entry in property_schema["patternProperties"].values():
                definition = definitions.get(entry.get("$ref", "").removeprefix(_REFERENCE))
                if definition is not None and definition.get("type") == "object":
                    definition["type"] = ["object", "null"]
    definitions.update({_PARTIAL + name: _partial(value) for name, value in definitions.items()})
    overrides = definitions[_PARTIAL + "Blueprint"]
    for key in FIXED_KEYS:
        overrides["properties"].pop(key)
    overrides["description"] = "What is different in this environment; null takes an optional value away."
    definitions["Environment"]["properties"]["overrides"] = {
        "$ref": f"{_REFERENCE}{_PARTIAL}Blueprint",
        "description": "What is different here; null takes an optional value away.",
    }
    root = definitions.pop("Blueprint")
    return {"$schema": _DRAFT, "title": "Blueprint", **root, "$defs": dict(sorted(_used(root, definitions)))}


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def _describe(model: type[BaseModel], definition: Any) -> None:
    """Add the docstrings of a model's fields, which pydantic itself would read at every start."""
    if definition is None:
        return
    texts: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if issubclass(owner, Source):
            texts.update(_field_docstrings(owner))
    forms = [definition, *definition.get("anyOf", ())]
    for form in forms:
        for name, field in model.model_fields.items():
            property_schema = form.get("properties", {}).get(field.alias or name)
            if property_schema is not None and name in texts:
                property_schema["description"] = texts[name]


def _field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    tree = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(tree, ast.ClassDef)
    texts: dict[str, str] = {}
    for statement, following in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            texts[statement.target.id] = inspect.cleandoc(str(following.value.value))
    return texts


def _tidy(node: Any, *, names: bool = False) -> None:
    """Drop what editors would only show as noise: titles and defaults that are whole mappings."""
    if isinstance(node, list):
        for item in node:
            _tidy(item)
    if not isinstance(node, dict):
        return
    if not names:
        node.pop("title", None)
        if isinstance(node.get("default"), dict | list) or node.get("default", 0) is None:
            node.pop("default")
        node.pop("discriminator", None)
        if "patternProperties" in node:
            node["additionalProperties"] = False
    for key, value in node.items():
        _tidy(value, names=key in ("properties", "patternProperties", "$defs") and not names)


def _setting(long: dict[str, Any]) -> dict[str, Any]:
    scalar = {"type": ["string", "number", "boolean"]}
    description = "The value, or a mapping with `value`, `type` and `secure`."
    return {"description": description, "anyOf": [scalar, {"type": "array", "items": scalar}, long]}


def _access() -> dict[str, Any]:
    patterns: dict[str, Any] = {}
    for name, kind in KINDS.items():
        verbs: dict[str, Any] = {"enum": list(kind.verbs)}
        properties: dict[str, Any] = {"verb": verbs}
        for key, description in NARROWED_BY.get(name, {}).items():
            properties[key] = {"type": "array", "items": {"type": "string"}, "description": description}
        patterns[rf"^{name}\..+$"] = {
            "description": f"What the function may do with {name}: {', '.join(kind.verbs)}.",
            "anyOf": [
                verbs,
                {
                    "type": "object",
                    "properties": properties,
                    "required": ["verb"],
                    "additionalProperties": False,
                },
            ],
        }
    return {"type": ["object", "null"], "patternProperties": patterns, "additionalProperties": False}


def _partial(node: Any, *, names: bool = False) -> Any:
    """The same schema with nothing required and everything that can be taken away nullable."""
    if isinstance(node, list):
        return [_partial(item) for item in node]
    if not isinstance(node, dict):
        return node
    out: dict[str, Any] = {}
    for key, value in node.items():
        if names:
            out[key] = {"anyOf": [_partial(value), {"type": "null"}]}
        elif key == "$ref":
            out[key] = value.replace(_REFERENCE, _REFERENCE + _PARTIAL)
        elif key in ("required", "default", "minProperties"):
            continue
        else:
            out[key] = _partial(value, names=key in ("properties", "patternProperties"))
    return out


def _used(root: Any, definitions: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The definitions that are referred to, directly or through others."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                name = reference.removeprefix(_REFERENCE)
                if name not in seen:
                    seen.add(name)
                    waiting.append(definitions[name])
                    yield name, definitions[name]
            waiting.extend(node.values())
