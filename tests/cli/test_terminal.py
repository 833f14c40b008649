"""Questions, answers, and where nobody can be asked."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platform_cli.cli.approval import approve_environment
from platform_cli.cli.options import GlobalOptions
from platform_cli.cli.session import Session
from platform_cli.cli.terminal import Terminal
from platform_cli.errors import ExitCode, PlatformError


def at_the_terminal(*answers: str) -> Terminal:
    return Terminal(interactive=True, stdin=io.StringIO("".join(f"{answer}\n" for answer in answers)))


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y", True), ("YES", True), ("", False), ("n", False), ("prod", False)]
)
def test_only_a_yes_is_a_yes(typed, agreed, capsys):
    assert at_the_terminal(typed).confirm("Deploy this to dev?") is agreed
    assert capsys.readouterr() == ("", "Deploy this to dev? [y/N] ")


@pytest.mark.parametrize(("typed", "agreed"), [("prod", True), ("y", False), ("Prod", False), ("", False)])
def test_a_name_must_be_typed_exactly(typed, agreed, capsys):
    assert at_the_terminal(typed).confirm_by_name("Deploy this to prod?", "prod") is agreed
    assert capsys.readouterr().err == 'Deploy this to prod? Type "prod" to go on: '


def test_an_empty_answer_takes_the_default(capsys):
    assert at_the_terminal("").ask("AWS region", flag="--region", default="eu-west-1") == "eu-west-1"
    assert capsys.readouterr().err == "AWS region [eu-west-1]: "


def test_without_a_default_the_question_comes_again(capsys):
    assert at_the_terminal("", "shop").ask("Name", flag="--name") == "shop"
    assert capsys.readouterr().err == "Name: Name: "


@pytest.mark.parametrize("typed", [["2"], ["worker"], ["0", "9", "x", "worker"]], ids=" ".join)
def test_one_of_a_few_is_chosen_by_number_or_name(typed, capsys):
    kinds = [("api", "answers requests"), ("worker", "works on messages")]

    assert at_the_terminal(*typed).choose("What kind", kinds, flag="--template") == "worker"
    assert capsys.readouterr().err == (
        "  1  api     answers requests\n  2  worker  works on messages\n" + "What kind [1-2]: " * len(typed)
    )


def test_the_end_of_input_ends_the_command():
    with pytest.raises(KeyboardInterrupt):
        Terminal(interactive=True, stdin=io.StringIO()).confirm("Go on?")


def test_where_nobody_can_be_asked_the_option_is_named():
    with pytest.raises(PlatformError) as caught:
        Terminal(interactive=False).confirm("Deploy this to dev?")

    assert (
        caught.value.message == "nobody can be asked here, as this is no terminal: Deploy this to dev? [y/N]"
    )
    assert caught.value.hint == "answer on the command line with --yes"
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_choice_that_nobody_can_make_lists_what_there_is():
    with pytest.raises(PlatformError) as caught:
        Terminal(interactive=False).choose("What kind", [("api", ""), ("worker", "")], flag="--template")

    assert caught.value.message.endswith("What kind (api, worker)")
    assert caught.value.hint == "answer on the command line with --template"


def test_brackets_in_the_user_s_words_are_kept(capsys):
    Terminal().result("[bold]x[/bold] :smile: [GET /orders]")

    assert capsys.readouterr().out == "[bold]x[/bold] :smile: [GET /orders]\n"


def test_long_lines_are_left_to_the_terminal(capsys):
    Terminal().result("x" * 300)

    assert capsys.readouterr().out == "x" * 300 + "\n"


def test_data_is_json_with_times_and_paths_as_text(capsys):
    Terminal().data(
        {"at": datetime(2026, 11, 20, tzinfo=UTC), "path": Path("a/b"), "raw": b"\xff", "set": {2, 1}}
    )

    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-11-20T00:00:00+00:00",
        "path": "a/b",
        "raw": "\ufffd",
        "set": [1, 2],
    }


@pytest.mark.parametrize(
    ("environment", "by_name", "question"),
    [
        ("local", False, ""),
        ("local", True, ""),
        ("dev", False, "Go on? [y/N] "),
        ("dev", True, 'Go on? Type "dev" to go on: '),
        ("prod", False, 'Go on? Type "prod" to go on: '),
    ],
)
def test_an_environment_asks_as_it_demands(workspace, capsys, environment, by_name, question):
    session = Session(GlobalOptions(environment=environment), at_the_terminal("no"))

    agreed = approve_environment(session, "Go on?", by_name=by_name)

    assert agreed is (environment == "local")
    assert capsys.readouterr().err == question


def test_yes_answers_even_for_a_protected_environment(workspace):
    session = Session(GlobalOptions(environment="prod", yes=True), Terminal(interactive=False))

    assert approve_environment(session, "Go on?")
