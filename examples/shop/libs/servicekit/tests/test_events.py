"""An event's way over the bus."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from pydantic import ValidationError

from servicekit.event_types import EventInvalid, EventTypes
from servicekit.events import Event, EventBridgePublisher, PublishingFailed, read_event
from servicekit.testing import bus_message

EVENT = Event(
    type="OrderCreated",
    event_id="o1:created",
    occurred_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    data={"order_id": "o1", "total_cents": 990},
    correlation_id="request-1",
)


def test_what_is_published_can_be_read_back_from_a_queue(aws: None) -> None:
    bus, queues = boto3.client("events"), boto3.client("sqs")
    url = queues.create_queue(QueueName="q")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus.create_event_bus(Name="shop")
    bus.put_rule(Name="r", EventBusName="shop", EventPattern=json.dumps({"source": ["orders"]}))
    bus.put_targets(Rule="r", EventBusName="shop", Targets=[{"Id": "q", "Arn": arn}])

    EventBridgePublisher(bus, "shop", "orders").publish(EVENT)

    message = queues.receive_message(QueueUrl=url)["Messages"][0]
    assert read_event(message["Body"]) == EVENT


def test_an_event_that_the_bus_refuses_is_an_error() -> None:
    class Refusing:
        def put_events(self, **_: object) -> dict[str, object]:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    with pytest.raises(PublishingFailed, match="ThrottlingException"):
        EventBridgePublisher(Refusing(), "shop", "orders").publish(EVENT)


def test_the_message_made_for_tests_is_read_like_one_of_the_bus() -> None:
    assert read_event(bus_message(EVENT)) == EVENT


@pytest.mark.parametrize("body", ["", "{}", '{"detail-type": "X", "detail": {"data": {}}}', "[]"])
def test_a_message_without_an_event_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        read_event(body)


SCHEMA = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "required": ["order_id"],
            "properties": {"total_cents": {"type": "integer"}},
        }
    },
}


class Recording:
    """A bus that takes everything."""

    def __init__(self) -> None:
        self.entries: list[dict[str, str]] = []

    def put_events(self, Entries: list[dict[str, str]]) -> dict[str, object]:
        self.entries += Entries
        return {"FailedEntryCount": 0, "Entries": []}


def test_an_event_that_fits_its_schema_is_published() -> None:
    bus = Recording()
    EventBridgePublisher(bus, "shop", "orders", EventTypes({"OrderCreated": SCHEMA})).publish(EVENT)
    assert [entry["DetailType"] for entry in bus.entries] == ["OrderCreated"]


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({"OrderShipped": None}, "no events of type OrderCreated"),
        ({"OrderCreated": SCHEMA | {"required": ["order"]}}, "it lacks order"),
    ],
)
def test_an_event_that_the_bus_does_not_carry_is_not_published(declared: dict, reason: str) -> None:
    bus = Recording()
    with pytest.raises(EventInvalid, match=reason):
        EventBridgePublisher(bus, "shop", "orders", EventTypes(declared)).publish(EVENT)
    assert bus.entries == []


def test_the_types_of_a_bus_lie_beside_the_code(tmp_path: Path) -> None:
    (tmp_path / "event_types.json").write_text(json.dumps({"events": {"OrderCreated": SCHEMA}}))
    with pytest.raises(EventInvalid):
        EventTypes.of_bus("events", tmp_path).check("OrderCreated", {"data": {}})
    EventTypes.of_bus("other", tmp_path).check("OrderCreated", {"data": {}})
    EventTypes.of_bus("events", tmp_path / "elsewhere").check("OrderCreated", {"data": {}})
