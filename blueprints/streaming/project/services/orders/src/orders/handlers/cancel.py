"""POST /orders/{order_id}/cancel"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler
from servicekit.clock import new_id, utc_now
from servicekit.event_store import EventStore
from servicekit.events import Event

from orders import wiring
from orders.logic.orders import CANCELLED, check_cancellable, order_of


def routes(store: Callable[[], EventStore]) -> Api:
    """The routes, on a store that is made at the first request."""
    api = Api(__name__)

    @api.post("/orders/<order_id>/cancel")
    def cancel(order_id: str) -> Response[str]:
        order = order_of(store().load(order_id))
        check_cancellable(order)
        event = Event(
            type=CANCELLED,
            event_id=new_id(),
            occurred_at=utc_now(),
            data={"total_cents": order.total_cents},
            correlation_id=api.request_id,
        )
        # Who cancels or changes it at the same time makes this one a conflict.
        version = store().append(order_id, [event], expected_version=order.version)
        return answer(200, {"order_id": order_id, "version": version})

    return api


handler = api_handler(routes(wiring.store))
