"""The tool as it is installed: from its wheel, in an environment of its own, away from the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("wheel")

# What `init`, `new-service` and `validate` need; the CDK, Node.js and boto3 stay out, and must.
NEEDED = ("copier", "jinja2", "packaging", "platformdirs", "pydantic", "rich", "ruamel.yaml", "typer")


def run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | (environment or {}),
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def pins(names: tuple[str, ...]) -> list[str]:
    """The distributions and all that they need, at the versions that run these tests."""
    found: dict[str, str] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        if requirement.marker and not any(
            requirement.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
        ):
            continue
        if canonicalize_name(requirement.name) not in found:
            installed = distribution(requirement.name)
            found[canonicalize_name(requirement.name)] = installed.version
            waiting.extend(map(Requirement, installed.requires or ()))
    return [f"{name}=={version}" for name, version in sorted(found.items())]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=REPOSITORY)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def platform(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the wheel."""
    import uv

    folder = tmp_path_factory.mktemp("installed")
    uv_program = uv.find_uv_bin()
    run(uv_program, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    install = (uv_program, "pip", "install", "--quiet", "--no-deps", "--python", python, wheel, *pins(NEEDED))
    try:
        run(*install, "--offline", cwd=folder)
    except AssertionError:
        # The cache has what `make install` put there; without it, the index has to help.
        run(*install, cwd=folder)
    return folder / "venv" / "bin" / "platform"


def test_the_wheel_holds_every_file_of_templates_and_blueprints(wheel: Path) -> None:
    generated = re.compile(r"(^|/)(__pycache__|\.[a-z]+_cache)/")
    expected = {
        path.relative_to(REPOSITORY).as_posix(): path.read_bytes()
        for root in ("templates", "blueprints")
        for path in (REPOSITORY / root).rglob("*")
        if path.is_file() and not generated.search(path.relative_to(REPOSITORY).as_posix())
    }

    with zipfile.ZipFile(wheel) as archive:
        prefix = "platform_cli/_data/"
        held = {
            name.removeprefix(prefix): archive.read(name)
            for name in archive.namelist()
            if name.startswith(prefix)
        }

    assert held == expected
    assert "templates/workspace/project/.gitignore.jinja" in held


def test_the_installed_tool_makes_a_workspace_and_services_from_another_folder(
    platform: Path, tmp_path: Path
) -> None:
    run(platform, "init", "shop", "--yes", cwd=tmp_path)
    shop = tmp_path / "shop"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    run(platform, "new-service", "letters", "--template", "worker", "--yes", cwd=shop / "services")
    run(
        platform,
        "new-service",
        "nightly",
        "--template",
        "schedule",
        "--yes",
        cwd=elsewhere,
        environment={"PLATFORM_BLUEPRINT": str(shop / "blueprint.yaml")},
    )

    run(platform, "validate", cwd=shop)
    assert (shop / ".gitignore").is_file()
    assert (shop / "libs" / "servicekit" / "pyproject.toml").is_file()
    for service in ("notes", "letters", "nightly"):
        assert (shop / "services" / service / "requirements.lock").is_file()
        assert f"\n  {service}:\n" in (shop / "blueprint.yaml").read_text(encoding="utf-8")
    assert list(elsewhere.iterdir()) == []
