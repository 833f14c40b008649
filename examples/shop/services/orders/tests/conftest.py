"""Fakes of the data layer, and AWS in memory for the tests of the data layer itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from orders.logic.orders import Order, Status
from orders.logic.placing import OrderDesk, Terms
from orders.logic.store import Page
from servicekit.testing import RecordingPublisher, StillClock, numbered_ids


@dataclass
class OrdersInMemory:
    """What `OrderTable` promises, in a dictionary."""

    orders: dict[str, Order] = field(default_factory=dict)

    def add(self, order: Order) -> Order | None:
        existing = self.orders.get(order.order_id)
        if existing is None:
            self.orders[order.order_id] = order
        return existing

    def find(self, order_id: str) -> Order | None:
        return self.orders.get(order_id)

    def page(self, user_id: str, limit: int, position: str | None) -> Page:
        own = [order for order in self.orders.values() if order.user_id == user_id]
        newest = sorted(own, key=lambda order: order.created_at, reverse=True)
        start = int(position or 0)
        end = start + limit
        return Page(newest[start:end], str(end) if end < len(newest) else None)

    def move(self, order_id: str, before: Status, after: Status, at: datetime) -> Order | None:
        order = self.orders[order_id]
        if order.status is not before:
            return None
        self.orders[order_id] = order.model_copy(update={"status": after, "updated_at": at})
        return self.orders[order_id]


@dataclass
class Shop:
    """Everything an order needs, to look at afterwards."""

    store: OrdersInMemory = field(default_factory=OrdersInMemory)
    publisher: RecordingPublisher = field(default_factory=RecordingPublisher)
    clock: StillClock = field(default_factory=StillClock)
    terms: Terms = field(
        default_factory=lambda: Terms({"mug": 1250, "tea": 499}, 490, None, max_items=10, currency="EUR")
    )

    def __post_init__(self) -> None:
        self.new_id = numbered_ids("order")

    @property
    def desk(self) -> OrderDesk:
        return OrderDesk(self.store, self.publisher, lambda _: self.terms, self.clock, self.new_id)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def table() -> Iterator[Any]:
    """The single table of the blueprint."""
    import boto3
    from moto import mock_aws

    keys = ("PK", "SK", "GSI1PK", "GSI1SK")
    with mock_aws():
        yield boto3.resource("dynamodb").create_table(
            TableName="shop-test-main",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "GSI1",
                    "KeySchema": [
                        {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                        {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
