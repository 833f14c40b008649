"""Schemas of events, and examples held against them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.blueprint.loading import Inspection
from platform_cli.blueprint.resolving import resolve

BLUEPRINT = """
blueprint: 1
system: shop
owner: team-commerce
environments: { local: { target: local } }
buses:
  events:
    events:
      OrderCreated: { schema: schemas/created.json, examples: [schemas/one.json] }
      OrderShipped:
"""
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["order_id"],
    "properties": {"order_id": {"type": "string"}, "lines": {"items": {"$ref": "#/definitions/line"}}},
    "definitions": {"line": {"required": ["sku"]}},
}
Inspect = Callable[..., Inspection]


def found(inspect: Inspect, schema: Any, example: Any) -> list[tuple[str, str]]:
    """Codes and messages of the errors."""
    files = {
        "schemas/created.json": schema if isinstance(schema, str) else json.dumps(schema),
        "schemas/one.json": json.dumps(example),
    }
    return [(finding.code, finding.message) for finding in inspect(BLUEPRINT, files).errors]


def test_an_example_that_fits_its_schema_is_fine(inspect: Inspect) -> None:
    assert found(inspect, SCHEMA, {"order_id": "1", "lines": [{"sku": "mug"}]}) == []


def test_an_example_that_does_not_fit_is_an_error_with_its_place(inspect: Inspect) -> None:
    said = 'the example "schemas/one.json" of event OrderCreated does not fit its schema: '
    assert found(inspect, SCHEMA, {"order_id": 1, "lines": [{}]}) == [
        ("invalid-event-example", said + "lines.0: 'sku' is a required property"),
        ("invalid-event-example", said + "order_id: 1 is not of type 'string'"),
    ]


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("{", "is no JSON"),
        ([], "is no schema"),
        ({"type": "string"}, "does not ask for an object"),
        (SCHEMA | {"$schema": "https://json-schema.org/draft/2020-12/schema"}, "is of another draft than 4"),
        (SCHEMA | {"properties": {"a": {"$ref": "other.json"}}}, "refers to other.json"),
        (SCHEMA | {"required": "order_id"}, "is no JSON Schema: required: "),
    ],
)
def test_a_file_that_is_no_schema_for_events_is_an_error(schema: Any, reason: str, inspect: Inspect) -> None:
    ((code, message),) = found(inspect, schema, {"order_id": "1"})
    assert code == "invalid-event-schema"
    assert reason in message


def test_the_resolved_bus_holds_the_schemas(inspect: Inspect) -> None:
    files = {"schemas/created.json": json.dumps(SCHEMA), "schemas/one.json": '{"order_id": "1"}'}
    created, shipped = resolve(inspect(BLUEPRINT, files), None).buses["events"].events
    assert json.loads(created.schema_text or "") == SCHEMA
    assert (shipped.detail_type, shipped.schema_text) == ("OrderShipped", None)
