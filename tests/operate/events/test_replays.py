"""What a replay would do, what it does, and how it is watched, listed and ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.operate.events.archives import list_archives
from platform_cli.operate.events.replay_plans import ReplayPlan, plan_replay
from platform_cli.operate.events.replays import (
    Replay,
    cancel_replay,
    list_replays,
    start_replay,
    watch_replay,
)

Plan = Callable[..., ReplayPlan]


@pytest.fixture
def plan(environment: ResolvedEnvironment, clients: Clients, clock: Callable[[], datetime]) -> Plan:
    def make(hours: float = 2, until: float | None = None, **more: Any) -> ReplayPlan:
        end = None if until is None else clock() - timedelta(hours=until)
        since = clock() - timedelta(hours=hours)
        return plan_replay(environment, clients, "events", since, end, clock=clock, **more)

    return make


def test_a_plan_starts_nothing_and_names_everybody_by_the_blueprint(plan: Plan, events: Any) -> None:
    made = plan()
    assert [receiver.targets for receiver in made.receivers] == [("queues.jobs",), ("orders.react",)]
    assert not made.chosen
    assert events.replays == {}


def test_a_queue_that_is_called_function_is_taken_for_none(plan: Plan, events: Any) -> None:
    arn = "arn:aws:sqs:eu-west-1:111111111111:function"
    events.list_targets_by_rule = lambda **_: {"Targets": [{"Id": "1", "Arn": arn}]}
    assert {target for receiver in plan().receivers for target in receiver.targets} == {arn}


@pytest.mark.parametrize("wanted", ["jobs", "queues.jobs", "to-queue"])
def test_one_receiver_can_be_chosen(wanted: str, plan: Plan, clients: Clients, events: Any) -> None:
    start_replay(plan(rules=[wanted], name="again"), clients)
    destination = events.replays["again"]["Destination"]
    assert destination["Arn"].endswith(":event-bus/shop-dev-events")
    assert [arn.rpartition("/")[2] for arn in destination["FilterArns"]] == ["to-queue"]


def test_a_replay_for_all_names_no_rules(plan: Plan, clients: Clients, events: Any) -> None:
    made = plan(name="again")
    start_replay(made, clients)
    sent = events.replays["again"]
    assert "FilterArns" not in sent["Destination"]
    assert sent["EventSourceArn"] == "arn:aws:events:eu-west-1:111111111111:archive/Archive-1"
    assert (sent["EventStartTime"], sent["EventEndTime"]) == (made.since, made.until)


def test_a_receiver_that_gets_nothing_is_refused_with_the_nearest(plan: Plan) -> None:
    with pytest.raises(PlatformError) as caught:
        plan(rules=["orders.reac"])
    assert (caught.value.code, caught.value.hint) == ("unknown-receiver", 'did you mean "orders.react"?')


def test_what_the_archive_cannot_have_is_said(plan: Plan) -> None:
    assert plan(hours=3, until=1).remarks == ()
    assert ["ten minutes" in remark for remark in plan().remarks] == [True]
    old = plan(hours=24 * 90, until=1).remarks
    assert len(old) == 2
    assert "none from before" in old[0]
    assert "30 days" in old[1]


@pytest.mark.parametrize(
    ("arguments", "code"), [({"hours": 1, "until": 2}, "invalid-replay"), ({"name": "a b"}, "invalid-replay")]
)
def test_a_replay_that_cannot_be_is_refused(arguments: dict[str, Any], code: str, plan: Plan) -> None:
    with pytest.raises(PlatformError) as caught:
        plan(**arguments)
    assert caught.value.code == code


def test_a_bus_without_archive_has_nothing_to_replay(plan: Plan, events: Any) -> None:
    events.archives.clear()
    with pytest.raises(PlatformError, match="has no archive") as caught:
        plan()
    assert caught.value.code == "no-archive"


def test_a_bus_that_is_not_deployed_is_said(environment: ResolvedEnvironment, clients: Clients) -> None:
    with pytest.raises(PlatformError) as caught:
        list_archives(environment, clients)
    assert caught.value.code == "bus-not-deployed"


def test_a_replay_is_watched_to_its_end(plan: Plan, clients: Clients) -> None:
    seen: list[Replay] = []
    waits: list[float] = []
    started = start_replay(plan(), clients)
    ended = watch_replay(started, clients, seen.append, sleep=waits.append)
    assert [round(replay.share, 2) for replay in seen] == [0.25, 0.5, 1.0]
    assert ended.state == "COMPLETED"
    assert len(waits) == 2


def test_a_name_is_taken_once(plan: Plan, clients: Clients) -> None:
    start_replay(plan(name="again"), clients)
    with pytest.raises(PlatformError) as caught:
        start_replay(plan(name="again"), clients)
    assert caught.value.code == "replay-exists"


def test_a_running_replay_is_listed_and_ended_and_an_ended_one_is_not_ended_again(
    plan: Plan, clients: Clients, environment: ResolvedEnvironment, events: Any
) -> None:
    del environment.buses["new"]
    start_replay(plan(name="again"), clients)
    assert [(replay.name, replay.bus) for replay in list_replays(environment, clients)] == [
        ("again", "events")
    ]
    assert cancel_replay(environment, clients, "again").state == "CANCELLING"
    events.replays["again"]["State"] = "CANCELLED"
    with pytest.raises(PlatformError) as caught:
        cancel_replay(environment, clients, "again")
    assert caught.value.code == "replay-ended"
    with pytest.raises(PlatformError) as caught:
        cancel_replay(environment, clients, "agian")
    assert (caught.value.code, caught.value.hint) == ("unknown-replay", 'did you mean "again"?')
