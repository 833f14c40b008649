"""What is booked of orders, and what closing the books means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from servicekit.clock import Clock, timestamp
from servicekit.events import Event, Publisher

PLACED, CANCELLED, CLOSED = "OrderPlaced", "OrderCancelled", "BooksClosed"
BEGINNING = "1970-01-01T00:00:00.000Z"
"""Since when the first closing counts."""


@dataclass(frozen=True)
class Totals:
    """How many orders there were, and what they brought in cents; cancelled ones are taken off."""

    orders: int = 0
    cancelled: int = 0
    revenue_cents: int = 0

    def since(self, earlier: Totals) -> Totals:
        """What has come since."""
        return Totals(
            self.orders - earlier.orders,
            self.cancelled - earlier.cancelled,
            self.revenue_cents - earlier.revenue_cents,
        )

    def data(self) -> dict[str, int]:
        """As JSON values."""
        return {"orders": self.orders, "cancelled": self.cancelled, "revenue_cents": self.revenue_cents}


@dataclass(frozen=True)
class Reading:
    """What the totals were when the books were last closed."""

    at: str
    totals: Totals


class Ledger(Protocol):
    """Where orders are booked. Closing the books reads its totals, as one reads a meter."""

    def book(self, event_id: str, booking: Totals) -> bool:
        """Add a booking to the totals; False if this event is booked already."""

    def totals(self) -> Totals:
        """All that was ever booked."""

    def last_reading(self) -> Reading | None:
        """The totals of the last closing, or None before the first one."""

    def read(self, reading: Reading) -> None:
        """Keep the totals of a closing."""


def booking_of(event: Event) -> Totals | None:
    """What an event adds to the totals; None if it is nothing for the books."""
    cents = event.data.get("total_cents", 0)
    if event.type == PLACED:
        return Totals(orders=1, revenue_cents=cents)
    if event.type == CANCELLED:
        return Totals(cancelled=1, revenue_cents=-cents)
    return None


@dataclass(frozen=True)
class Closing:
    """Closes the books: the time since the last closing is one day, however long the clocks made it."""

    ledger: Ledger
    publisher: Publisher
    clock: Clock

    def close(self) -> dict[str, Any]:
        """Say what came since the last closing.

        It is said before it is kept, and under the same id if it has to be said again.

        Returns:
            What was said.
        """
        now = self.clock()
        last = self.ledger.last_reading()
        totals = self.ledger.totals()
        since = last.at if last else BEGINNING
        data = {
            "since": since,
            "until": timestamp(now),
            **totals.since(last.totals if last else Totals()).data(),
        }
        self.publisher.publish(
            Event(type=CLOSED, event_id=f"books-closed-since-{since}", occurred_at=now, data=data)
        )
        self.ledger.read(Reading(timestamp(now), totals))
        return data


class Closings(Protocol):
    """What was said at closings, to be shown."""

    def keep(self, data: dict[str, Any]) -> None:
        """Keep one; one that counts since the same moment takes its place."""

    def latest(self, count: int) -> list[dict[str, Any]]:
        """The latest ones, the last one first."""
