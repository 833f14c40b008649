"""What an order is, and how its status may move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from servicekit.models import Model, RequestModel

STAFF = "staff"


class Status(StrEnum):
    """Where an order is on its way."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.PAID, Status.CANCELLED}),
    Status.PAID: frozenset({Status.SHIPPED, Status.CANCELLED}),
    Status.SHIPPED: frozenset({Status.DELIVERED}),
    Status.DELIVERED: frozenset(),
    Status.CANCELLED: frozenset(),
}

CUSTOMER_MAY_SET = frozenset({Status.CANCELLED})


class NewItem(RequestModel):
    """What the customer asks for."""

    sku: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    quantity: int = Field(ge=1, le=999, strict=True)


class NewOrder(RequestModel):
    """A request for an order."""

    items: tuple[NewItem, ...] = Field(min_length=1, max_length=100)


class StatusChange(RequestModel):
    """A request to move an order along."""

    status: Status


class Item(Model):
    """A line of an order, at the price of the day."""

    sku: str
    quantity: int
    unit_price_cents: int


class Order(Model):
    """An order; money in whole cents of `currency`."""

    order_id: str
    user_id: str
    status: Status
    items: tuple[Item, ...]
    shipping_cents: int
    total_cents: int
    currency: str
    created_at: datetime
    updated_at: datetime
    request_fingerprint: str
    """Hash of the request that made it, to tell a repetition from a reused idempotency key."""


def presented(order: Order) -> dict[str, object]:
    """What the API shows of an order."""
    return order.model_dump(mode="json", exclude={"user_id", "request_fingerprint"})
