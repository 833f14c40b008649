"""Applications of Flink are started, stopped and waited for; the fake answers as AWS documents it."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from platform_cli.assembly.model import Assembly
from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.applications import (
    LISTING,
    ApplicationStep,
    Wanted,
    applications_of,
    observe_applications,
    plan_applications,
)
from platform_cli.deploy.events import ApplicationProgress
from platform_cli.deploy.following import Conduct
from platform_cli.deploy.starting import execute_applications, stop
from platform_cli.errors import PlatformError


class Flink:
    """An application; what goes on moves on with each look at it."""

    def __init__(self, status: str | None, *, snapshots: int = 0, fails: bool = False) -> None:
        self.status, self._snapshots, self._fails = status, snapshots, fails
        self.calls: list[tuple[str, Any]] = []
        self._next: list[str] = []

    def describe_application(self, ApplicationName: str) -> dict[str, Any]:
        if self.status is None:
            answer = {"Error": {"Code": "ResourceNotFoundException", "Message": ApplicationName}}
            raise ClientError(cast("Any", answer), "DescribeApplication")
        shown = self.status
        if self._next:
            self.status = self._next.pop(0)
        return {"ApplicationDetail": {"ApplicationStatus": shown}}

    def list_application_snapshots(self, **_: Any) -> dict[str, Any]:
        return {"SnapshotSummaries": [{}] * self._snapshots}

    def start_application(self, **arguments: Any) -> None:
        self.calls.append(("start", arguments))
        self.status, self._next = "STARTING", ["STARTING", "READY" if self._fails else "RUNNING"]

    def stop_application(self, **arguments: Any) -> None:
        self.calls.append(("stop", arguments))
        self.status, self._next = "STOPPING", ["READY"]


FIGURES = Wanted("figures", "shop-dev-figures", enabled=True, snapshots=True)


def clients(flink: Flink) -> Clients:
    target = Target("111111111111", "eu-west-1")
    return cast("Clients", SimpleNamespace(client=lambda _: flink, target=target))


@pytest.fixture
def conduct() -> tuple[Conduct, list[Any]]:
    events: list[Any] = []
    return Conduct(events.append, lambda _: None), events


def start(flink: Flink, conduct: Conduct, wanted: Wanted = FIGURES) -> None:
    execute_applications([ApplicationStep(wanted, "start")], clients(flink), conduct)


def restored(flink: Flink) -> str:
    ((_, arguments),) = flink.calls
    return str(arguments["RunConfiguration"]["ApplicationRestoreConfiguration"]["ApplicationRestoreType"])


def test_what_stands_still_or_is_not_there_yet_is_started_and_what_runs_is_left_alone() -> None:
    for status, action in (("READY", "start"), (None, "start"), ("RUNNING", None), ("UPDATING", None)):
        steps = plan_applications([FIGURES], {"figures": status})
        assert [step.action for step in steps] == ([action] if action else [])


def test_what_is_not_enabled_is_stopped_if_it_runs() -> None:
    idle = Wanted("figures", "shop-dev-figures", enabled=False, snapshots=True)
    assert [step.action for step in plan_applications([idle], {"figures": "RUNNING"})] == ["stop"]
    assert plan_applications([idle], {"figures": "READY"}) == ()
    assert plan_applications([idle], {"figures": None}) == ()


def test_the_first_start_begins_without_state_and_is_waited_for(conduct: tuple[Conduct, list[Any]]) -> None:
    flink = Flink("READY")
    start(flink, conduct[0])
    assert restored(flink) == "SKIP_RESTORE_FROM_SNAPSHOT"
    assert conduct[1] == [
        ApplicationProgress("figures", status) for status in ("READY", "STARTING", "RUNNING")
    ]


def test_a_later_start_goes_on_from_the_latest_snapshot(conduct: tuple[Conduct, list[Any]]) -> None:
    flink = Flink("READY", snapshots=1)
    start(flink, conduct[0])
    assert restored(flink) == "RESTORE_FROM_LATEST_SNAPSHOT"


def test_without_snapshots_no_state_is_asked_for(conduct: tuple[Conduct, list[Any]]) -> None:
    flink = Flink("READY", snapshots=1)
    start(flink, conduct[0], Wanted("figures", "shop-dev-figures", enabled=True, snapshots=False))
    assert restored(flink) == "SKIP_RESTORE_FROM_SNAPSHOT"


def test_an_application_that_falls_back_fails_the_deployment_and_names_its_log(
    conduct: tuple[Conduct, list[Any]],
) -> None:
    with pytest.raises(PlatformError) as error:
        start(Flink("READY", fails=True), conduct[0])
    assert error.value.code == "application-not-started"
    assert "/aws/kinesis-analytics/shop-dev-figures" in str(error.value.hint)


def test_a_stop_keeps_its_snapshot_and_is_waited_for(conduct: tuple[Conduct, list[Any]]) -> None:
    flink = Flink("RUNNING")
    stop("shop-dev-figures", "figures", clients(flink), conduct[0])
    assert flink.calls == [("stop", {"ApplicationName": "shop-dev-figures"})]
    assert flink.status == "READY"


def test_what_stands_still_is_not_stopped_again(conduct: tuple[Conduct, list[Any]]) -> None:
    flink = Flink("READY")
    stop("shop-dev-figures", "figures", clients(flink), conduct[0])
    assert flink.calls == []


def test_an_assembly_says_its_applications_and_aws_their_states(
    make_assembly: Callable[..., Assembly], make_environment: Callable[..., ResolvedEnvironment]
) -> None:
    assembly = make_assembly()
    there = make_environment(target="aws")
    assert applications_of(assembly, there) == ()
    listing = {"figures": {"application": "shop-dev-figures", "enabled": True, "snapshots": True}}
    (assembly.path / LISTING).write_text(json.dumps(listing))
    assert applications_of(assembly, there) == (FIGURES,)
    assert applications_of(assembly, make_environment(target="local")) == ()
    assert observe_applications([FIGURES], clients(Flink(None))) == {"figures": None}
    assert observe_applications([FIGURES], clients(Flink("RUNNING"))) == {"figures": "RUNNING"}
