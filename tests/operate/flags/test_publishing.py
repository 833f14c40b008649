"""Changes of flags by several at once, on an AppConfig that enforces its locks."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.naming import Names
from platform_cli.errors import PlatformError
from platform_cli.operate.flags.events import DeploymentProgress, Overtaken, VersionWritten, WaitingForTurn
from platform_cli.operate.flags.intents import SetFlag
from platform_cli.operate.flags.publishing import FlagsChange
from platform_cli.operate.flags.targeting import Rollout

SHOP_DEV = Names("shop", "dev", "123456789012", "eu-west-1")
NAMES = [f"flag-{number}" for number in range(8)]


def enabled(fake: Any) -> set[str]:
    return {name for name, value in fake.effective["values"].items() if value.get("enabled")}


@pytest.fixture
def eight(make_document: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return make_document(**dict.fromkeys(NAMES, False))


def test_a_change_is_written_deployed_and_watched_through_its_bake(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    seen: list[Any] = []
    change = make_publisher(appconfig, "slow", report=seen.append).publish([SetFlag("flag-1", True)])
    assert (change.result, change.version, change.deployment, change.ours) == ("done", 2, 2, True)
    assert enabled(appconfig) == {"flag-1"}
    assert VersionWritten(2) in seen
    states = [event.state for event in seen if isinstance(event, DeploymentProgress)]
    assert list(dict.fromkeys(states)) == ["DEPLOYING", "BAKING", "COMPLETE"]


def test_what_is_so_already_makes_no_version(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    change = make_publisher(appconfig).publish([SetFlag("flag-1", False)])
    assert change.result == "unchanged"
    assert len(appconfig.versions) == len(appconfig.records) == 1


def test_who_is_overtaken_applies_the_change_to_the_others_document(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    seen: list[Any] = []

    def overtake(operation: str) -> None:
        if operation == "create":
            appconfig.before_call = lambda operation: None
            make_publisher(appconfig).publish([SetFlag("flag-7", True)])

    appconfig.before_call = overtake
    make_publisher(appconfig, report=seen.append).publish([SetFlag("flag-1", True)])
    assert enabled(appconfig) == {"flag-1", "flag-7"}
    assert Overtaken(1) in seen


@pytest.mark.parametrize("calls_before", [["create", "list"], ["create", "list", "list"]])
def test_a_change_that_comes_and_is_deployed_while_the_state_is_read_is_not_lost(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any], calls_before: list[str]
) -> None:
    appconfig.seed(eight)
    calls: list[str] = []

    def come_between(operation: str) -> None:
        """Somebody builds on what was just written, and deploys, before one of the two lists is read."""
        calls.append(operation)
        if calls[-len(calls_before) :] == calls_before:
            appconfig.before_call = lambda operation: None
            make_publisher(appconfig).publish([SetFlag("flag-7", True)])

    appconfig.before_call = come_between
    change = make_publisher(appconfig).publish([SetFlag("flag-1", True)])
    assert (change.result, change.ours) == ("done", False)
    assert enabled(appconfig) == {"flag-1", "flag-7"}


def test_eight_threads_that_set_eight_flags_lose_none(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    gate, came = threading.Barrier(len(NAMES), timeout=60), set[int]()

    def all_at_once(operation: str) -> None:
        """Nobody writes before all have read the same document."""
        if operation == "create" and threading.get_ident() not in came:
            came.add(threading.get_ident())
            gate.wait()

    def work(name: str) -> FlagsChange:
        change: FlagsChange = make_publisher(appconfig, "slow").publish([SetFlag(name, True)])
        return change

    appconfig.before_call = all_at_once
    with ThreadPoolExecutor(len(NAMES)) as pool:
        changes = list(pool.map(work, NAMES))
    assert enabled(appconfig) == set(NAMES)
    assert {change.result for change in changes} == {"done"}
    assert appconfig.conflicts >= len(NAMES) - 1


def test_changes_that_wait_for_a_deployment_go_with_one(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    make_publisher(appconfig, "slow", wait=False).publish([SetFlag("flag-0", True)])

    def others_come(seconds: float) -> None:
        """While the first waits for its turn, six more write, and wait in vain."""

        def go(seconds: float) -> None:
            raise KeyboardInterrupt

        if len(appconfig.versions) == 3:
            for name in NAMES[2:]:
                left = make_publisher(appconfig, "slow", sleep=go).publish([SetFlag(name, True)])
                assert left.result == "pending"
        appconfig.sleep(seconds * 60)

    change = make_publisher(appconfig, "slow", sleep=others_come).publish([SetFlag("flag-1", True)])
    assert (change.result, change.version, change.deployment) == ("done", 9, 3)
    assert enabled(appconfig) == set(NAMES)
    assert len(appconfig.records) == 3


def test_who_finds_the_change_deployed_by_somebody_else_needs_no_deployment(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    make_publisher(appconfig, "slow", wait=False).publish([SetFlag("flag-0", True)])

    def overtaken(seconds: float) -> None:
        appconfig.sleep(3600)
        if len(appconfig.records) == 2:
            make_publisher(appconfig).publish([SetFlag("flag-2", True)])

    change = make_publisher(appconfig, sleep=overtaken).publish([SetFlag("flag-1", True)])
    assert (change.result, change.ours, change.deployment) == ("done", False, 3)
    assert enabled(appconfig) == {"flag-0", "flag-1", "flag-2"}


def test_eight_processes_that_set_eight_flags_lose_none(
    served_appconfig: tuple[Any, str], writer_program: Path, eight: dict[str, Any]
) -> None:
    fake, url = served_appconfig
    fake.seed(eight)
    programs = [
        subprocess.Popen(
            [sys.executable, str(writer_program), url, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in NAMES
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    said = [program.communicate(timeout=120)[0] for program in programs]
    assert [text.split()[0] for text in said] == ["done"] * 8
    assert enabled(fake) == set(NAMES)


def test_a_rollback_by_an_alarm_is_reported_with_the_alarm(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)

    def report(event: Any) -> None:
        if isinstance(event, DeploymentProgress) and event.state == "BAKING":
            appconfig.fire("shop-dev-function-orders.create-errors")

    change = make_publisher(appconfig, "slow", report=report).publish([SetFlag("flag-1", True)])
    assert (change.result, change.alarms) == ("rolled-back", ("shop-dev-function-orders.create-errors",))
    assert enabled(appconfig) == set()


@pytest.mark.parametrize("state", ["DEPLOYING", "BAKING"])
def test_an_alarm_of_the_environment_that_begins_to_fire_stops_the_deployment(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any], state: str
) -> None:
    appconfig.seed(eight)
    appconfig.firing = ["shop-dev-function-orders.old-errors", "other-dev-errors"]

    def report(event: Any) -> None:
        if isinstance(event, DeploymentProgress) and event.state == state:
            appconfig.firing.append("shop-dev-function-orders.create-errors")

    publisher = make_publisher(appconfig, "slow", report=report, names=SHOP_DEV)
    change = publisher.publish([SetFlag("flag-1", True)])
    assert (change.result, change.alarms) == ("rolled-back", ("shop-dev-function-orders.create-errors",))
    assert appconfig.records[-1]["State"] == "ROLLED_BACK"
    assert enabled(appconfig) == set()


def test_an_alarm_that_fired_before_does_not_stop_a_deployment(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    appconfig.firing = ["shop-dev-function-orders.old-errors"]
    change = make_publisher(appconfig, "slow", names=SHOP_DEV).publish([SetFlag("flag-1", True)])
    assert change.result == "done"


@pytest.mark.parametrize("other", ["shop-dev-2-function-a.b-errors", "shop-dev-eu-api-public-5xx"])
def test_an_alarm_of_an_environment_whose_name_begins_alike_does_not_stop_a_deployment(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any], other: str
) -> None:
    appconfig.seed(eight)

    def report(event: Any) -> None:
        if isinstance(event, DeploymentProgress) and other not in appconfig.firing:
            appconfig.firing.append(other)

    change = make_publisher(appconfig, "slow", report=report, names=SHOP_DEV).publish(
        [SetFlag("flag-1", True)]
    )
    assert (other in appconfig.firing, change.result) == (True, "done")


@pytest.mark.parametrize("described", [True, False])
def test_the_next_change_does_not_bring_back_what_was_rolled_back(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any], described: bool
) -> None:
    appconfig.keeps_descriptions = described
    appconfig.seed(eight)
    make_publisher(appconfig, "slow", wait=False).publish([SetFlag("flag-1", True)])
    appconfig.fire("any")
    change = make_publisher(appconfig).publish([SetFlag("flag-2", True)])
    assert change.result == "done"
    assert enabled(appconfig) == {"flag-2"}
    make_publisher(appconfig).publish([SetFlag("flag-3", True)])
    assert enabled(appconfig) == {"flag-2", "flag-3"}


def test_a_change_made_on_a_version_that_is_rolled_back_meanwhile_is_made_again_without_it(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    make_publisher(appconfig, "slow", wait=False).publish([SetFlag("flag-1", True)])

    def report(event: Any) -> None:
        if isinstance(event, WaitingForTurn):
            appconfig.fire("any")

    change = make_publisher(appconfig, "fast", report=report).publish([SetFlag("flag-2", True)])
    assert (change.result, change.ours) == ("done", True)
    assert enabled(appconfig) == {"flag-2"}


def test_who_was_carried_along_is_told_of_the_rollback(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)

    def start_of_another(operation: str) -> None:
        if operation == "start":
            appconfig.before_call = lambda operation: None
            make_publisher(appconfig, "slow", wait=False).publish([SetFlag("flag-2", True)])
            appconfig.fire("any")

    appconfig.before_call = start_of_another
    change = make_publisher(appconfig, "slow").publish([SetFlag("flag-1", True)])
    assert (change.result, change.ours) == ("rolled-back", False)
    assert enabled(appconfig) == set()


def test_an_interruption_may_go_leave_or_stop(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    answers = ["wait", "stop"]
    presses = iter([False, True, False, True, False, False])
    asked: list[Any] = []

    def sleep(seconds: float) -> None:
        if next(presses, False):
            raise KeyboardInterrupt
        appconfig.sleep(seconds)

    def interrupted(progress: Any) -> str:
        asked.append(progress)
        return answers[len(asked) - 1]

    publisher = make_publisher(appconfig, "slow", sleep=sleep, interrupted=interrupted)
    change = publisher.publish([SetFlag("flag-1", True)])
    assert change.result == "stopped"
    assert [progress.state for progress in asked] == ["DEPLOYING", "DEPLOYING"]
    assert appconfig.records[-1]["State"] == "ROLLED_BACK"
    assert enabled(appconfig) == set()


def test_a_deployment_that_bakes_can_be_stopped_as_well(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)

    def sleep(seconds: float) -> None:
        if appconfig.records[-1]["State"] == "BAKING":
            raise KeyboardInterrupt
        appconfig.sleep(60)

    change = make_publisher(appconfig, "slow", sleep=sleep, interrupted=lambda progress: "stop").publish(
        [SetFlag("flag-1", True)]
    )
    assert change.result == "stopped"


def test_leaving_before_ones_turn_leaves_a_version_that_the_next_change_deploys(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    make_publisher(appconfig, "slow", wait=False).publish([SetFlag("flag-0", True)])

    def sleep(seconds: float) -> None:
        raise KeyboardInterrupt

    change = make_publisher(appconfig, sleep=sleep).publish([SetFlag("flag-1", True)])
    assert change.result == "pending"
    appconfig.sleep(3600)
    assert enabled(appconfig) == {"flag-0"}
    assert make_publisher(appconfig).publish([]).result == "done"
    assert enabled(appconfig) == {"flag-0", "flag-1"}


def test_an_interruption_in_the_midst_of_a_call_says_how_far_the_change_came(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)

    def interrupt(operation: str) -> None:
        if operation == "start":
            appconfig.before_call = lambda operation: None
            raise KeyboardInterrupt

    appconfig.before_call = interrupt
    assert make_publisher(appconfig).publish([SetFlag("flag-1", True)]).result == "pending"

    def interrupt_record(change: FlagsChange) -> None:
        recorded.append(change.result)
        if len(recorded) == 1:
            raise KeyboardInterrupt

    recorded: list[str] = []
    publisher = make_publisher(appconfig, "slow", on_deploying=interrupt_record)
    assert publisher.publish([SetFlag("flag-2", True)]).result == "left"
    assert recorded == ["started", "left"]
    appconfig.sleep(3600)
    assert enabled(appconfig) == {"flag-1", "flag-2"}


def test_a_change_that_holds_is_done_although_another_profile_is_being_deployed(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)

    def interrupt_record(change: FlagsChange) -> None:
        recorded.append((change.result, change.deployment))
        if len(recorded) == 1:
            appconfig.sleep(3600)
            appconfig.records.append(
                {
                    **appconfig.records[-1],
                    "DeploymentNumber": len(appconfig.records) + 1,
                    "ConfigurationName": "settings",
                    "State": "ROLLING_BACK",
                }
            )
            raise KeyboardInterrupt

    recorded: list[tuple[str, int | None]] = []
    publisher = make_publisher(appconfig, "slow", on_deploying=interrupt_record)
    assert publisher.publish([SetFlag("flag-1", True)]).result == "done"
    assert recorded == [("started", 2), ("done", 2)]


def test_a_document_that_aws_would_refuse_is_never_sent(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any]
) -> None:
    appconfig.seed(eight)
    intents = [Rollout("flag-1", 1 + n, "userId", variant=f"v{n}") for n in range(12)]
    with pytest.raises(PlatformError) as caught:
        make_publisher(appconfig).publish([*intents, Rollout("flag-1", 20, "userId", variant="x" * 65)])
    assert caught.value.code == "invalid-flags"
    assert "longer than 64" in caught.value.message
    assert len(appconfig.versions) == 1


@pytest.mark.parametrize("one_page", [False, True])
def test_many_versions_and_deployments_are_read_to_the_last(
    appconfig: Any, make_publisher: Any, eight: dict[str, Any], one_page: bool
) -> None:
    appconfig.one_page = one_page
    appconfig.seed(eight)
    for number in range(60):
        make_publisher(appconfig).publish([SetFlag("flag-1", number % 2 == 0)])
    change = make_publisher(appconfig).publish([SetFlag("flag-2", True)])
    assert (change.version, change.deployment) == (62, 62)


def test_a_profile_that_was_never_deployed_is_deployed_with_the_change(
    appconfig: Any, make_publisher: Any, make_document: Callable[..., dict[str, Any]]
) -> None:
    appconfig.create_hosted_configuration_version(
        Content=json.dumps(make_document(fast=False)).encode(), ContentType="application/json"
    )
    assert make_publisher(appconfig).publish([SetFlag("fast", True)]).result == "done"
    assert enabled(appconfig) == {"fast"}
