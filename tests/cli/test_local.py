"""What `platform local …` says, from made-up states."""

import json
from pathlib import Path

import pytest

from platform_cli.cli.rendering.local import render_local_status
from platform_cli.cli.rendering.words import duration
from platform_cli.cli.terminal import Terminal
from platform_cli.local.server import LocalAws, LocalStatus

LOCAL = LocalAws(4566, 77, "http://127.0.0.1:4566")


def status(**changes) -> LocalStatus:
    values = {
        "running": True,
        "local": LOCAL,
        "died": False,
        "uptime_seconds": 125.0,
        "agent_running": True,
        "log": Path("/shop/.platform/local/server.log"),
        "folder": Path("/shop/.platform/local"),
        "has_state": False,
        "version": "1.5.33",
        "outdated": False,
    }
    return LocalStatus(**{**values, **changes})


def test_a_running_one_says_where_since_when_and_where_it_logs(capsys):
    render_local_status(Terminal(), status())

    assert capsys.readouterr() == (
        "The local AWS runs at http://127.0.0.1:4566 (account 000000000000, region us-east-1)\n"
        "  up for 2 min; MiniStack 1.5.33\n"
        "  log: /shop/.platform/local/server.log\n",
        "",
    )


@pytest.mark.parametrize(
    ("changes", "out", "err"),
    [
        (
            {},
            "The local AWS does not run\n",
            "`platform local start` starts it, as does `platform deploy` to a local environment\n",
        ),
        (
            {"died": True, "has_state": True},
            "The local AWS died\n",
            "its log ends with the reason: /shop/.platform/local/server.log\n"
            "`platform local start` starts it, as does `platform deploy` to a local environment; "
            "what was deployed is kept\n",
        ),
    ],
)
def test_one_that_does_not_run_says_what_to_do(capsys, changes, out, err):
    render_local_status(Terminal(), status(running=False, local=None, uptime_seconds=None, **changes))

    assert capsys.readouterr() == (out, err)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"agent_running": False}, "flags agent"),
        ({"outdated": True}, "another version"),
        ({"uncounted": "CallFailed: 500"}, "no metrics are made of what stands in logs: CallFailed: 500"),
    ],
)
def test_what_is_wrong_with_a_running_one_is_said(capsys, changes, said):
    render_local_status(Terminal(), status(**changes))

    assert said in capsys.readouterr().err


def test_a_program_gets_all_of_it(capsys):
    terminal = Terminal()
    terminal.json = True
    render_local_status(terminal, status())

    document = json.loads(capsys.readouterr().out)
    assert (document["running"], document["port"], document["log"]) == (
        True,
        4566,
        "/shop/.platform/local/server.log",
    )


def test_a_workspace_that_never_had_one_says_so(run, workspace):
    assert json.loads(run("local", "status", "--json").out)["running"] is False
    assert run("local", "stop").out == "It did not run\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (11100, "3 h 5 min")]
)
def test_durations_are_short(seconds, text):
    assert duration(seconds) == text
