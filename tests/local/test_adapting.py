"""The copy of an assembly: complete, consistent, and the original untouched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from platform_cli.assembly.model import Assembly
from platform_cli.errors import PlatformError
from platform_cli.local.adapting import adapt
from platform_cli.local.server import LocalAws

SUPPORTED = {"AWS::SSM::Parameter"}
PLAIN = {"Resources": {"A": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": "a"}}}}
CHANGED = {"Resources": {**PLAIN["Resources"], "Budget": {"Type": "AWS::Budgets::Budget", "Properties": {}}}}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_what_need_not_change_is_the_same_to_the_byte(
    build_assembly: Callable[..., Assembly], local: LocalAws, tmp_path: Path
) -> None:
    assembly = build_assembly({"data": PLAIN, "orders": CHANGED}, files={"code.zip": b"zip"})
    before = contents(assembly.path)
    adaptation = adapt(assembly, local, tmp_path / "local", supported=SUPPORTED)
    after = contents(tmp_path / "local")
    assert contents(assembly.path) == before
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] != after[name]} == {
        "manifest.json",
        "orders.assets.json",
        "orders.template.json",
    }
    assert [(item.stack, item.logical_id) for item in adaptation.omitted] == [("shop-local-orders", "Budget")]


def test_a_changed_template_is_known_by_its_new_hash_everywhere(
    build_assembly: Callable[..., Assembly], local: LocalAws, tmp_path: Path
) -> None:
    adaptation = adapt(build_assembly({"orders": CHANGED}), local, tmp_path / "local", supported=SUPPORTED)
    stack = adaptation.assembly.stack("shop-local-orders")
    digest = hashlib.sha256(stack.template_path.read_bytes()).hexdigest()
    assert stack.template == PLAIN
    assert stack.template_asset is not None
    assert (stack.template_asset.id, stack.template_asset.key) == (digest, f"{digest}.json")
    manifest = json.loads((tmp_path / "local" / "manifest.json").read_text())
    address = manifest["artifacts"]["orders"]["properties"]["stackTemplateAssetObjectUrl"]
    assert address.endswith(f"/{digest}.json")


def test_adapting_again_gives_the_same_and_leaves_nothing_else_behind(
    build_assembly: Callable[..., Assembly], local: LocalAws, tmp_path: Path
) -> None:
    assembly = build_assembly({"orders": CHANGED}, files={"code.zip": b"zip"})
    out = tmp_path / "out" / "local"
    adapt(assembly, local, out, supported=SUPPORTED)
    first = contents(out)
    (out / "stale").write_text("from another time")
    adapt(assembly, local, out, supported=SUPPORTED)
    assert contents(out) == first
    assert [path.name for path in out.parent.iterdir()] == ["local"]


def test_an_output_lost_in_one_stack_is_lost_in_its_consumers(
    build_assembly: Callable[..., Assembly], local: LocalAws, tmp_path: Path
) -> None:
    producer = {**CHANGED, "Outputs": {"Id": {"Value": {"Ref": "Budget"}}}}
    reference = {"Fn::GetStackOutput": {"StackName": "shop-local-zdata", "OutputName": "Id"}}
    consumer = {**PLAIN, "Outputs": {"Echo": {"Value": reference}}}
    assembly = build_assembly({"orders": consumer, "zdata": producer}, {"orders": ["zdata"]})
    adaptation = adapt(assembly, local, tmp_path / "local", supported=SUPPORTED)
    assert adaptation.assembly.stack("shop-local-orders").template["Outputs"] == {}


def test_a_place_that_cannot_be_written_is_an_error_with_the_place(
    build_assembly: Callable[..., Assembly], local: LocalAws, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlatformError) as raised:
        adapt(build_assembly({"data": PLAIN}), local, tmp_path / "file" / "out", supported=SUPPORTED)
    assert (raised.value.code, raised.value.where) == ("cannot-write", str(tmp_path / "file" / "out"))
