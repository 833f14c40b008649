"""A workspace's local AWS to share, assemblies made by hand, and calls to what was deployed."""

from __future__ import annotations

import io
import json
import random
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly
from platform_cli.assembly.reading import read_assembly
from platform_cli.aws.clients import Clients
from platform_cli.local import server
from platform_cli.local.ports import next_free
from platform_cli.local.server import LocalAws

BUCKET = "assets-000000000000-us-east-1"
BuildAssembly = Callable[..., Assembly]


@pytest.fixture
def local() -> LocalAws:
    """A local AWS that does not run: for what only needs to know of one."""
    return LocalAws(
        port=4566, pid=1, endpoint_url="http://127.0.0.1:4566", agent_port=4567, python_version="3.13.1"
    )


@pytest.fixture
def build_assembly(tmp_path: Path) -> BuildAssembly:
    """Write an assembly of the templates given by stack id, each with itself as an asset, as the CDK does."""

    def build(
        templates: Mapping[str, Mapping[str, Any]],
        dependencies: Mapping[str, list[str]] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Assembly:
        folder = tmp_path / "cdk.out"
        folder.mkdir(exist_ok=True)
        artifacts: dict[str, Any] = {}
        for stack_id, template in templates.items():
            (folder / f"{stack_id}.template.json").write_text(json.dumps(template))
            listed = {
                "abc123": _asset(f"{stack_id}.template.json", "abc123.json"),
                **{name: _asset(name, f"{name}.zip") for name in files or {}},
            }
            listing = {"version": "48.0.0", "files": listed, "dockerImages": {}}
            (folder / f"{stack_id}.assets.json").write_text(json.dumps(listing))
            artifacts[f"{stack_id}.assets"] = {
                "type": "cdk:asset-manifest",
                "properties": {"file": f"{stack_id}.assets.json"},
            }
            artifacts[stack_id] = {
                "type": "aws:cloudformation:stack",
                "environment": "aws://000000000000/us-east-1",
                "properties": {
                    "templateFile": f"{stack_id}.template.json",
                    "stackName": f"shop-local-{stack_id}",
                    "stackTemplateAssetObjectUrl": f"s3://{BUCKET}/abc123.json",
                },
                "dependencies": [f"{stack_id}.assets", *(dependencies or {}).get(stack_id, [])],
            }
        for name, content in (files or {}).items():
            (folder / name).write_bytes(content)
        (folder / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))
        return read_assembly(folder)

    return build


def _asset(path: str, key: str) -> dict[str, Any]:
    return {
        "source": {"path": path, "packaging": "file"},
        "destinations": {"current": {"bucketName": BUCKET, "objectKey": key}},
    }


# --- the real local AWS -------------------------------------------------------------------------


@pytest.fixture
def free_port() -> int:
    """A port that nobody has; far from the default, so that a running demo is not disturbed."""
    return next_free(random.randrange(20000, 30000))


@dataclass(frozen=True)
class Running:
    """A local AWS that runs, and what one does with it."""

    root: Path
    local: LocalAws
    clients: Clients

    def upload(self, key: str, files: Mapping[str, str]) -> dict[str, str]:
        """Put a zip of files into a bucket; gives the `Code` or `Content` of a template."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        s3 = self.clients.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=key, Body=content.getvalue())
        return {"S3Bucket": BUCKET, "S3Key": key}

    def deploy(self, assembly: Assembly) -> dict[str, dict[str, str]]:
        """Deploy each stack by a change set; gives the outputs of each."""
        return {stack.name: self.deploy_stack(stack.name, stack.template) for stack in assembly.stacks}

    def deploy_stack(self, name: str, template: Mapping[str, Any]) -> dict[str, str]:
        cloudformation = self.clients.client("cloudformation")
        kind = "UPDATE" if self._exists(name) else "CREATE"
        change = f"change-{time.monotonic_ns()}"
        cloudformation.create_change_set(
            StackName=name,
            ChangeSetName=change,
            ChangeSetType=kind,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        cloudformation.execute_change_set(StackName=name, ChangeSetName=change)
        stack = self._settled(name)
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [
            event.get("ResourceStatusReason") for event in events if "FAILED" in event["ResourceStatus"]
        ]
        assert stack["StackStatus"] == f"{kind}_COMPLETE", failed
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def _exists(self, name: str) -> bool:
        stacks = self.clients.client("cloudformation").describe_stacks()["Stacks"]
        return any(stack["StackName"] == name for stack in stacks)

    def _settled(self, name: str) -> Any:
        for _ in range(300):
            stack = self.clients.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            time.sleep(0.1)
        raise AssertionError(f"{name} stays {stack['StackStatus']}")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One local AWS for all tests that only use one."""
    root = tmp_path_factory.mktemp("workspace")
    local = server.start(root, port=next_free(random.randrange(30000, 40000)))
    yield Running(root, local, Clients(local.target))
    server.stop(root)


@dataclass(frozen=True)
class Answer:
    """What an HTTP server answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


Fetch = Callable[..., Answer]


@pytest.fixture
def fetch() -> Fetch:
    """Call an HTTP server; refusals are answers too."""

    def call(
        url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, dict(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read().decode())

    return call


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Wait until something is true, and give it."""

    def wait(condition: Callable[[], Any], seconds: float = 60) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.2)
        return value

    return wait
