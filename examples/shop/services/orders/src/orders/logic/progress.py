"""Moving an order along."""

from __future__ import annotations

from dataclasses import dataclass

from orders.logic.happenings import order_status_changed
from orders.logic.orders import CUSTOMER_MAY_SET, STAFF, TRANSITIONS, Order, Status
from orders.logic.reading import visible_order
from orders.logic.store import OrderStore
from servicekit.api import Caller
from servicekit.clock import Clock
from servicekit.events import Publisher
from servicekit.problems import Conflict, Forbidden


@dataclass(frozen=True)
class Dispatcher:
    """Changes the status of orders, by the rules of `TRANSITIONS`."""

    store: OrderStore
    publisher: Publisher
    clock: Clock

    def move(self, caller: Caller, order_id: str, status: Status, correlation_id: str | None = None) -> Order:
        """The order in its new status. Asking for the status that it has is no error: it was reached.

        Raises:
            NotFound: No order that the caller may see.
            Forbidden: A status that only staff may set.
            Conflict: The order cannot go there from where it is, or somebody else moved it just now.
        """
        order = visible_order(self.store, caller, order_id)
        if status not in CUSTOMER_MAY_SET and STAFF not in caller.groups:
            raise Forbidden(f"Only staff may set an order to {status}", code="staff-only")
        if order.status is not status:
            order = self._moved(order, status)
        # Also when it was reached before: that request may have failed between the write and this line.
        self.publisher.publish(order_status_changed(order, correlation_id))
        return order

    def _moved(self, order: Order, status: Status) -> Order:
        if status not in TRANSITIONS[order.status]:
            raise Conflict(
                f"An order that is {order.status} cannot become {status}", code="impossible-status"
            )
        moved = self.store.move(order.order_id, order.status, status, self.clock())
        if moved is None:
            raise Conflict("The order was changed by another request; read it again", code="changed")
        return moved
