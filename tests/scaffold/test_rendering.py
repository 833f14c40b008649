"""Copier on its lead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from platform_cli.errors import PlatformError
from platform_cli.scaffold.rendering import render


def template(root: Path, files: dict[str, str]) -> Path:
    for path, text in {"copier.yml": "_subdirectory: project\n", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def test_a_later_layer_goes_over_an_earlier_one(tmp_path: Path) -> None:
    first = template(tmp_path / "1", {"project/a.txt": "first", "project/b.txt.jinja": "{{ name }}\n"})
    second = template(tmp_path / "2", {"project/a.txt": "second", "project/{{ name }}/c.txt": "{{ name }}"})
    into = tmp_path / "out"

    files = render((first, second), {"name": "orders"}, into)

    assert files == (Path("a.txt"), Path("b.txt"), Path("orders/c.txt"))
    assert [(into / file).read_text() for file in files] == ["second", "orders\n", "{{ name }}"]


def test_copier_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    render((template(tmp_path / "1", {"project/a.txt": "a"}),), {}, tmp_path / "out")

    assert capfd.readouterr() == ("", "")


def test_a_broken_template_is_no_traceback(tmp_path: Path) -> None:
    broken = template(tmp_path / "broken", {"project/a.txt.jinja": "{% if %}"})

    with pytest.raises(PlatformError, match="the template broken cannot be rendered") as caught:
        render((broken,), {}, tmp_path / "out")

    assert caught.value.code == "broken-template"


def test_git_is_never_run_even_in_a_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path / "out"], check=True)
    layer = template(tmp_path / "1", {"project/a.txt": "a"})
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\necho ran >> {tmp_path}/ran\nexit 1\n")
    git.chmod(0o755)
    program = (
        "import sys; from pathlib import Path; from platform_cli.scaffold.rendering import render; "
        "render((Path(sys.argv[1]),), {}, Path(sys.argv[2]))"
    )

    subprocess.run(
        [sys.executable, "-c", program, layer, tmp_path / "out"],
        check=True,
        env={**os.environ, "PATH": f"{git.parent}{os.pathsep}{os.environ['PATH']}"},
    )

    assert (tmp_path / "out" / "a.txt").is_file()
    assert not (tmp_path / "ran").exists()


def test_the_users_copier_settings_change_nothing(tmp_path: Path) -> None:
    asking = "_subdirectory: project\nowner: { type: str, default: nobody }\n"
    layer = template(tmp_path / "1", {"copier.yml": asking, "project/a.txt.jinja": "{{ owner }}"})
    home = tmp_path / "home"
    settings = home / ".config" / "copier" / "settings.yml"
    settings.parent.mkdir(parents=True)
    settings.write_text("defaults: { owner: somebody }\n")
    program = (
        "import sys; from pathlib import Path; from platform_cli.scaffold.rendering import render; "
        "render((Path(sys.argv[1]),), {}, Path(sys.argv[2]))"
    )

    subprocess.run(
        [sys.executable, "-c", program, layer, tmp_path / "out"],
        check=True,
        env={**os.environ, "HOME": str(home), "COPIER_SETTINGS_PATH": str(settings)},
    )

    assert (tmp_path / "out" / "a.txt").read_text() == "nobody"
