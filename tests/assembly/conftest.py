"""A cloud assembly made by hand: what the CDK writes, cut to what is read and a little more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

ROLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role"
BuildAssembly = Callable[..., Path]


@pytest.fixture
def build_assembly(tmp_path: Path) -> BuildAssembly:
    """Write an assembly of the stacks given; each is `{template, dependencies, environment, properties}`."""

    def build(stacks: Mapping[str, Mapping[str, Any]]) -> Path:
        folder = tmp_path / "cdk.out"
        folder.mkdir(exist_ok=True)
        artifacts: dict[str, Any] = {"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}
        for stack_id, stack in stacks.items():
            environment = stack.get("environment", "aws://111111111111/eu-west-1")
            artifacts[f"{stack_id}.assets"] = {
                "type": "cdk:asset-manifest",
                "properties": {"file": f"{stack_id}.assets.json", "requiresBootstrapStackVersion": 6},
            }
            artifacts[stack_id] = {
                "type": "aws:cloudformation:stack",
                "environment": environment,
                "properties": {
                    "templateFile": f"{stack_id}.template.json",
                    "stackName": f"shop-dev-{stack_id}",
                    "validateOnSynth": False,
                    "assumeRoleArn": f"{ROLE}/deploy-${{AWS::Region}}",
                    "cloudFormationExecutionRoleArn": f"{ROLE}/exec",
                    "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
                    "requiresBootstrapStackVersion": 6,
                    **stack.get("properties", {}),
                },
                "dependencies": [f"{stack_id}.assets", *stack.get("dependencies", ())],
                "displayName": stack_id,
            }
            _write(folder / f"{stack_id}.template.json", stack.get("template", {"Resources": {}}))
            _write(folder / f"{stack_id}.assets.json", _assets(stack_id, stack.get("assets", ()), folder))
        _write(folder / "manifest.json", {"version": "55.0.0", "artifacts": artifacts})
        return folder

    return build


def _assets(stack_id: str, names: Sequence[str], folder: Path) -> Mapping[str, Any]:
    files = {"template-hash": _asset(f"{stack_id}.template.json", "file", "template-hash.json")}
    for name in names:
        packaging = "file" if name.endswith(".zip") else "zip"
        if packaging == "file":
            (folder / name).write_bytes(b"zip")
        else:
            (folder / name).mkdir()
        files[f"hash-of-{name}"] = _asset(name, packaging, f"{name}.zip")
    return {"version": "55.0.0", "files": files, "dockerImages": {}}


def _asset(path: str, packaging: str, key: str) -> Mapping[str, Any]:
    return {
        "displayName": f"the {path}",
        "source": {"path": path, "packaging": packaging},
        "destinations": {
            "current": {
                "bucketName": "assets-${AWS::AccountId}-${AWS::Region}",
                "objectKey": key,
                "assumeRoleArn": f"{ROLE}/publish",
            }
        },
    }


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data), encoding="utf-8")
