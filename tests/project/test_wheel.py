"""The wheel: what is in it, and that it works in an environment that has nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

# Two workers would wait for one installation.
pytestmark = pytest.mark.xdist_group("wheel")

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")


def run(*command, cwd=None):
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(made_once, clean_environment):
    def build(out):
        inside = ("--no-build-isolation", "--python", sys.executable)
        run(UV, "build", "--wheel", *inside, "--out-dir", out, cwd=ROOT)

    (built,) = made_once("wheel", build).glob("platform_cli-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, made_once):
    """The folder of programs of an empty environment with the wheel and what it needs, as locked."""

    def install(folder):
        run(UV, "venv", "--quiet", "--python", sys.executable, folder / "env")
        python = folder / "env" / "bin" / "python"
        pins = folder / "constraints.txt"
        lines = (ROOT / "requirements.lock").read_text().splitlines()
        pins.write_text("\n".join(line.rstrip(" \\") for line in lines if "==" in line) + "\n")
        run(UV, "pip", "install", "--quiet", "--python", python, "--constraint", pins, wheel)

    return made_once("installed", install) / "env" / "bin"


def test_templates_blueprints_and_the_example_are_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = run("git", "ls-files", "templates", "blueprints", "examples", cwd=ROOT).splitlines()

    assert tracked
    assert [file for file in tracked if f"platform_cli/_data/{file}" not in names] == []


def test_nothing_but_the_package_is_in_the_wheel(wheel):
    roots = {Path(name).parts[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {root.split("-")[0] for root in roots} == {"platform_cli"}


def test_data_files_of_rooms_are_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = run("git", "ls-files", "platform_cli", cwd=ROOT).splitlines()

    assert [name for name in tracked if name not in names] == []


def test_the_installed_wheel_makes_a_workspace_and_a_service_from_another_folder(installed, tmp_path):
    environment_free = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    platform = installed / "platform"

    def call(*arguments):
        done = subprocess.run(
            [str(platform), *arguments],
            cwd=tmp_path,
            env=environment_free,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    call("init", "shop", "--yes")
    call("init", "example", "--blueprint", "shop", "--yes")
    assert "is valid: 5 services" in call("validate", "--blueprint", "example")
    call("new-service", "mailer", "--template", "worker", "--yes", "--blueprint", "shop")

    assert (tmp_path / "shop" / "services" / "mailer" / "pyproject.toml").is_file()
    assert (
        call("validate", "--blueprint", "shop")
        .splitlines()[-1]
        .startswith("shop/blueprint.yaml is valid: 2 services")
    )


def test_the_installed_wheel_carries_no_development_tool(installed):
    names = {path.name for path in installed.iterdir()}

    assert "platform" in names
    assert not names & {"pytest", "mypy", "ruff", "moto_server"}
