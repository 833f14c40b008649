"""The functions as they are deployed, with the tables in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from servicekit.api import api_handler
from servicekit.events import Event
from servicekit.queues import queue_handler
from servicekit.testing import Context, RecordingPublisher, StillClock, api_event, bus_message, queue_event

from books.data.ledger import ClosingTable, LedgerTable
from books.handlers import keep, record
from books.handlers.list import routes
from books.logic.books import Closing, Totals

CLOCK = StillClock()


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    with mock_aws():
        yield


@pytest.fixture
def ledger() -> LedgerTable:
    return LedgerTable(table("id"), CLOCK)


def table(*keys: str) -> Any:  # noqa: ANN401
    schema: Any = [
        {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
    ]
    return boto3.resource("dynamodb").create_table(
        TableName="-".join(keys),
        KeySchema=schema,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
    )


def event(type_: str, number: int, **data: Any) -> Event:  # noqa: ANN401
    return Event(type=type_, event_id=f"e-{number}", occurred_at=CLOCK(), data=data)


def test_each_order_is_booked_once_and_a_broken_message_goes_back_alone(ledger: LedgerTable) -> None:
    handler = queue_handler(record.recording(lambda: ledger))
    placed = bus_message(event("OrderPlaced", 1, order_id="o-1", total_cents=2500))
    cancelled = bus_message(event("OrderCancelled", 2, order_id="o-1", total_cents=2500))
    another = bus_message(event("OrderPlaced", 3, order_id="o-2", total_cents=400))

    answer = handler(queue_event(placed, "broken", cancelled, placed, another), Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert ledger.totals() == Totals(orders=2, cancelled=1, revenue_cents=400)


def test_a_closing_says_what_came_since_the_last_one(ledger: LedgerTable) -> None:
    bus, clock = RecordingPublisher(), StillClock()
    closing = Closing(ledger, bus, clock)
    ledger.book("e-1", Totals(orders=1, revenue_cents=2500))
    first = closing.close()
    clock.move(hours=25)  # the night in which clocks go back
    ledger.book("e-2", Totals(orders=1, revenue_cents=400))
    second = closing.close()

    assert (first["orders"], first["revenue_cents"]) == (1, 2500)
    assert (second["orders"], second["revenue_cents"], second["since"]) == (1, 400, first["until"])
    assert [told.type for told in bus.events] == ["BooksClosed", "BooksClosed"]
    assert bus.events[0].event_id != bus.events[1].event_id


def test_what_could_not_be_said_is_said_at_the_next_closing(ledger: LedgerTable) -> None:
    class Broken:
        def publish(self, event: Event) -> None:
            raise RuntimeError

    ledger.book("e-1", Totals(orders=1, revenue_cents=2500))
    with pytest.raises(RuntimeError):
        Closing(ledger, Broken(), CLOCK).close()

    assert Closing(ledger, RecordingPublisher(), CLOCK).close()["orders"] == 1


def test_closings_are_shown_the_last_one_first(ledger: LedgerTable) -> None:
    closings, bus, clock = ClosingTable(table("book", "since")), RecordingPublisher(), StillClock()
    keeper = keep.keeping(lambda: closings)
    for number in (1, 2):
        ledger.book(f"e-{number}", Totals(orders=1, revenue_cents=number))
        Closing(ledger, bus, clock).close()
        for _ in range(2):  # a bus may bring an event twice
            keeper(json.loads(bus_message(bus.events[-1])), Context())
        clock.move(days=1)

    shown = api_handler(routes(lambda: closings))(api_event("GET /books"), Context())

    assert [closing["revenue_cents"] for closing in json.loads(shown["body"])["closings"]] == [2, 1]
