"""What a notification says."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from servicekit.events import Event
from servicekit.models import Model


class OrderData(Model):
    """What the events of orders carry."""

    order_id: str = Field(min_length=1)
    user_id: str = Field(min_length=1)
    status: str
    total_cents: int
    currency: str


class Notification(Model):
    """Something to tell a user."""

    event_id: str
    user_id: str
    order_id: str
    title: str
    text: str
    occurred_at: datetime


class UnknownEvent(ValueError):
    """An event that nobody taught us; the queue's rule should not have let it in."""


def notification_for(event: Event) -> Notification:
    """The notification for an event of an order.

    Raises:
        UnknownEvent: Of another type.
        pydantic.ValidationError: It lacks what an order's event has.
    """
    order = OrderData.model_validate(event.data)
    match event.type:
        case "OrderCreated":
            amount = Decimal(order.total_cents).scaleb(-2)
            title, text = (
                "Thank you for your order",
                f"We received your order of {amount:.2f} {order.currency}.",
            )
        case "OrderStatusChanged":
            title, text = (
                f"Your order is {order.status}",
                f"Your order {order.order_id[:8]} is now {order.status}.",
            )
        case other:
            raise UnknownEvent(other)
    return Notification(
        event_id=event.event_id,
        user_id=order.user_id,
        order_id=order.order_id,
        title=title,
        text=text,
        occurred_at=event.occurred_at,
    )
