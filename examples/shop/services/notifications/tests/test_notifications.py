"""From an event in the queue to a notification in the list."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from notifications.data.notification_table import NotificationTable
from notifications.handlers import list_notifications
from notifications.handlers.deliver import delivery
from notifications.logic.mailbox import Mailbox
from servicekit.api import api_handler
from servicekit.events import Event
from servicekit.queues import queue_handler
from servicekit.testing import Context, StillClock, api_event, bus_message, queue_event


class System:
    """The two functions on one table."""

    def __init__(self, table: Any) -> None:
        self.clock = StillClock()
        store = NotificationTable(table)
        self._deliver = queue_handler(delivery(lambda: Mailbox(store, lambda: 30, self.clock)))
        self._list = api_handler(list_notifications.routes(lambda: store, self.clock))

    def event(self, event_id: str = "o1:created", *, kind: str = "OrderCreated", **data: Any) -> Event:
        order = {
            "order_id": "o1",
            "user_id": "u1",
            "status": "pending",
            "total_cents": 2990,
            "currency": "EUR",
        }
        return Event(type=kind, event_id=event_id, occurred_at=self.clock(), data=order | data)

    def deliver(self, *bodies: str) -> list[str]:
        """The messages that go back; where none is done, the call ends in an error and all of them do."""
        failures = self._deliver(queue_event(*bodies), Context())["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failures]

    def ask(self, user_id: str = "u1", **query: str) -> tuple[int, Any]:
        answered = self._list(api_event("GET /notifications", user_id=user_id, query=query), Context())
        return answered["statusCode"], json.loads(answered["body"])

    def listed(self, user_id: str = "u1", **query: str) -> list[dict[str, Any]]:
        return self.ask(user_id, **query)[1]["notifications"]


@pytest.fixture
def system(table) -> System:
    return System(table)


def test_an_order_is_acknowledged_to_its_user_alone(system) -> None:
    assert system.deliver(bus_message(system.event())) == []
    (notification,) = system.listed()
    assert notification["text"] == "We received your order of 29.90 EUR."
    assert notification["order_id"] == "o1"
    assert "user_id" not in notification
    assert system.listed("u2") == []


def test_a_change_of_status_is_told_after_what_was_before(system) -> None:
    system.deliver(bus_message(system.event()))
    system.clock.move(minutes=1)
    system.deliver(bus_message(system.event("o1:paid", kind="OrderStatusChanged", status="paid")))
    assert [n["title"] for n in system.listed()] == ["Your order is paid", "Thank you for your order"]


def test_an_event_that_comes_again_is_told_once(system) -> None:
    message = bus_message(system.event())
    assert system.deliver(message, message) == []
    system.clock.move(hours=1)
    assert system.deliver(message) == []
    assert len(system.listed()) == 1


@pytest.mark.parametrize("poison", ["not json", "{}", '{"detail-type": "OrderCreated", "detail": {}}'])
def test_poison_goes_back_alone(system, poison: str) -> None:
    assert system.deliver(bus_message(system.event()), poison) == ["message-1"]
    assert len(system.listed()) == 1


def test_an_event_that_nobody_taught_us_goes_back(system) -> None:
    with pytest.raises(BatchProcessingError):
        system.deliver(bus_message(system.event(kind="OrderEaten")))


def test_an_event_without_its_order_goes_back_and_the_log_hides_what_it_holds(system, capfd) -> None:
    with pytest.raises(BatchProcessingError) as raised:
        system.deliver(bus_message(system.event(total_cents="ada@example.com")))
    assert "ada@example.com" not in "".join([*capfd.readouterr(), str(raised.value)])


def test_a_table_that_does_not_answer_sends_the_message_back(system, table) -> None:
    table.delete()
    with pytest.raises(BatchProcessingError):
        system.deliver(bus_message(system.event()))


def test_notifications_expire_after_the_days_of_the_setting(system, table) -> None:
    system.deliver(bus_message(system.event()))
    (item,) = table.scan()["Items"]
    assert int(item["expires_at"]) == int((system.clock() + timedelta(days=30)).timestamp())
    system.clock.move(days=31)
    assert system.listed() == []


def test_the_limit_holds_and_is_checked(system) -> None:
    for number in range(3):
        system.deliver(bus_message(system.event(f"e{number}")))
    assert len(system.listed(limit="2")) == 2
    assert system.ask(limit="0")[0] == 400


def test_small_and_whole_amounts_are_written_in_full(system) -> None:
    system.deliver(bus_message(system.event("a", total_cents=5)))
    assert "0.05 EUR" in system.listed()[0]["text"]
    system.deliver(bus_message(system.event("b", total_cents=100000)))
    assert "1000.00 EUR" in system.listed()[0]["text"]
