"""Each keyword of Draft 4: a value that fits, and one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from servicekit.json_schema import problems

LINE = {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}

CASES: list[tuple[dict[str, Any], Any, Any]] = [
    ({"type": "integer"}, 1, True),
    ({"type": ["string", "null"]}, None, 1),
    ({"type": "number"}, 1.5, "1.5"),
    ({"enum": [1, "a", [1]]}, [1], True),
    ({"minimum": 1}, 1, 0),
    ({"minimum": 1, "exclusiveMinimum": True}, 2, 1),
    ({"maximum": 1}, 1, 2),
    ({"maximum": 1, "exclusiveMaximum": True}, 0, 1),
    ({"multipleOf": 5}, 10, 7),
    ({"multipleOf": 0.5}, 1.5, 1.2),
    ({"minLength": 2}, "ab", "a"),
    ({"maxLength": 2}, "ab", "abc"),
    ({"pattern": "^o-"}, "o-1", "x-1"),
    ({"minItems": 1}, [1], []),
    ({"maxItems": 1}, [1], [1, 2]),
    ({"uniqueItems": True}, [1, True], [1, 1.0]),
    ({"items": {"type": "string"}}, ["a"], ["a", 1]),
    ({"items": [{"type": "string"}], "additionalItems": False}, ["a"], ["a", 1]),
    ({"items": [{"type": "string"}], "additionalItems": {"type": "integer"}}, ["a", 1], ["a", "b"]),
    ({"required": ["a"]}, {"a": 1}, {}),
    ({"minProperties": 1}, {"a": 1}, {}),
    ({"maxProperties": 1}, {"a": 1}, {"a": 1, "b": 2}),
    ({"properties": {"a": {"type": "integer"}}}, {"a": 1, "b": "x"}, {"a": "1"}),
    ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}),
    ({"additionalProperties": {"type": "integer"}}, {"a": 1}, {"a": "1"}),
    ({"patternProperties": {"^n": {"type": "integer"}}}, {"n": 1, "x": "1"}, {"n": "1"}),
    ({"dependencies": {"a": ["b"]}}, {"b": 1}, {"a": 1}),
    ({"dependencies": {"a": {"required": ["b"]}}}, {"a": 1, "b": 1}, {"a": 1}),
    ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, 2, 3),
    ({"anyOf": [{"type": "string"}, {"minimum": 5}]}, 5, 4),
    ({"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]}, 4, 6),
    ({"not": {"type": "string"}}, 1, "a"),
    ({"items": {"$ref": "#/definitions/a~1b"}, "definitions": {"a/b": LINE}}, [{"sku": "s"}], [{}]),
]


@pytest.mark.parametrize(("schema", "good", "bad"), CASES)
def test_a_keyword_admits_and_refuses(schema: dict[str, Any], good: Any, bad: Any) -> None:
    assert problems(schema, good) == ()
    assert problems(schema, bad)


def test_a_problem_names_its_place_and_never_the_value() -> None:
    schema = {"properties": {"lines": {"items": LINE}, "email": {"type": "string", "maxLength": 3}}}
    found = problems(schema, {"lines": [{"sku": "a"}, {}], "email": "ann@example.com"})
    assert found == ("lines[1] lacks sku", "email is too long")
