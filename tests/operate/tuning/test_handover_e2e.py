"""From a size to a deployment: what `--apply --deploy` hands on, on the local AWS."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.deploy.targets import connect

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

BLUEPRINT = """\
blueprint: 1
system: tuned
owner: team
environments:
  local: { target: local }
services:
  orders:
    path: services/orders
    functions: { create: { handler: orders.create.handler, memory_mb: 512 } }
"""
TUNE = ("tune-memory", "orders.create", "--simulate", "cpu", "--apply", "--deploy")


def platform(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "platform_cli", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def workspace(clean_environment: None, tmp_path: Path) -> Iterator[Path]:
    """One function without dependencies, and a local AWS of its own."""
    root = tmp_path / "a workspace"
    package = root / "services" / "orders" / "src" / "orders"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "create.py").write_text("def handler(event, context):\n    return {}\n")
    (root / "services" / "orders" / "pyproject.toml").write_text(
        '[project]\nname = "orders"\nversion = "0"\ndependencies = []\n'
    )
    (root / "services" / "orders" / "requirements.lock").write_text("")
    (root / "blueprint.yaml").write_text(BLUEPRINT)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = platform(root, "local", "start", "--port", str(port))
    assert started.returncode == 0, started.stderr
    try:
        yield root
    finally:
        platform(root, "local", "stop")


def memory_mb(root: Path) -> int:
    environment = resolve(inspect_blueprint(root / "blueprint.yaml"), "local")
    function = environment.services["orders"].functions["create"]
    told = (
        connect(environment, root)
        .client("lambda")
        .get_function_configuration(FunctionName=function.physical_name)
    )
    assert told["MemorySize"] == function.memory_mb, "what is deployed is what the blueprint says"
    return function.memory_mb


def test_apply_and_deploy_bring_the_size_to_the_function_and_say_when_there_is_nothing_to_do(workspace):
    assert platform(workspace, "deploy", "--yes").returncode == 0
    assert memory_mb(workspace) == 512

    done = platform(workspace, *TUNE, "--aim", "speed", "--yes")

    assert done.returncode == 0, done.stderr
    assert "Lambda::Function services.orders.functions.create: MemorySize" in done.stderr, "the plan"
    assert "tuned in local is deployed: 1 stack changed" in done.stdout
    size = memory_mb(workspace)
    assert size in (2048, 3008)
    written = re.search(r"wrote (\S+memory_mb): (\d+)", done.stderr)
    assert written is not None
    assert int(written[2]) == size

    again = platform(workspace, *TUNE, "--aim", "speed", "--yes")
    assert again.returncode == 0
    assert "nothing to deploy" in again.stderr
    assert "deployed" not in again.stdout

    # The deployment refuses for reasons of its own, and its exit code is that of the command; the size
    # stays written, as the answer was found.
    handler = workspace / "services" / "orders" / "src" / "orders" / "create.py"
    handler.write_text("def handler(event, context:\n")
    refused = platform(workspace, *TUNE, "--aim", "cost", "--yes")
    alone = platform(workspace, "deploy", "--yes")
    assert refused.returncode == alone.returncode != 0
    assert "wrote environments.local.overrides" in refused.stderr
