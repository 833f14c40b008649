"""YAML 1.2: what plain scalars mean, and where everything stands."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.nodes import MappingNode, find, find_key, nearest, plain_data, scalar_value, walk
from platform_cli.blueprint.parsing import parse


def tree(text: str) -> MappingNode:
    node = parse(text, "x.yaml", Collector())
    assert isinstance(node, MappingNode)
    return node


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("12", 12),
        ("-7", -7),
        ("0o17", 15),
        ("0x1F", 31),
        ("012", 12),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", math.inf),
        ("-.inf", -math.inf),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("2027-03-01", "2027-03-01"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
    ],
)
def test_plain_scalars_are_read_by_the_core_schema(text: str, value: object) -> None:
    assert scalar_value(text) == value
    assert type(scalar_value(text)) is type(value)


def test_quoted_scalars_are_texts() -> None:
    assert plain_data(tree("a: '1'\nb: \"true\"\nc: |\n  1\n")) == {"a": "1", "b": "true", "c": "1\n"}


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert plain_data(tree("404: a\ntrue: b\n")) == {"404": "a", "true": "b"}


def test_an_alias_stands_for_the_whole_value() -> None:
    assert plain_data(tree("a: &x { b: 1 }\nc: *x\n")) == {"a": {"b": 1}, "c": {"b": 1}}


def test_keys_and_values_know_their_places() -> None:
    root = tree("a:\n  b: [1, 'two']   # three\n")
    key, value, item = find_key(root, ("a", "b")), find(root, ("a", "b")), find(root, ("a", "b", 1))
    assert key is not None
    assert value is not None
    assert item is not None
    assert (key.line, key.column, key.length) == (2, 3, 1)
    assert (value.line, value.column, value.length) == (2, 6, 10)
    assert (item.line, item.column, item.length) == (2, 10, 5)


def test_the_nearest_value_of_a_path_that_is_not_there() -> None:
    root = tree("a: { b: 1 }\n")
    assert nearest(root, ("a", "c", "d"))[1] == ("a",)
    assert nearest(root, ("a", "b"))[1] == ("a", "b")


WORDS = st.text("abcxyz-_.é", min_size=1, max_size=6)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(max_codepoint=0x2000, exclude_categories=("Cc", "Cs")), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4))
def test_every_json_document_is_read_as_it_was_written(data: dict[str, object]) -> None:
    root = parse(json.dumps(data, ensure_ascii=False), "x.yaml", Collector())
    assert root is not None
    assert plain_data(root) == data
    assert all(node.line == 1 and node.column >= 1 for _, node in walk(root))
