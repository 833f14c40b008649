"""The events that orders publish. Their ids follow from what happened, so a repetition has the same."""

from __future__ import annotations

from orders.logic.orders import Order, Status
from servicekit.events import Event


def order_created(order: Order, correlation_id: str | None = None) -> Event:
    """An order was placed."""
    return Event(
        type="OrderCreated",
        event_id=f"{order.order_id}:created",
        occurred_at=order.created_at,
        # A repetition finds the order as it is now; what happened then was that it became pending.
        data=_data(order, Status.PENDING),
        correlation_id=correlation_id,
    )


def order_status_changed(order: Order, correlation_id: str | None = None) -> Event:
    """An order has the status that it now has. None is ever reached twice."""
    return Event(
        type="OrderStatusChanged",
        event_id=f"{order.order_id}:{order.status}",
        occurred_at=order.updated_at,
        data=_data(order, order.status),
        correlation_id=correlation_id,
    )


def _data(order: Order, status: Status) -> dict[str, object]:
    return {
        "order_id": order.order_id,
        "user_id": order.user_id,
        "status": status.value,
        "total_cents": order.total_cents,
        "currency": order.currency,
    }
