from __future__ import annotations

from typing import Any

import boto3
import pytest

from servicekit.event_store import ConcurrencyConflict, EventStore
from servicekit.events import Event
from servicekit.testing import StillClock, numbered_ids

ids = numbered_ids("event")


def happened(type: str, **data: object) -> Event:
    return Event(type=type, event_id=ids(), occurred_at=StillClock()(), data=data)


@pytest.fixture
def store(aws: None) -> EventStore:
    return EventStore(
        boto3.resource("dynamodb").create_table(
            TableName="events",
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
    )


def test_events_are_loaded_as_they_were_appended(store: EventStore) -> None:
    placed = happened("OrderPlaced", total=12.5, lines=[{"sku": "mug"}])

    assert store.append("order-1", [placed], expected_version=0) == 1
    assert store.append("order-1", [happened("Paid"), happened("Shipped")], expected_version=1) == 3

    events = store.load("order-1")
    assert [(event.version, event.type) for event in events] == [
        (1, "OrderPlaced"),
        (2, "Paid"),
        (3, "Shipped"),
    ]
    assert events[0].data == placed.data
    assert events[0].occurred_at == placed.occurred_at
    assert [event.version for event in store.load("order-1", after_version=2)] == [3]


def test_who_decided_on_an_old_version_is_refused(store: EventStore) -> None:
    store.append("order-1", [happened("OrderPlaced")], expected_version=0)
    store.append("order-1", [happened("Cancelled")], expected_version=1)

    with pytest.raises(ConcurrencyConflict):
        store.append("order-1", [happened("Shipped")], expected_version=1)
    assert [event.type for event in store.load("order-1")] == ["OrderPlaced", "Cancelled"]


def test_an_append_can_leave_no_gap(store: EventStore) -> None:
    store.append("order-1", [happened("OrderPlaced")], expected_version=0)

    with pytest.raises(ConcurrencyConflict):
        store.append("order-1", [happened("Shipped")], expected_version=5)


def test_appending_once_more_what_arrived_succeeds(store: EventStore) -> None:
    events = [happened("OrderPlaced"), happened("Paid")]
    store.append("order-1", events, expected_version=0)

    assert store.append("order-1", events, expected_version=0) == 2
    assert len(store.load("order-1")) == 2


def test_many_events_come_over_several_pages(store: EventStore) -> None:
    text = "x" * 20_000
    for version in range(0, 80, 20):
        store.append("order-1", [happened("Noted", text=text) for _ in range(20)], expected_version=version)

    assert [event.version for event in store.load("order-1")] == list(range(1, 81))


def test_a_snapshot_is_replaced_and_is_no_event(store: EventStore) -> None:
    assert store.snapshot("order-1") is None
    store.append("order-1", [happened("OrderPlaced")], expected_version=0)
    store.save_snapshot("order-1", 1, {"total": 1.5})
    store.save_snapshot("order-1", 1, {"total": 2.5})

    snapshot = store.snapshot("order-1")
    assert snapshot is not None
    assert (snapshot.version, snapshot.state) == (1, {"total": 2.5})
    assert [event.version for event in store.load("order-1")] == [1]


@pytest.mark.parametrize("count", [0, 100])
def test_an_append_takes_1_to_99_events(store: EventStore, count: int) -> None:
    events: list[Any] = [happened("Noted")] * count
    with pytest.raises(ValueError, match="1 to 99"):
        store.append("order-1", events, expected_version=0)
