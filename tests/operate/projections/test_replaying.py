"""A replay hands over every event in order, goes on where it ended, and says what failed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.operate.projections.checkpoints import read_checkpoint
from platform_cli.operate.projections.places import find_projection, projections_of, trigger_of
from platform_cli.operate.projections.replaying import Replay, ReplayProgress, count_events, replay

BLUEPRINT = """
blueprint: 1
system: shop
owner: team
environments: { dev: { account: "123456789012", region: us-east-1 } }
event_stores: { orders: {} }
tables: { order-view: { partition_key: order_id } }
streams: { told: {} }
services:
  orders:
    functions:
      view:
        handler: orders.view.handler
        triggers: [{ projection: { of: event_stores.orders, into: tables.order-view } }]
      announce:
        handler: orders.announce.handler
        triggers: [{ projection: { of: event_stores.orders } }]
        access: { streams.told: put }
      listen:
        handler: orders.listen.handler
        triggers: [{ stream: told }]
"""


class FakeLambda:
    """Answers as it is told, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], tuple[Any, bool]] = lambda _: (
            {"batchItemFailures": []},
            False,
        )
        self.mappings: list[dict[str, str]] = []

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        assert FunctionName == "shop-dev-orders-view"
        event = json.loads(Payload)
        self.given.append(event)
        answer, failed = self.answer(event)
        told = {"Payload": io.BytesIO(json.dumps(answer).encode())}
        return told | ({"FunctionError": "Unhandled"} if failed else {})

    def list_event_source_mappings(self, **_: Any) -> dict[str, Any]:
        return {"EventSourceMappings": self.mappings}

    @property
    def versions(self) -> list[tuple[str, int]]:
        keys = [record["dynamodb"]["Keys"] for event in self.given for record in event["Records"]]
        return [(key["aggregate_id"]["S"], int(key["version"]["N"])) for key in keys]


class ClientsWithLambda(Clients):
    def __init__(self, target: Target, fake: FakeLambda) -> None:
        super().__init__(target)
        self._fake = fake

    def client(self, name: str) -> Any:
        return self._fake if name == "lambda" else super().client(name)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> ResolvedEnvironment:
    path = tmp_path_factory.mktemp("shop") / "blueprint.yaml"
    path.write_text(BLUEPRINT)
    return resolve(inspect_blueprint(path), "dev")


@pytest.fixture
def function() -> FakeLambda:
    return FakeLambda()


@pytest.fixture
def clients(function: FakeLambda) -> Iterator[Clients]:
    with mock_aws():
        found = ClientsWithLambda(Target("123456789012", "us-east-1"), function)
        found.client("dynamodb").create_table(
            TableName="shop-dev-orders-events",
            KeySchema=[
                {"AttributeName": "aggregate_id", "KeyType": "HASH"},
                {"AttributeName": "version", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "aggregate_id", "AttributeType": "S"},
                {"AttributeName": "version", "AttributeType": "N"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield found


@pytest.fixture
def events(clients: Clients) -> list[tuple[str, int]]:
    """Three orders with 0 to 4 events each after their snapshots."""
    all_of_them = [(f"order-{order}", version) for order in range(3) for version in range(5)]
    for aggregate, version in all_of_them:
        item = {"aggregate_id": {"S": aggregate}, "version": {"N": str(version)}, "event_id": {"S": "e"}}
        clients.client("dynamodb").put_item(TableName="shop-dev-orders-events", Item=item)
    return [(aggregate, version) for aggregate, version in all_of_them if version]


def run(system: ResolvedEnvironment, clients: Clients, **options: Any) -> Replay:
    return replay(find_projection(system, "orders.view"), system, clients, page=4, **options)


def test_every_event_is_handed_over_once_in_the_order_of_its_aggregate(
    system: ResolvedEnvironment, clients: Clients, function: FakeLambda, events: list[tuple[str, int]]
) -> None:
    reported: list[ReplayProgress] = []
    done = run(system, clients, report=reported.append)

    assert sorted(function.versions) == events
    for order in range(3):
        assert [v for aggregate, v in function.versions if aggregate == f"order-{order}"] == [1, 2, 3, 4]
    assert {event["replay"] for event in function.given} == {done.checkpoint.id}
    assert (done.events, done.resumed, done.checkpoint.done) == (12, False, True)
    assert [progress.events for progress in reported][-1] == 12
    assert read_checkpoint(system, "orders.view", clients) == done.checkpoint


def test_a_replay_that_was_killed_goes_on_and_loses_no_event(
    system: ResolvedEnvironment, clients: Clients, function: FakeLambda, events: list[tuple[str, int]]
) -> None:
    def killed(_: ReplayProgress) -> None:
        if len(function.given) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(system, clients, report=killed)
    first = list(function.versions)
    assert 0 < len(first) < 12

    done = run(system, clients)

    assert done.resumed
    assert sorted(function.versions) == events
    assert (done.events, done.checkpoint.events) == (12 - len(first), 12)


def test_one_that_is_killed_before_its_checkpoint_hands_the_page_over_again(
    system: ResolvedEnvironment, clients: Clients, function: FakeLambda, events: list[tuple[str, int]]
) -> None:
    def die_after_the_second_page(event: dict[str, Any]) -> tuple[Any, bool]:
        if len(function.given) == 2:
            raise KeyboardInterrupt
        return {}, False

    function.answer = die_after_the_second_page
    with pytest.raises(KeyboardInterrupt):
        run(system, clients)
    run(system, clients)

    assert set(function.versions) == set(events)
    assert len(function.versions) > len(events)


def test_a_restart_begins_with_the_first_event(
    system: ResolvedEnvironment, clients: Clients, function: FakeLambda, events: list[tuple[str, int]]
) -> None:
    function.answer = lambda event: ({}, len(function.given) == 2)
    with pytest.raises(PlatformError):
        run(system, clients)
    function.given.clear()
    function.answer = lambda _: ({}, False)

    done = run(system, clients, restart=True)

    assert not done.resumed
    assert sorted(function.versions) == events


@pytest.mark.parametrize(
    ("answer", "failed", "said"),
    [
        ({"errorType": "ValueError", "errorMessage": "no total"}, True, "ValueError: no total"),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, False, "1 records reported as failed"),
    ],
)
def test_a_function_that_fails_stops_the_replay_at_its_page(
    system: ResolvedEnvironment,
    clients: Clients,
    function: FakeLambda,
    events: list[tuple[str, int]],
    answer: Any,
    failed: bool,
    said: str,
) -> None:
    function.answer = lambda _: (answer, failed)
    with pytest.raises(PlatformError) as raised:
        run(system, clients)

    assert raised.value.code == "replay-failed"
    assert said in raised.value.message
    checkpoint = read_checkpoint(system, "orders.view", clients)
    assert checkpoint is not None
    assert (checkpoint.done, checkpoint.events, checkpoint.after) == (False, 0, None)


def test_a_store_that_is_not_deployed_is_said(system: ResolvedEnvironment, clients: Clients) -> None:
    clients.client("dynamodb").delete_table(TableName="shop-dev-orders-events")
    with pytest.raises(PlatformError) as raised:
        count_events(find_projection(system, "orders.view"), clients)
    assert raised.value.code == "not-deployed"


def test_projections_are_those_of_the_blueprint_with_what_drives_them(
    system: ResolvedEnvironment, clients: Clients, function: FakeLambda
) -> None:
    assert [(one.address, one.store, one.into) for one in projections_of(system)] == [
        ("orders.announce", "orders", None),
        ("orders.view", "orders", "order-view"),
    ]
    view = find_projection(system, "orders.view")
    assert trigger_of(view, clients).state == "missing"
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-dev-orders-events/stream/2026"
    function.mappings = [{"EventSourceArn": arn, "State": "Enabled", "LastProcessingResult": "OK"}]
    assert trigger_of(view, clients).state == "Enabled"


def test_an_unknown_projection_names_the_nearest(system: ResolvedEnvironment) -> None:
    with pytest.raises(PlatformError) as raised:
        find_projection(system, "orders.vew")
    assert (raised.value.code, raised.value.hint) == ("unknown-projection", 'did you mean "orders.view"?')


def test_the_checkpoint_says_when_and_by_whom(
    system: ResolvedEnvironment, clients: Clients, events: list[tuple[str, int]]
) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    done = run(system, clients, clock=lambda: at)

    assert (done.checkpoint.started, done.checkpoint.updated) == (at, at)
    assert "@" in done.checkpoint.who
    assert done.checkpoint.id.startswith("20260102T030405Z-")
