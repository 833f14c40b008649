"""Each service of the shop passes its own linter, types and tests, with the settings in its own folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

SHOP = Path(__file__).parents[2] / "examples" / "shop"
MYPY_CACHE = SHOP.parents[1] / ".mypy_cache" / "shop"
SERVICEKIT = SHOP / "libs" / "servicekit"
PROJECTS = sorted([SERVICEKIT, *(path.parent for path in (SHOP / "services").glob("*/pyproject.toml"))])


def run(folder: Path, *command: str) -> None:
    sources = os.pathsep.join(str(path / "src") for path in PROJECTS)
    environment = os.environ | {"PYTHONPATH": sources, "MYPYPATH": sources}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} in {folder.name}:\n{done.stdout}{done.stderr}"


def settings(folder: Path) -> dict[str, Any]:
    tools = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    return {name: dict(tools[name]) for name in ("mypy", "pytest")}


def test_there_are_the_services_that_the_blueprint_names() -> None:
    names = {path.name for path in PROJECTS}
    assert names == {"servicekit", "auth", "health", "notifications", "orders", "users"}


def test_all_services_have_the_same_settings_and_only_paths_of_their_own() -> None:
    """So one run of mypy and one of pytest, which load boto3 and Powertools once, say what six would."""
    for folder in PROJECTS:
        found, one = settings(folder), settings(PROJECTS[0])
        package = (folder / "src").iterdir()
        assert found["mypy"].pop("packages") == [path.name for path in package if path.is_dir()]
        one["mypy"].pop("packages")
        for tools in (found, one):
            tools["mypy"].pop("mypy_path")
            tools["pytest"]["ini_options"].pop("pythonpath")
        assert found == one, folder.name


def test_services_pass_their_own_linter() -> None:
    run(SHOP, "ruff", "check", "--quiet", "--no-cache", "services", "libs")
    run(SHOP, "ruff", "format", "--check", "--quiet", "--no-cache", "services", "libs")


@pytest.mark.xdist_group("mypy-of-services")
def test_the_types_of_services_are_right() -> None:
    packages = (part for path in PROJECTS for part in ("--package", path.name))
    run(PROJECTS[0], "mypy", "--cache-dir", str(MYPY_CACHE), *packages)


def test_a_service_passes_its_own_tests() -> None:
    run(SHOP / "services" / "health", "pytest", "-p", "no:cacheprovider")


def test_the_tests_of_all_services_pass_in_one_run() -> None:
    folders = (str(path.relative_to(SHOP) / "tests") for path in PROJECTS)
    config = ("-c", str(PROJECTS[0] / "pyproject.toml"), "--rootdir", ".")
    run(SHOP, "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *config, *folders)


@pytest.mark.parametrize(
    "folder", [path for path in PROJECTS if path != SERVICEKIT], ids=lambda path: path.name
)
def test_a_service_has_a_lock_that_fits_what_it_asks_for(folder: Path) -> None:
    from platform_cli.package.locking import check_lock

    check_lock(folder)


def test_all_services_share_one_lock_and_so_one_layer() -> None:
    locks = {path.read_bytes() for path in (SHOP / "services").glob("*/requirements.lock")}
    assert len(locks) == 1
    (lock,) = locks
    assert b"://" not in lock
    assert b"boto" not in lock


@pytest.mark.parametrize("module", sorted((SHOP / "services").glob("*/src/*/handlers/*.py")), ids=str)
def test_a_handler_is_at_most_60_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 60
