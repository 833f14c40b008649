"""Each service of the shop passes its own linter, types and tests, with the settings in its own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHOP = Path(__file__).parents[2] / "examples" / "shop"
MYPY_CACHE = SHOP.parents[1] / ".mypy_cache" / "shop"
SERVICEKIT = SHOP / "libs" / "servicekit"
PROJECTS = sorted([SERVICEKIT, *(path.parent for path in (SHOP / "services").glob("*/pyproject.toml"))])


def run(folder: Path, *command: str) -> None:
    python_path = os.pathsep.join(str(path) for path in (folder / "src", SERVICEKIT / "src"))
    environment = os.environ | {"PYTHONPATH": python_path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} in {folder.name}:\n{done.stdout}{done.stderr}"


def test_there_are_the_services_that_the_blueprint_names() -> None:
    names = {path.name for path in PROJECTS}
    assert names == {"servicekit", "auth", "health", "notifications", "orders", "users"}


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_a_service_passes_its_own_checks_and_tests(folder: Path) -> None:
    run(folder, "ruff", "check", "--quiet", "--no-cache", ".")
    run(folder, "ruff", "format", "--check", "--quiet", "--no-cache", ".")
    # One cache for all: the types of boto3 and Powertools are the bulk of the work.
    run(folder, "mypy", "--cache-dir", str(MYPY_CACHE))
    run(folder, "pytest", "-p", "no:cacheprovider")


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
