"""POST /orders"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler
from servicekit.clock import new_id, utc_now
from servicekit.event_store import EventStore
from servicekit.events import Event

from orders import wiring
from orders.logic.orders import PLACED, NewOrder


def routes(store: Callable[[], EventStore]) -> Api:
    """The routes, on a store that is made at the first request."""
    api = Api(__name__)

    @api.post("/orders")
    def place() -> Response[str]:
        order = api.body(NewOrder)
        order_id = f"order-{new_id()}"
        event = Event(
            type=PLACED,
            event_id=new_id(),
            occurred_at=utc_now(),
            data=order.happened(),
            correlation_id=api.request_id,
        )
        version = store().append(order_id, [event], expected_version=0)
        api.observability.count("OrdersPlaced")
        body = {"order_id": order_id, "version": version, "total_cents": order.total_cents}
        return answer(201, body, headers={"Location": f"/orders/{order_id}"})

    return api


handler = api_handler(routes(wiring.store))
