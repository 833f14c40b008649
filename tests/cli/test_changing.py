"""What the commands for flags and settings refuse before anything is asked of AWS, and what they say."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platform_cli.cli.change_options import two_environments
from platform_cli.cli.flags import decide
from platform_cli.cli.options import GlobalOptions
from platform_cli.cli.rendering.flag_progress import FlagProgress
from platform_cli.cli.rendering.flag_upkeep import render_differences, render_past
from platform_cli.cli.rendering.flags import differences_text, render_change, render_list
from platform_cli.cli.rendering.settings import changes_text, render_written
from platform_cli.cli.session import Session
from platform_cli.cli.terminal import Terminal
from platform_cli.operate.flags.differences import compare
from platform_cli.operate.flags.document import FlagsDocument
from platform_cli.operate.flags.events import DeploymentProgress, Overtaken, VersionWritten, WaitingForTurn
from platform_cli.operate.flags.intents import RemoveFlag, SetFlag, apply
from platform_cli.operate.flags.past import PastDeployment
from platform_cli.operate.flags.publishing import FlagsChange
from platform_cli.operate.flags.standing import Standing
from platform_cli.operate.flags.targeting import Rollout, Target
from platform_cli.operate.history import HistoryEntry
from platform_cli.operate.settings.changes import SettingChange, WrittenSetting

WHEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
SETTINGS = """\
config:
  orders:
    max-items: 50
    token: { value: change-me, secure: true }
flags:
  fast: { description: Fast }
"""


@pytest.fixture
def settings_workspace(workspace: Any) -> Any:
    path = workspace / "blueprint.yaml"
    path.write_text(path.read_text() + SETTINGS)
    return workspace


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("flags", "set", "fast", "maybe"), "usage", '"maybe" is neither on nor off'),
        (("flags", "set", "fast", "on", "--attribute", "limit"), "usage", "is no pair of a name and a value"),
        (("flags", "target", "fast"), "usage", "give either --when or --remove"),
        (("flags", "target", "fast", "--when", "plan = 1"), "invalid-condition", "at character 6"),
        (
            ("flags", "rollout", "fast", "--percent", "5", "--by", "a b"),
            "invalid-condition",
            "no context key",
        ),
        (("flags", "schedule", "fast", "on"), "usage", "--at is missing"),
        (("flags", "schedule", "fast", "on", "--at", "soon"), "invalid-time", '"soon" is no time'),
        (("flags", "schedule", "fast", "on", "--clear"), "usage", "--clear takes no state"),
        (("config", "set", "orders/tokn", "x"), "unknown-setting", 'no setting "orders/tokn"'),
        (("config", "set", "orders/token", "hunter2"), "secret-as-argument", "its value is no argument"),
        (("config", "set", "orders/max-items", "many"), "invalid-setting", "is no whole number"),
        (("config", "set", "orders/max-items"), "no-terminal", "nobody can be asked"),
        (("config", "diff", "dev"), "usage", "1 environments were named instead of two"),
        (("config", "diff", "dev", "dev"), "usage", '"dev" was named twice'),
        (("flags", "diff", "dev", "dev"), "usage", '"dev" was named twice'),
        (("flags", "promote", "dev", "dev"), "usage", '"dev" was named twice'),
    ],
)
def test_wrong_usage_is_said_before_aws_is_asked(
    run: Any, settings_workspace: Any, arguments: tuple[str, ...], code: str, told: str
) -> None:
    outcome = run(*arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error[{code}]: ")
    assert told in outcome.err
    assert "hunter2" not in outcome.err


@pytest.mark.parametrize("command", [("flags", "list"), ("config", "list"), ("history",)], ids=" ".join)
def test_without_a_local_aws_the_commands_say_how_to_start_it(
    run: Any, settings_workspace: Any, command: tuple[str, ...]
) -> None:
    outcome = run(*command)

    assert outcome.code == 1
    assert "platform local start" in outcome.err


def test_two_environments_given_as_options_are_the_two_to_compare() -> None:
    assert two_environments(["--env", "dev", "--json", "--env=prod"]) == ["--json", "dev", "prod"]
    assert two_environments(["--env", "dev"]) == ["--env", "dev"]


# --- what is shown -------------------------------------------------------------------------------


def flags(**values: bool) -> FlagsDocument:
    told = {name: {"enabled": value} for name, value in values.items()}
    return FlagsDocument.model_validate(
        {"version": "1", "flags": {name: {"name": name} for name in values}, "values": told}
    )


def test_a_change_is_shown_by_the_lines_that_go_and_come() -> None:
    before = apply([Rollout("fast", 20, "userId")], flags(fast=False, loud=False))
    after = apply([Target("fast", 'plan == "pro"'), SetFlag("loud", True)], before)

    assert differences_text(compare(before, after)).plain == (
        '  fast\n    + on when plan == "pro"\n      on for 20 % by userId\n      else off\n'
        "  loud\n    - off\n    + on\n"
    )


def test_what_goes_stands_before_what_comes() -> None:
    after = flags(fast=True)
    before = apply([Rollout("fast", 20, "userId")], after)

    assert differences_text(compare(before, after)).plain == (
        "  fast\n    - on for 20 % by userId\n    - else off\n    + on\n"
    )


def test_progress_without_a_terminal_is_plain_lines_and_says_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with FlagProgress(Terminal()) as progress:
        for event in (
            VersionWritten(3),
            Overtaken(1),
            WaitingForTurn(4, "flags", "DEPLOYING", 10),
            WaitingForTurn(4, "flags", "DEPLOYING", 20),
            DeploymentProgress(5, 3, "DEPLOYING", 10, 5, True),
            DeploymentProgress(5, 3, "DEPLOYING", 60, 5, True),
            DeploymentProgress(5, 3, "BAKING", 100, 5, True),
            DeploymentProgress(6, 3, "COMPLETE", 100, 5, False),
        ):
            progress(event)

    assert capsys.readouterr().err.splitlines() == [
        "version 3 is written",
        "somebody else changed the flags meanwhile; applying the change to theirs",
        "waiting for deployment 4 of flags, which is DEPLOYING",
        "deployment 5 of version 3 is under way",
        "deployment 5 of version 3 is at everybody; alarms are watched for 5 min",
        "deployment 6 of version 3 (somebody else's, which carries the change) is complete",
    ]


@pytest.mark.parametrize(("typed", "decision"), [("1\n", "wait"), ("leave\n", "leave"), ("3\n", "stop")])
def test_an_interruption_is_asked_about(
    capsys: pytest.CaptureFixture[str], typed: str, decision: str
) -> None:
    terminal = Terminal(interactive=True, stdin=io.StringIO(typed))
    session = Session(GlobalOptions(), terminal)
    seen = DeploymentProgress(5, 3, "BAKING", 100, 5, ours=False)

    assert decide(session, FlagProgress(terminal), seen) == decision
    assert "stop it, which rolls it back, with changes of others in it" in capsys.readouterr().err


def test_where_nobody_can_be_asked_a_deployment_goes_on_alone() -> None:
    terminal = Terminal(interactive=False)
    assert decide(Session(GlobalOptions(), terminal), FlagProgress(terminal), None) == "leave"


def test_what_was_written_and_not_deployed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    before = flags(fast=False)
    after = apply([SetFlag("fast", True)], before)
    render_change(Terminal(), FlagsChange("pending", before, after, version=7), "prod")

    assert capsys.readouterr().out == (
        "fast: version 7 is written, and not deployed; the next change deploys it too, and so does "
        "`platform flags sync`\n"
    )


@pytest.fixture
def half_deployed() -> Standing:
    """In version 7, which is not deployed, `fast` was switched on and `old` removed."""
    deployed = flags(fast=False, same=True, old=True)
    document = apply([SetFlag("fast", True), RemoveFlag("old", "gone")], deployed)
    waiting = {difference.name: difference for difference in compare(deployed, document)}
    return Standing(document, 7, deployed, 6, waiting)


def test_what_is_not_deployed_is_marked_in_the_list(
    half_deployed: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    render_list(Terminal(), half_deployed, {}, (), "prod")

    out, err = capsys.readouterr()
    remark = "  (not declared in the blueprint)"
    assert out.splitlines() == [
        f"fast  on  (written in version 7, not deployed: still off){remark}",
        f"old   removed  (written in version 7, not deployed: still on){remark}",
        f"same  on{remark}",
    ]
    assert "version 7 is written, and not deployed" in err

    terminal = Terminal()
    terminal.json = True
    render_list(terminal, half_deployed, {}, (), "prod")
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["pending"]) == (7, 7)
    assert [(f["name"], f["pending"], f["deployed_state"]) for f in told["flags"]] == [
        ("fast", True, "off"),
        ("old", True, "on"),
        ("same", False, "on"),
    ]


def test_what_is_not_deployed_is_marked_in_a_comparison(
    half_deployed: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    stands = {"dev": half_deployed, "prod": Standing(half_deployed.document, 3, half_deployed.document, 3)}
    render_differences(Terminal(), (), stands)

    assert capsys.readouterr().out.splitlines() == [
        "the flags of dev and prod are the same",
        "  fast in dev is written in version 7, not deployed: still off",
        "  old in dev is written in version 7, not deployed: still on",
    ]


def test_the_history_begins_with_what_waits_and_says_who_changed_which_flag_of_a_deployment(
    half_deployed: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    def entry(who: str, flag: str, why: str, version: int, deployment: str) -> HistoryEntry:
        made = {"version": str(version), "deployment": deployment}
        return HistoryEntry(WHEN, who, "", "flags", flag, "on", why, made)

    before, after = flags(same=False, old=False), half_deployed.deployed
    past = PastDeployment(4, 6, "COMPLETE", WHEN, WHEN, compare(before, after), brought=(6, 5))
    entries = [
        entry("cleo", "fast", "soon", 7, ""),
        entry("anna", "same", "release 12", 6, "4"),
        entry("bert", "old", "", 5, ""),
    ]
    render_past(Terminal(), half_deployed, [past], entries, None)

    assert capsys.readouterr().out.splitlines() == [
        "waiting  version 7  written, not deployed  cleo: soon",
        "    fast: off → on",
        "    old: on → removed",
        "2026-11-20 12:00:00 UTC  version 6  complete  anna, bert: release 12",
        "    fast: off",
        "    old: off → on  (bert)",
        "    same: off → on  (anna: release 12)",
    ]


def test_who_shares_a_deployment_is_told_what_else_it_brings(capsys: pytest.CaptureFixture[str]) -> None:
    before = flags(fast=False)
    after = apply([SetFlag("fast", True)], before)
    change = FlagsChange("done", before, after, version=7, deployment=4, ours=False)
    render_change(Terminal(), change, "prod", ("loud", "slow"))

    assert capsys.readouterr().out == (
        "fast changed in prod: version 7, deployment 4, together with changes of others: loud, slow\n"
    )


def test_secure_values_are_not_drawn(settings_workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(GlobalOptions(environment="dev"), Terminal())
    token = next(s for s in session.environment.settings if s.secure)
    change = SettingChange(token, "hunter2", None, "created")

    assert "hunter2" not in changes_text([change], "dev").plain
    render_written(Terminal(), [WrittenSetting(change, 4, (2, 3))], "dev")
    captured = capsys.readouterr()
    assert captured.out == "orders/token is changed in dev: version 4\n"
    assert "somebody else changed orders/token meanwhile (version 2, 3)" in captured.err
    assert "--to 3` takes theirs" in captured.err
