"""How a run ends: exit codes, errors, defects, interruption."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from platform_cli.cli.running import defect
from platform_cli.cli.running import run as run_command
from platform_cli.cli.session import Session
from platform_cli.errors import PlatformError

PLATFORM = (sys.executable, "-m", "platform_cli")


# --- help and version ----------------------------------------------------------------------------


def test_version_names_the_program(run):
    from platform_cli import __version__

    assert run("--version").out == f"platform {__version__}\n"


def test_no_argument_shows_the_help_and_is_wrong_usage(run):
    outcome = run()

    assert outcome.code == 2
    assert outcome.out.startswith("Usage: platform [OPTIONS] COMMAND [ARGS]...")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["deploy", "--help"], ["local", "--help"], ["--version"]], ids=" ".join
)
def test_help_loads_nothing_heavy(arguments):
    heavy = ["boto3", "botocore", "pydantic", "copier", "aws_cdk", "jsii", "cfnlint", "ruamel.yaml", "jinja2"]
    script = (
        "import sys; from platform_cli.cli.main import main; "
        f"code = main({arguments!r}); "
        f"print([name for name in {heavy!r} if name in sys.modules], code, file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr == "[] 0\n"


def test_version_loads_neither_typer_nor_rich():
    script = (
        "import sys; from platform_cli.cli.main import main; main(['--version']); "
        "print([name for name in ('typer', 'rich') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[1] == "[]"


# --- wrong usage ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ["deplyo"],
            'error[usage]: there is no command "deplyo"\nhint: did you mean `platform deploy`?\n',
        ),
        (
            ["local", "strat"],
            'error[usage]: there is no command "strat"\nhint: did you mean `platform local start`?\n',
        ),
        (
            ["xyzzy"],
            'error[usage]: there is no command "xyzzy"\nhint: `platform --help` lists what it takes\n',
        ),
        (
            ["schema", "--ouf", "x"],
            "error[usage]: there is no option --ouf\nhint: did you mean --out?\n",
        ),
        (
            ["new-service"],
            "error[usage]: missing argument 'name'\n"
            "hint: `platform new-service --help` lists what it takes\n",
        ),
        (
            ["local", "start", "--port", "ninety"],
            "error[usage]: invalid value for '--port': Input should be a valid integer, "
            "unable to parse string as an integer\n"
            "hint: `platform local start --help` lists what it takes\n",
        ),
        (
            ["validate", "extra"],
            "error[usage]: got unexpected extra argument(s) (extra)\n"
            "hint: `platform validate --help` lists what it takes\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_says_what_to_type_instead(run, arguments, error):
    outcome = run(*arguments)

    assert (outcome.code, outcome.out, outcome.err) == (2, "", error)


def test_wrong_usage_is_json_for_a_program(run):
    outcome = run("--json", "deplyo")

    assert outcome.code == 2
    assert outcome.err == ""
    assert json.loads(outcome.out) == {
        "error": {
            "code": "usage",
            "message": 'there is no command "deplyo"',
            "hint": "did you mean `platform deploy`?",
            "where": None,
        }
    }


# --- options of every command --------------------------------------------------------------------


def test_options_stand_before_the_command_or_after_it(run, workspace):
    before = run("--json", "--env", "dev", "validate")
    after = run("validate", "--env", "dev", "--json")

    assert before == after
    assert json.loads(before.out)["valid"] is True


def test_what_is_typed_last_wins(run, workspace):
    outcome = run("--env", "nowhere", "validate", "--env", "dev")

    assert outcome.code == 0


def test_the_environment_comes_from_its_variable_too(run, workspace, monkeypatch):
    monkeypatch.setenv("PLATFORM_ENV", "nowhere")

    assert run("validate").code == 2
    assert run("--env", "dev", "validate").code == 0
    assert run("validate", "--env", "dev").code == 0


def test_the_blueprint_comes_from_its_variable_too(run, watched, monkeypatch, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert run("validate").code == 2

    monkeypatch.setenv("PLATFORM_BLUEPRINT", str(watched))

    assert (
        run("validate").out
        == f"{Path('..', 'shop', 'blueprint.yaml')} is valid: 1 service, 1 function, 3 environments\n"
    )


def test_the_blueprint_is_found_from_a_folder_below(run, watched, monkeypatch):
    monkeypatch.chdir(watched / "services")

    assert run("validate").out.startswith(f"{Path('..', 'blueprint.yaml')} is valid")


# --- defects and interruption --------------------------------------------------------------------


def test_a_defect_is_an_apology_and_no_traceback(run, workspace, monkeypatch):
    monkeypatch.setattr(Session, "inspection", property(lambda self: {}["gone"]))

    outcome = run("validate")

    assert outcome.code == 1
    assert outcome.err == (
        "error[defect]: sorry, this is a defect in platform: KeyError: 'gone'\n"
        "hint: `platform --debug validate` shows the details to report\n"
    )


def test_debug_shows_the_traceback_of_a_defect(run, workspace, monkeypatch):
    monkeypatch.setattr(Session, "inspection", property(lambda self: {}["gone"]))

    outcome = run("validate", "--debug")

    assert outcome.code == 1
    assert outcome.err.startswith("Traceback (most recent call last):")
    assert "KeyError: 'gone'" in outcome.err


def test_an_anticipated_error_has_no_traceback_without_debug(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert "Traceback" not in run("validate").err
    assert "Traceback" in run("--debug", "validate").err


def test_a_defect_without_a_text_names_its_type():
    assert defect(ValueError(), ["synth"]).message == "sorry, this is a defect in platform: ValueError"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(30, "Read-only file system", "/w/.platform"), "/w/.platform cannot be written: Read-only"),
        (OSError(28, "No space left on device"), "cannot write: No space left on device"),
        (PermissionError(13, "Permission denied", "/w/x"), "/w/x cannot be opened: Permission denied"),
    ],
    ids=["read-only", "full", "forbidden"],
)
def test_a_disk_that_refuses_is_no_defect(run, workspace, monkeypatch, error, said):
    def refused(self):
        raise error

    monkeypatch.setattr(Session, "inspection", property(refused))

    outcome = run("validate")

    assert outcome.code == 1
    assert outcome.err.startswith(f"error[cannot-write]: {said}")
    assert "hint: see who owns the folder" in outcome.err


def test_ctrl_c_ends_with_130_and_one_sentence(run, workspace, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "inspection", property(interrupted))

    outcome = run("validate")

    assert outcome.code == 130
    assert outcome.err == ("\nStopped. Nothing is half-written; the same command goes on where it stopped.\n")


def test_ctrl_c_gives_programs_one_document_with_what_was_done_and_what_is_left(run, workspace, monkeypatch):
    def interrupted(self):
        self.work.plan(["a", "b", "c"])
        self.work.finish("a")
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "inspection", property(interrupted))

    outcome = run("validate", "--json")

    assert outcome.code == 130
    told = json.loads(outcome.out)
    assert told["error"]["code"] == "interrupted"
    assert (told["done"], told["left"]) == (["a"], ["b", "c"])
    assert run("validate").err.endswith("\ndone before that: a\nleft as it was: b, c\n")


@pytest.mark.parametrize("answered", [False, True])
def test_a_command_that_says_itself_that_it_was_stopped_gives_one_document_too(
    run, workspace, monkeypatch, answered
):
    def interrupted(self):
        if answered:
            self.terminal.data({"done": 3})
        raise typer.Exit(130)

    monkeypatch.setattr(Session, "inspection", property(interrupted))

    outcome = run("validate", "--json")

    assert outcome.code == 130
    assert ("error" in json.loads(outcome.out)) is not answered


def test_an_error_half_way_says_what_was_done_before(run, workspace, monkeypatch):
    def refused(self):
        self.work.plan(["a", "b"])
        self.work.finish("a")
        raise PlatformError("AWS says no", code="access-denied")

    monkeypatch.setattr(Session, "inspection", property(refused))

    told = json.loads(run("validate", "--json").out)

    assert (told["error"]["code"], told["done"], told["left"]) == ("access-denied", ["a"], ["b"])
    assert run("validate").err.endswith("AWS says no\ndone before that: a\nleft as it was: b\n")


def test_after_ctrl_c_nothing_is_said_of_programs_that_it_ended_too(workspace):
    code = (
        "import atexit, sys\n"
        "from platform_cli.cli.running import run\n"
        "from platform_cli.cli.session import Session\n"
        "def gone(): raise BrokenPipeError(32, 'Broken pipe')\n"
        "atexit.register(gone)\n"
        "def interrupted(self): raise KeyboardInterrupt\n"
        "Session.inspection = property(interrupted)\n"
        "sys.exit(run(['validate']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=workspace, capture_output=True, text=True)

    assert done.returncode == 130
    assert done.stderr == "\nStopped. Nothing is half-written; the same command goes on where it stopped.\n"


def test_an_error_carries_its_own_exit_code(run, workspace, monkeypatch):
    def found(self):
        raise PlatformError("drift", code="drift", exit_code=3)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "inspection", property(found))

    assert run("validate").code == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_process_with_130(number):
    script = (
        "import sys, time; from platform_cli.cli import running; "
        "from platform_cli.cli.session import Session; "
        "Session.inspection = property(lambda self: (print('waiting', flush=True), time.sleep(60))); "
        "sys.exit(running.run(['validate']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.1)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error(workspace):
    script = f"set -o pipefail; {' '.join(PLATFORM)} schema | head -c 10"

    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr, done.stdout) == (0, "", '{\n  "$sche')


def test_run_gives_what_main_gives(workspace):
    assert run_command(["validate"]) == 0
