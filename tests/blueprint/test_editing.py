"""Edits that change what they should and nothing else."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.editing import add_service, set_value
from platform_cli.blueprint.findings import BlueprintInvalid
from platform_cli.blueprint.nodes import plain_data
from platform_cli.blueprint.parsing import parse
from platform_cli.blueprint.splicing import comments_of
from platform_cli.errors import PlatformError

WHOLE = Path(__file__).parent / "whole.yaml"
TEXT = """\
# top
system: shop   # the name

services:   # all of them

  # orders first
  orders:
    path: 'services/orders'   # its folder
    functions:
      create:
        handler: orders.create.handler
        routes:
        - POST /orders   # create
        access: { tables.main: read }   # only read
  # after orders

  users:
    functions: {}

# the end
alarms: {}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def edited(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def test_a_scalar_is_replaced_in_place_with_its_quotes_and_its_comment(file: Path) -> None:
    set_value(file, ("services", "orders", "path"), "apps/orders")
    assert edited(file) == TEXT.replace("'services/orders'", "'apps/orders'")


def test_a_key_is_added_at_the_end_of_its_mapping(file: Path) -> None:
    set_value(file, ("services", "orders", "functions", "create", "memory_mb"), 1024)
    line = "        access: { tables.main: read }   # only read\n"
    assert edited(file) == TEXT.replace(line, line + "        memory_mb: 1024\n")


def test_a_key_is_added_inside_of_braces(file: Path) -> None:
    keys = ("services", "orders", "functions", "create", "access", "buses.events")
    set_value(file, keys, "publish")
    assert edited(file) == TEXT.replace(
        "{ tables.main: read }", "{ tables.main: read, buses.events: publish }"
    )


def test_missing_mappings_on_the_way_are_made(file: Path) -> None:
    set_value(file, ("alarms", "contacts", "critical"), ["oncall@example.com"])
    assert edited(file) == TEXT.replace(
        "alarms: {}", "alarms: { contacts: { critical: [oncall@example.com] } }"
    )


def test_a_new_section_comes_last(file: Path) -> None:
    set_value(file, ("tags", "stage"), "test")
    assert (
        edited(file) == TEXT + "\ntags:\n  stage: test\n" or edited(file) == TEXT + "tags:\n  stage: test\n"
    )


def test_a_service_is_added_in_the_style_of_the_file(file: Path) -> None:
    add_service(
        file,
        "billing",
        {
            "path": "services/billing",
            "functions": {
                "charge": {
                    "handler": "billing.charge.handler",
                    "routes": ["POST /charges/{id}"],
                    "triggers": [{"queue": "jobs", "batch_size": 10}],
                }
            },
        },
    )
    assert edited(file) == TEXT.replace(
        "  users:\n    functions: {}\n",
        "  users:\n    functions: {}\n"
        "\n"
        "  billing:\n"
        "    path: services/billing\n"
        "    functions:\n"
        "      charge:\n"
        "        handler: billing.charge.handler\n"
        "        routes:\n"
        "        - POST /charges/{id}\n"
        "        triggers:\n"
        "        - { queue: jobs, batch_size: 10 }\n",
    )


def test_a_service_can_be_the_first_one(tmp_path: Path) -> None:
    for text in (
        "system: shop\n",
        "system: shop\nservices:\n",
        "system: shop\nservices: {}\n",
        "system: shop",
    ):
        path = tmp_path / "blueprint.yaml"
        path.write_text(text, encoding="utf-8")
        add_service(path, "orders", {"path": "services/orders"})
        tree = parse(path.read_text(encoding="utf-8"), "x", Collector())
        assert tree is not None
        assert plain_data(tree) == {"system": "shop", "services": {"orders": {"path": "services/orders"}}}


def test_a_service_that_is_there_is_not_replaced(file: Path) -> None:
    with pytest.raises(PlatformError) as raised:
        add_service(file, "orders", {})
    assert raised.value.code == "service-exists"
    assert edited(file) == TEXT


def test_setting_the_same_value_leaves_the_file_alone(file: Path) -> None:
    before = file.stat().st_mtime_ns, file.stat().st_ino
    set_value(file, ("system",), "shop")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_windows_line_ends_and_the_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_bytes(b"\xef\xbb\xbfsystem: shop\r\nservices:\r\n  a:\r\n    path: x\r\n")
    add_service(path, "b", {"path": "y"})
    assert path.read_bytes() == (
        b"\xef\xbb\xbfsystem: shop\r\nservices:\r\n  a:\r\n    path: x\r\n  b:\r\n    path: y\r\n"
    )


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text(TEXT, encoding="utf-8")
    real.chmod(0o640)
    link = tmp_path / "blueprint.yaml"
    link.symlink_to(real)
    set_value(link, ("system",), "store")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == TEXT.replace("shop", "store", 1)
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["blueprint.yaml", "real.yaml"]


def test_a_file_that_does_not_parse_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text("system: [shop\n", encoding="utf-8")
    with pytest.raises(BlueprintInvalid):
        set_value(path, ("system",), "store")
    assert path.read_text(encoding="utf-8") == "system: [shop\n"


def test_a_value_with_comments_inside_is_not_replaced(file: Path) -> None:
    with pytest.raises(PlatformError) as raised:
        set_value(file, ("services", "orders", "functions"), {})
    assert (raised.value.code, raised.value.hint) == (
        "cannot-edit",
        "change it by hand; the file is as it was",
    )
    assert edited(file) == TEXT


def test_a_value_that_others_share_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    text = "a: &x { b: 1 }\nc: *x\n"
    path.write_text(text, encoding="utf-8")
    for keys in (("c", "b"), ("a", "b"), ("a",)):
        with pytest.raises(PlatformError, match="cannot be changed"):
            set_value(path, keys, 2)
    assert path.read_text(encoding="utf-8") == text


def test_a_key_below_a_text_is_refused(file: Path) -> None:
    with pytest.raises(PlatformError) as raised:
        set_value(file, ("system", "name"), "x")
    assert raised.value.code == "cannot-edit"


# --- laws ----------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Zl", "Zp", "Cf")), max_size=20)
SCALARS = st.booleans() | st.integers() | TEXTS | st.sampled_from(["yes", "1", "a: b", "a #b", "- x", "null"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS.filter(bool), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.lists(
    st.sampled_from(
        ["services", "orders", "functions", "create", "access", "path", "tags", "new", "a b", "system"]
    ),
    min_size=1,
    max_size=5,
).map(tuple)


def expected_data(data: dict[str, Any], keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    inner = data
    for key in keys[:-1]:
        if inner.get(key) is None:
            inner[key] = {}
        inner = inner[key]
    inner[keys[-1]] = value
    return data


@cache
def kept(text: str) -> tuple[dict[str, Any], list[str]]:
    """The data of a document, and its comments."""
    tree = parse(text, "x", Collector())
    assert tree is not None
    return plain_data(tree), comments_of(text)


@settings(max_examples=30)
@given(keys=KEYS, value=VALUES)
def test_an_edit_keeps_every_comment_and_changes_only_its_value(
    tmp_path_factory: pytest.TempPathFactory, keys: tuple[str, ...], value: Any
) -> None:
    text = WHOLE.read_text(encoding="utf-8") if len(keys) % 2 else TEXT
    path = tmp_path_factory.mktemp("edit") / "blueprint.yaml"
    path.write_text(text, encoding="utf-8")
    data, comments = kept(text)
    try:
        set_value(path, keys, value)
    except PlatformError:
        unchanged = path.read_text(encoding="utf-8") == text
        assert unchanged, "a refused edit leaves the file alone"
        return
    after = parse(path.read_text(encoding="utf-8"), "x", Collector())
    assert after is not None
    assert plain_data(after) == expected_data(copy.deepcopy(data), keys, value)
    assert comments_of(path.read_text(encoding="utf-8")) == comments


@settings(max_examples=30)
@given(value=VALUES)
def test_any_value_can_be_added(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.mktemp("edit") / "blueprint.yaml"
    path.write_text(TEXT, encoding="utf-8")
    set_value(path, ("services", "orders", "new"), value)
    set_value(path, ("alarms", "new"), value)
    tree = parse(path.read_text(encoding="utf-8"), "x", Collector())
    assert tree is not None
    data = plain_data(tree)
    assert (data["services"]["orders"]["new"], data["alarms"]["new"]) == (value, value)
