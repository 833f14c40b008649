"""Showing orders to those who may see them."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from orders.logic.cursors import CursorSealer
from orders.logic.orders import STAFF, Order
from orders.logic.store import OrderStore
from servicekit.api import Caller
from servicekit.models import RequestModel
from servicekit.problems import NotFound


class ListQuery(RequestModel):
    """The query of `GET /orders`."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=512)


def visible_order(store: OrderStore, caller: Caller, order_id: str) -> Order:
    """An order of the caller's; any, for staff.

    Raises:
        NotFound: There is none, or it is another user's: the caller cannot tell which.
    """
    order = store.find(order_id)
    if order is None or (order.user_id != caller.user_id and STAFF not in caller.groups):
        raise NotFound("There is no such order", code="unknown-order")
    return order


@dataclass(frozen=True)
class OrderBook:
    """The caller's orders, page by page."""

    store: OrderStore
    cursors: CursorSealer

    def page(self, user_id: str, query: ListQuery) -> tuple[tuple[Order, ...], str | None]:
        """Orders, newest first, and the cursor of the next page.

        Raises:
            BadRequest: The cursor is not one that we gave to this user.
        """
        position = self.cursors.open(user_id, query.cursor) if query.cursor else None
        page = self.store.page(user_id, query.limit, position)
        following = self.cursors.seal(user_id, page.position) if page.position else None
        return tuple(page.orders), following
