"""What an order is, what may happen to it, and what follows from what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field
from servicekit.clock import timestamp
from servicekit.event_store import StoredEvent
from servicekit.events import Event
from servicekit.models import RequestModel
from servicekit.problems import Conflict, NotFound
from servicekit.projections import Row

PLACED, CANCELLED = "OrderPlaced", "OrderCancelled"


class Line(RequestModel):
    """So many of one thing."""

    sku: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=1000)
    unit_cents: int = Field(ge=0, le=100_000_000)


class NewOrder(RequestModel):
    """What a customer asks for."""

    customer_id: str = Field(min_length=1, max_length=64)
    lines: list[Line] = Field(min_length=1, max_length=50)

    @property
    def total_cents(self) -> int:
        """What it costs."""
        return sum(line.quantity * line.unit_cents for line in self.lines)

    def happened(self) -> dict[str, Any]:
        """The data of the event that it was placed."""
        return {**self.model_dump(mode="json"), "total_cents": self.total_cents}


@dataclass(frozen=True)
class Order:
    """What has become of an order by a version."""

    version: int = 0
    status: str = "none"
    total_cents: int = 0


def order_of(events: Iterable[StoredEvent]) -> Order:
    """An order, by all that happened to it."""
    order = Order()
    for event in events:
        status = {PLACED: "placed", CANCELLED: "cancelled"}.get(event.type, order.status)
        total_cents = event.data["total_cents"] if event.type == PLACED else order.total_cents
        order = replace(order, version=event.version, status=status, total_cents=total_cents)
    return order


def check_cancellable(order: Order) -> None:
    """Refuse to cancel what cannot be cancelled.

    Raises:
        NotFound: There is no such order.
        Conflict: It is cancelled already.
    """
    if order.version == 0:
        raise NotFound("There is no such order")
    if order.status == "cancelled":
        raise Conflict("The order is cancelled already", code="already-cancelled")


def told(record: Mapping[str, Any]) -> Event:
    """What other services hear of something that happened to an order, from its record in the stream."""
    order = {name: record[name] for name in ("order_id", "version")}
    return Event(
        type=record["type"],
        event_id=record["event_id"],
        occurred_at=record["occurred_at"],
        data={**order, "total_cents": record["data"]["total_cents"]},
        correlation_id=record.get("correlation_id"),
    )


def shown(row: Row | None, event: StoredEvent) -> Row | None:
    """What readers see of an order after one more event."""
    if event.type == PLACED:
        return {
            "status": "placed",
            "customer_id": event.data["customer_id"],
            "lines": event.data["lines"],
            "total_cents": event.data["total_cents"],
            "placed_at": timestamp(event.occurred_at),
        }
    if event.type == CANCELLED and row is not None:
        return {**row, "status": "cancelled", "cancelled_at": timestamp(event.occurred_at)}
    return row
