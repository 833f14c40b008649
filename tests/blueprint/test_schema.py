"""The JSON Schema for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.nodes import plain_data
from platform_cli.blueprint.parsing import parse
from platform_cli.blueprint.schema import blueprint_schema

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return blueprint_schema()


def errors(schema: dict[str, Any], text: str) -> list[str]:
    root = parse(text, "x.yaml", Collector())
    assert root is not None
    found = Draft202012Validator(schema).iter_errors(plain_data(root))
    return sorted(".".join(map(str, error.absolute_path)) for error in found)


def test_the_schema_is_a_schema_of_draft_2020_12(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_whole_language_is_valid(schema: dict[str, Any]) -> None:
    assert errors(schema, (FOLDER / "whole.yaml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("quues: {}\n", ""),
        ("defaults: { memory_mb: 64 }\n", "defaults.memory_mb"),
        ("defaults: { log_retention_days: 31 }\n", "defaults.log_retention_days"),
        ("tables: { main: {} }\n", "tables.main"),
        ("tables: { main: { partition_key: 7 } }\n", "tables.main.partition_key"),
        ("tables: { 9a: { partition_key: PK } }\n", "tables"),
        (
            "services: { a: { functions: { f: { handler: a.b, access: { tables.x: reed } } } } }\n",
            "services.a.functions.f.access.tables.x",
        ),
        (
            "services: { a: { functions: { f: { handler: a.b, access: { table.x: read } } } } }\n",
            "services.a.functions.f.access",
        ),
    ],
)
def test_editors_see_what_is_wrong(schema: dict[str, Any], header: str, text: str, where: str) -> None:
    assert errors(schema, header + text) == [where]


def test_overrides_have_the_same_shape_with_nothing_required(schema: dict[str, Any], header: str) -> None:
    def with_overrides(overrides: str) -> str:
        return header.replace("target: local", f"target: local, overrides: {overrides}")

    assert errors(schema, with_overrides("{ tables: { main: { ttl: null } } }")) == []
    assert (
        errors(schema, with_overrides("{ services: { a: { functions: { f: { memory_mb: 256 } } } } }")) == []
    )
    assert errors(schema, with_overrides("{ system: other }")) != []
    assert errors(schema, with_overrides("{ tables: { main: { tttl: x } } }")) != []


def test_every_key_of_the_language_has_a_description(schema: dict[str, Any]) -> None:
    lacking = [key for key, value in schema["properties"].items() if not value.get("description")]
    for name, definition in schema["$defs"].items():
        if name.startswith("Partial"):
            continue
        for form in (definition, *definition.get("anyOf", ())):
            for key, value in form.get("properties", {}).items():
                if not value.get("description") and key not in ("verb", "overrides"):
                    lacking.append(f"{name}.{key}")
    assert lacking == []


def test_the_schema_names_every_key_of_the_blueprint(schema: dict[str, Any]) -> None:
    assert set(schema["properties"]) == set(Blueprint.model_fields)
    patterns = schema["$defs"]["Access"]["patternProperties"]
    assert set(patterns) == {rf"^{kind}\..+$" for kind in KINDS}
