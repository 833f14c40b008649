"""Progress: lines where there is no terminal, bars where there is one."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from platform_cli.cli.rendering.progress import QUIET_SECONDS, LiveProgress
from platform_cli.cli.terminal import Terminal
from platform_cli.deploy.events import (
    AssetProgress,
    Remark,
    Removed,
    ResourceProgress,
    SeedCreated,
    StackFinished,
    StackStarted,
    WaitingForStack,
)
from platform_cli.local.events import InstallingLocalAws, LocalAwsReady, PortTaken, StartingLocalAws
from platform_cli.package.events import DependenciesFinished, PackagingFinished, PackagingStarted
from platform_cli.stacks.events import SynthesisFinished


def resource(status: str, done: int, logical_id: str = "Main", reason: str = "") -> ResourceProgress:
    return ResourceProgress("shop-dev-data", logical_id, "AWS::SQS::Queue", status, reason, done, 3, None)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (PackagingStarted("orders"), ""),
        (PackagingFinished("orders", reused=False), "packed orders\n"),
        (PackagingFinished("orders", reused=True), ""),
        (
            DependenciesFinished(("a", "b"), "linux arm64", reused=False),
            "installed the dependencies of a, b for linux arm64\n",
        ),
        (SynthesisFinished(("x", "y")), "synthesized 2 stacks\n"),
        (
            InstallingLocalAws("1.5.33", "/cache"),
            "installing the local AWS (MiniStack 1.5.33), only this once\n",
        ),
        (PortTaken(4566, 4567, "nginx (pid 7)"), "port 4566 belongs to nginx (pid 7); using 4567\n"),
        (PortTaken(4566, 4567), "port 4566 belongs to another program; using 4567\n"),
        (LocalAwsReady("http://127.0.0.1:4566"), "the local AWS is ready at http://127.0.0.1:4566\n"),
        (LocalAwsReady("http://127.0.0.1:4566", True), "the local AWS runs at http://127.0.0.1:4566\n"),
        (StartingLocalAws(4566, 2.0), ""),
        (AssetProgress("x", True, 10, 1, 2), ""),
        (StackStarted("shop-dev-data", "create"), ""),
        (StackFinished("shop-dev-data", "create", "done"), "created shop-dev-data\n"),
        (StackFinished("shop-dev-data", "update", "failed"), "updating shop-dev-data failed\n"),
        (StackFinished("shop-dev-data", "update", "interrupted"), "updating shop-dev-data was interrupted\n"),
        (StackFinished("shop-dev-data", "follow", "unchanged"), ""),
        (
            WaitingForStack("shop-dev-data", "UPDATE_IN_PROGRESS"),
            "shop-dev-data is still UPDATE_IN_PROGRESS; waiting for it\n",
        ),
        (SeedCreated("setting", "/shop/dev/a/b"), "created the setting /shop/dev/a/b\n"),
        (SeedCreated("flags", "checkout"), "created the flags checkout\n"),
        (Removed("objects", "shop-dev-receipts", 12), "removed 12 objects of shop-dev-receipts\n"),
        (Remark("x", "worth knowing"), "worth knowing\n"),
    ],
    ids=repr,
)
def test_an_event_is_a_line_or_nothing_where_there_is_no_terminal(event, line, capsys):
    with LiveProgress(Terminal()) as progress:
        progress(event)

    assert capsys.readouterr() == ("", line)


def test_a_resource_that_fails_is_shown_at_once(capsys):
    with LiveProgress(Terminal()) as progress:
        progress(StackStarted("shop-dev-data", "create"))
        progress(resource("CREATE_IN_PROGRESS", 0))
        progress(resource("CREATE_FAILED", 1, reason="taken"))

    assert capsys.readouterr().err == "shop-dev-data: SQS::Queue Main CREATE_FAILED: taken\n"


def test_a_long_deployment_shows_signs_of_life_in_a_log(capsys):
    clock = Clock()
    with LiveProgress(Terminal(), clock) as progress:
        progress(StackStarted("shop-dev-data", "create"))
        progress(resource("CREATE_IN_PROGRESS", 0))
        assert capsys.readouterr().err == ""
        clock.now += QUIET_SECONDS + 1
        progress(resource("CREATE_IN_PROGRESS", 1, "Other"))

    assert (
        capsys.readouterr().err
        == "shop-dev-data: 1/3 resources, in hand: SQS::Queue Main, SQS::Queue Other\n"
    )


def test_a_terminal_shows_a_bar_with_the_resources_in_hand():
    terminal = Terminal()
    terminal.err = Console(file=io.StringIO(), force_terminal=True, width=120, _environ={"TERM": "xterm"})

    with LiveProgress(terminal) as progress:
        progress(StackStarted("shop-dev-data", "create"))
        progress(resource("CREATE_IN_PROGRESS", 1))
        drawn = terminal.err.file.getvalue()
        with progress.paused():
            progress(resource("CREATE_COMPLETE", 2))
        progress(StackFinished("shop-dev-data", "create", "done"))

    assert "creating shop-dev-data" in drawn
    assert "1/3" in drawn or "SQS::Queue Main" in drawn or "━" in drawn
    assert "created shop-dev-data" in terminal.err.file.getvalue()


def test_times_are_shown_in_utc():
    from platform_cli.cli.rendering.words import moment

    assert moment(datetime(2026, 11, 20, 8, 5, tzinfo=UTC)) == "2026-11-20 08:05:00 UTC"
    assert moment(None) == "-"
