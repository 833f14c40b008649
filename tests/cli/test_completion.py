"""What the shell offers."""

import os
import subprocess
import sys

import pytest


def offered(typed: str, **variables: str) -> list[str]:
    """What bash would offer for the last word."""
    words = typed.split(" ")
    environment = {
        **os.environ,
        **variables,
        "_PLATFORM_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    script = "import sys; from platform_cli.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("platform dep", ["deploy"]),
        ("platform local sta", ["start", "status"]),
        ("platform deploy --env ", ["dev", "local", "prod"]),
        ("platform --env p", ["prod"]),
        ("platform invoke orders.", ["orders.create"]),
        ("platform logs o", ["orders", "orders.create"]),
        ("platform lock ", ["orders"]),
        ("platform new-service x --template s", ["schedule", "stream"]),
        ("platform cost a", ["actual", "advise"]),
        ("platform explain port-in", ["port-in-use"]),
        ("platform deploy --allow-rep", ["--allow-replacement"]),
    ],
)
def test_names_are_completed(workspace, typed, names):
    assert offered(typed) == names


def test_names_come_from_the_blueprint_that_is_typed(workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert offered("platform --blueprint shop deploy --env d") == ["dev"]
    assert offered("platform deploy --env d", PLATFORM_BLUEPRINT="shop") == ["dev"]
    assert offered("platform deploy --env d") == []


def test_a_broken_blueprint_completes_nothing(workspace):
    (workspace / "blueprint.yaml").write_text("environments: [\n")

    assert offered("platform deploy --env ") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_calls_the_program(shell):
    script = "import sys; from platform_cli.cli.main import main; sys.exit(main(['--show-completion']))"

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "", "SHELL": f"/bin/{shell}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "_PLATFORM_COMPLETE" in done.stdout
