"""Reading a folder `cdk.out`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from platform_cli.assembly.reading import partition, read_assembly
from platform_cli.errors import Place, PlatformError

BuildAssembly = Callable[..., Path]


def test_a_stack_has_its_placeholders_resolved_by_its_own_environment(build_assembly: BuildAssembly) -> None:
    folder = build_assembly({"data": {"environment": "aws://222222222222/cn-north-1"}})

    (stack,) = read_assembly(folder).stacks

    assert (stack.id, stack.name) == ("data", "shop-dev-data")
    assert (stack.account, stack.region) == ("222222222222", "cn-north-1")
    assert stack.deploy_role_arn == "arn:aws-cn:iam::222222222222:role/deploy-cn-north-1"
    assert stack.execution_role_arn == "arn:aws-cn:iam::222222222222:role/exec"
    assert stack.bootstrap_version_parameter == "/cdk-bootstrap/hnb659fds/version"
    assert stack.required_bootstrap_version == 6


def test_the_template_is_among_the_assets(build_assembly: BuildAssembly) -> None:
    folder = build_assembly({"orders": {"assets": ["code.zip", "folder"]}})

    (stack,) = read_assembly(folder).stacks

    assert {(asset.path.name, asset.packaging, asset.key) for asset in stack.assets} == {
        ("orders.template.json", "file", "template-hash.json"),
        ("code.zip", "file", "code.zip.zip"),
        ("folder", "zip", "folder.zip"),
    }
    assert {asset.bucket for asset in stack.assets} == {"assets-111111111111-eu-west-1"}
    assert {asset.role_arn for asset in stack.assets} == {"arn:aws:iam::111111111111:role/publish"}
    assert stack.template_asset is not None
    assert stack.template_asset.id == "template-hash"


def test_a_producer_comes_before_its_consumers_whatever_the_names(build_assembly: BuildAssembly) -> None:
    folder = build_assembly(
        {
            "api": {"dependencies": ["service"]},
            "service": {"dependencies": ["z-data", "identity"]},
            "z-data": {},
            "identity": {},
        }
    )

    assembly = read_assembly(folder)

    assert [stack.id for stack in assembly.stacks] == ["identity", "z-data", "service", "api"]
    assert assembly.stack("shop-dev-service").dependencies == ("identity", "z-data")


def test_tags_and_protection_are_read_and_default_to_none(build_assembly: BuildAssembly) -> None:
    tagged = {"properties": {"tags": {"b": "2", "a": "1"}, "terminationProtection": True}}
    assembly = read_assembly(build_assembly({"data": tagged, "plain": {}}))

    data, plain = assembly.stack("shop-dev-data"), assembly.stack("shop-dev-plain")

    assert list(data.tags.items()) == [("a", "1"), ("b", "2")]
    assert data.termination_protection
    assert (dict(plain.tags), plain.termination_protection) == ({}, False)


def test_an_unknown_stack_is_answered_with_those_that_there_are(build_assembly: BuildAssembly) -> None:
    assembly = read_assembly(build_assembly({"data": {}, "identity": {}}))

    with pytest.raises(PlatformError, match='no stack "dta"') as raised:
        assembly.stack("dta")

    assert raised.value.hint == "stacks: shop-dev-data, shop-dev-identity"


def test_a_folder_without_a_manifest_is_no_assembly(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"no manifest\.json") as raised:
        read_assembly(tmp_path / "nowhere")

    assert (raised.value.code, raised.value.hint) == ("no-assembly", "run `platform synth` first")


@pytest.mark.parametrize("name", ["manifest.json", "data.template.json", "data.assets.json"])
def test_a_file_cut_short_is_named_with_its_spot(build_assembly: BuildAssembly, name: str) -> None:
    folder = build_assembly({"data": {}})
    text = (folder / name).read_text()
    (folder / name).write_text(text[: len(text) // 2])

    with pytest.raises(PlatformError, match=f"{name} is not JSON") as raised:
        read_assembly(folder)

    assert raised.value.code == "broken-assembly"
    assert isinstance(raised.value.where, Place)
    assert (raised.value.where.file, raised.value.where.line) == (str(folder / name), 1)


@pytest.mark.parametrize("name", ["data.template.json", "data.assets.json", "code.zip"])
def test_a_file_that_is_gone_is_named(build_assembly: BuildAssembly, name: str) -> None:
    folder = build_assembly({"data": {"assets": ["code.zip"]}})
    (folder / name).unlink()

    with pytest.raises(PlatformError, match=f"names {name}, which is missing") as raised:
        read_assembly(folder)

    assert raised.value.code == "broken-assembly"


def test_stacks_in_a_circle_are_named(build_assembly: BuildAssembly) -> None:
    folder = build_assembly({"a": {"dependencies": ["b"]}, "b": {"dependencies": ["a"]}})

    with pytest.raises(PlatformError, match=r"in a circle: (a → b → a|b → a → b)"):
        read_assembly(folder)


def test_a_dependency_that_is_not_there_is_named(build_assembly: BuildAssembly) -> None:
    folder = build_assembly({"a": {"dependencies": ["gone"]}})

    with pytest.raises(PlatformError, match='stack "a" depends on "gone"'):
        read_assembly(folder)


def test_a_stack_without_an_environment_is_refused(build_assembly: BuildAssembly) -> None:
    folder = build_assembly({"a": {"environment": "aws://unknown-account/unknown-region"}})

    with pytest.raises(PlatformError, match="names no account or no region") as raised:
        read_assembly(folder)

    assert raised.value.code == "unsupported-assembly"


@pytest.mark.parametrize(
    ("artifact_type", "said"), [("cdk:cloud-assembly", "stage"), ("aws:cloudformation:stack", "templateFile")]
)
def test_an_artifact_that_cannot_be_deployed_is_refused(
    build_assembly: BuildAssembly, artifact_type: str, said: str
) -> None:
    folder = build_assembly({"a": {}})
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["odd"] = {"type": artifact_type, "properties": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(PlatformError, match=said):
        read_assembly(folder)


def test_container_images_are_refused_instead_of_left_out(build_assembly: BuildAssembly) -> None:
    folder = build_assembly({"a": {}})
    assets = json.loads((folder / "a.assets.json").read_text())
    assets["dockerImages"] = {"image": {}}
    (folder / "a.assets.json").write_text(json.dumps(assets))

    with pytest.raises(PlatformError, match="container images"):
        read_assembly(folder)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("us-iso-east-1", "aws-iso"),
    ],
)
def test_the_partition_follows_from_the_region(region: str, expected: str) -> None:
    assert partition(region) == expected
