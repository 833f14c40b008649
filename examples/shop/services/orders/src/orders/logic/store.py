"""What the logic needs of the data layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orders.logic.orders import Order, Status


@dataclass(frozen=True)
class Page:
    """Some orders, newest first; `position` is where the next page starts, None at the end."""

    orders: Sequence[Order]
    position: str | None


class OrderStore(Protocol):
    """Keeps orders."""

    def add(self, order: Order) -> Order | None:
        """Keep a new order; if one with its id is there already, that one and nothing is written."""

    def find(self, order_id: str) -> Order | None:
        """One order."""

    def page(self, user_id: str, limit: int, position: str | None) -> Page:
        """Up to `limit` orders of a user."""

    def move(self, order_id: str, before: Status, after: Status, at: datetime) -> Order | None:
        """Set the status if it is still `before`; None if it is not."""
