"""Who uses a new value, by what functions logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.secrets.consumers import Consumer, watch_consumers
from platform_cli.operate.secrets.events import ConsumersAwaited

VERSION = "0f9619ff-8b86-d011-b42d-00cf4fc964ff"
NOON = datetime.fromisoformat("2026-11-20T12:00:00+00:00")


@dataclass
class FakeLogs:
    """Log groups, and a clock that sleeping moves; with an empty first page, as CloudWatch has them."""

    groups: dict[str, list[tuple[datetime, str]]]
    time: datetime = NOON
    on_sleep: Callable[[], None] = lambda: None
    target: Target = field(default_factory=lambda: Target("111111111111", "eu-west-1"))

    def client(self, _service: str) -> FakeLogs:
        return self

    def clock(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.on_sleep()

    def filter_log_events(self, **asked: Any) -> dict[str, Any]:
        if asked["logGroupName"] not in self.groups:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "Filter")
        if "nextToken" not in asked:
            return {"events": [], "nextToken": "more"}
        pattern = asked.get("filterPattern", "").strip('"')
        found = [
            {"timestamp": int(when.timestamp() * 1000), "message": text}
            for when, text in self.groups[asked["logGroupName"]]
            if when <= self.time and when.timestamp() * 1000 >= asked["startTime"] and pattern in text
        ]
        return {"events": found}


@pytest.fixture
def watch(environment: ResolvedEnvironment) -> Any:
    def run(logs: FakeLogs, **more: Any) -> tuple[Consumer, ...]:
        given: Any = {"clock": logs.clock, "sleep": logs.sleep, **more}
        return watch_consumers(environment, "payment", ("orders.create",), VERSION, logs, **given)  # type: ignore[arg-type]

    return run


def group_of(environment: ResolvedEnvironment) -> str:
    return f"/aws/lambda/{environment.system}-{environment.environment}-orders-create"


def seconds(count: float) -> datetime:
    return NOON + timedelta(seconds=count)


def test_a_function_that_logged_the_version_uses_it(environment: ResolvedEnvironment, watch: Any) -> None:
    logs = FakeLogs({group_of(environment): [(seconds(-2), f'{{"secret_version": "{VERSION}"}}')]})
    assert watch(logs) == (Consumer("orders.create", "taken", seconds(-2)),)
    assert logs.time == NOON


@pytest.mark.parametrize("lines", [None, [], [(-301, "START")]], ids=["no log", "no line", "long ago"])
def test_nobody_waits_for_a_function_that_cannot_have_kept_the_old_value(
    environment: ResolvedEnvironment, watch: Any, lines: Any
) -> None:
    groups = {group_of(environment): [(seconds(at), text) for at, text in lines]} if lines is not None else {}
    logs = FakeLogs(groups)
    assert watch(logs) == (Consumer("orders.create", "idle"),)
    assert logs.time == NOON


def test_a_function_that_was_called_lately_is_waited_for_until_it_takes_the_version(
    environment: ResolvedEnvironment, watch: Any
) -> None:
    lines = [(seconds(-100), "START"), (seconds(42), VERSION)]
    logs, told = FakeLogs({group_of(environment): lines}), []
    assert watch(logs, report=told.append) == (Consumer("orders.create", "taken", seconds(42)),)
    assert seconds(42) <= logs.time < seconds(50)
    assert set(told) == {ConsumersAwaited("payment", ("orders.create",))}


def test_after_five_minutes_nobody_is_waited_for_and_what_was_called_since_is_said(
    environment: ResolvedEnvironment, watch: Any
) -> None:
    idle = FakeLogs({group_of(environment): [(seconds(-100), "START")]})
    assert watch(idle) == (Consumer("orders.create", "idle"),)
    called = FakeLogs({group_of(environment): [(seconds(20), "START"), (seconds(-9), "START")]})
    assert watch(called) == (Consumer("orders.create", "unseen"),)
    assert idle.time == called.time == seconds(330)


def test_what_was_said_of_a_version_before_it_became_current_again_counts_for_nothing(
    environment: ResolvedEnvironment, watch: Any
) -> None:
    lines = [(seconds(-200), VERSION), (seconds(-100), "START")]
    before = FakeLogs({group_of(environment): lines})
    assert watch(before, changed_at=seconds(-1), wait=False) == (Consumer("orders.create", "unseen"),)
    after = FakeLogs({group_of(environment): [*lines, (seconds(0), VERSION)]})
    assert watch(after, changed_at=seconds(-1)) == (Consumer("orders.create", "taken", seconds(0)),)


def test_who_does_not_want_to_wait_does_not(environment: ResolvedEnvironment, watch: Any) -> None:
    logs = FakeLogs({group_of(environment): [(seconds(-100), "START")]})
    assert watch(logs, wait=False) == (Consumer("orders.create", "unseen"),)
    assert logs.time == NOON


def test_an_interruption_ends_the_waiting_with_what_was_seen(
    environment: ResolvedEnvironment, watch: Any
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    logs = FakeLogs({group_of(environment): [(seconds(-100), "START")]}, on_sleep=interrupt)
    assert watch(logs) == (Consumer("orders.create", "unseen"),)
