"""Assemblies in memory, and the local AWS for those who need a real CloudFormation."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly, FileAsset, StackArtifact
from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import ResolvedEnvironment

EMPTY = (
    *("tags", "identity", "tables", "buckets", "secrets", "flags"),
    *("buses", "queues", "topics", "streams", "apis", "services"),
)
ACCOUNT, REGION = "000000000000", "us-east-1"
BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"


def parameter(value: Any, path: str | None = None, **more: Any) -> dict[str, Any]:
    """The cheapest resource there is."""
    resource: dict[str, Any] = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Type": "String", "Value": value},
    }
    if path is not None:
        resource["Metadata"] = {"platform:blueprint": path}
    return {**resource, **more}


def _stack(
    folder: Path,
    name: str,
    resources: Mapping[str, Any],
    outputs: Mapping[str, Any] | None = None,
    *,
    after: tuple[str, ...] = (),
    **more: Any,
) -> StackArtifact:
    template: dict[str, Any] = {"Resources": dict(resources)}
    if outputs:
        template["Outputs"] = {key: {"Value": value} for key, value in outputs.items()}
    text = json.dumps(template)
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = folder / f"{name}-{digest[:8]}.template.json"
    path.write_text(text)
    return StackArtifact(
        id=name,
        name=name,
        account=ACCOUNT,
        region=REGION,
        template=template,
        template_path=path,
        dependencies=after,
        assets=(
            FileAsset(digest, path, "file", BUCKET, f"{digest}.json", None, name),
            *more.pop("assets", ()),
        ),
        **more,
    )


@pytest.fixture
def make_stack(tmp_path: Path) -> Callable[..., StackArtifact]:
    """`make_stack(name, resources, outputs, after=(…))`."""
    return lambda name, resources, outputs=None, **more: _stack(tmp_path, name, resources, outputs, **more)


@pytest.fixture
def make_assembly(tmp_path: Path) -> Callable[..., Assembly]:
    """`make_assembly(stack, stack)`."""
    return lambda *stacks: Assembly(tmp_path, tuple(stacks))


@pytest.fixture
def make_parameter() -> Callable[..., dict[str, Any]]:
    """`make_parameter(value, blueprint_path)`, a resource."""
    return parameter


@pytest.fixture
def system() -> str:
    """A system of this test's own, so that tests may share one AWS."""
    return f"t{secrets.token_hex(4)}"


@pytest.fixture
def make_environment(system: str) -> Callable[..., ResolvedEnvironment]:
    """An environment `dev` on the local AWS with nothing in it; arguments replace."""

    def make(**replace: Any) -> ResolvedEnvironment:
        nothing: dict[str, Any] = {name: {} for name in EMPTY}
        given = {
            "system": system,
            "owner": "team",
            "environment": "dev",
            "target": "local",
            "account": ACCOUNT,
            "region": REGION,
            "profile": None,
            "protect": False,
            "settings": (),
            **nothing,
            **replace,
        }
        return ResolvedEnvironment.model_validate(given)

    return make


@pytest.fixture(scope="session")
def local_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Clients of a local AWS of this session's own, with an empty bucket for assets."""
    from platform_cli.local.server import start, stop

    root = tmp_path_factory.mktemp("workspace")
    local = start(root)
    try:
        clients = Clients(local.target)
        clients.client("s3").create_bucket(Bucket=BUCKET)
        yield clients
    finally:
        stop(root)


@pytest.fixture
def moto_clients() -> Iterator[Clients]:
    """Clients of an AWS in memory, for Parameter Store, Secrets Manager and S3."""
    from moto import mock_aws

    with mock_aws():
        yield Clients(Target("123456789012", REGION))
