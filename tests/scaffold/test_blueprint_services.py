"""The services that blueprints bring pass their own linter, types and tests, as a workspace has them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from platform_cli.package.locking import check_lock
from platform_cli.scaffold.workspaces import init_workspace

ROOT = Path(__file__).parents[2]
SERVICES = (
    "streaming/activity",
    "streaming/analytics",
    "streaming/books",
    "streaming/orders",
    "web/catalog",
)
Service = Callable[[str], Path]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The folder of a service in a workspace of its blueprint, which is made once."""

    @cache
    def workspace(blueprint: str) -> Path:
        folder = tmp_path_factory.mktemp(blueprint) / "shop"
        init_workspace(folder, blueprint)
        return folder

    def find(name: str) -> Path:
        blueprint, _, own = name.partition("/")
        return workspace(blueprint) / "services" / own

    return find


def run(folder: Path, *command: str) -> None:
    python_path = os.pathsep.join(
        str(path) for path in (folder / "src", folder / "../../libs/servicekit/src")
    )
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} in {folder.name}:\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_of_a_blueprint_passes_its_own_checks(service: Service, name: str) -> None:
    folder = service(name)
    check_lock(folder)
    run(folder, "ruff", "check", "--quiet", "--no-cache", ".")
    run(folder, "ruff", "format", "--check", "--quiet", "--no-cache", ".")
    run(folder, "pytest", "-p", "no:cacheprovider")


@pytest.mark.nightly
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_of_a_blueprint_has_its_types_right(service: Service, name: str) -> None:
    run(service(name), "mypy", "--cache-dir", str(ROOT / ".mypy_cache" / "shop"))
