"""The Makefile and the pipeline: what they call, and what they say on a machine that lacks something."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)


@pytest.fixture
def checkout(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(folder, *arguments):
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def fake_python(folder: Path, script: str) -> Path:
    python = folder / "fake-python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return python


def test_help_lists_every_target(checkout):
    listed = re.findall(r"^  make ([a-z-]+) ", make(checkout).stdout, re.MULTILINE)

    assert listed == TARGETS
    assert set(listed) == {"demo", "test", "install", "check", "bench", "nightly", "lock", "help"}


def test_the_pipeline_tests_by_make_test_alone():
    script = ROOT / ".ci" / "run"
    lines = script.read_text().splitlines()

    assert lines[-1] == "exec make test"
    assert [line for line in lines if re.search(r"\b(make|pytest|mypy|ruff)\b", line)] == ["exec make test"]
    assert os.access(script, os.X_OK)


def test_the_readme_s_first_screen_has_both_commands():
    screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:24])

    assert "make demo" in screen
    assert "make test" in screen


def test_an_old_python_is_named(checkout, tmp_path):
    python = fake_python(tmp_path, "exit 1")

    done = make(checkout, "install", f"PYTHON={python}")

    assert done.returncode == 2
    assert f'Python 3.11 or newer is needed as "{python}"' in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_debian_without_venv_is_told_what_to_install(checkout, tmp_path):
    python = fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1 ;; esac; exit 0')

    done = make(checkout, "install", f"PYTHON={python}")

    assert done.returncode == 2
    assert "sudo apt install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_what_is_installed_is_not_installed_again(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "installed").touch()

    done = make(checkout, "install", "PYTHON=/nowhere")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_changed_lock_is_installed(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "installed").touch()
    os.utime(checkout / "requirements.lock", (2**32, 2**32))

    assert make(checkout, "install", "PYTHON=/nowhere").returncode == 2


def test_a_checkout_may_stand_in_a_folder_with_spaces_in_its_name():
    bare = [line for line in MAKEFILE.splitlines() if re.search(r'(?<!")\$\(CURDIR\)', line)]

    assert bare == []
