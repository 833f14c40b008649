"""PUT /orders/{order_id}/status"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from orders import wiring
from orders.logic.orders import StatusChange, presented
from orders.logic.progress import Dispatcher
from servicekit.api import Api, answer, api_handler


def routes(dispatcher: Callable[[], Dispatcher]) -> Api:
    """The routes, on a dispatcher that is made at the first request."""
    api = Api(__name__)

    @api.put("/orders/<order_id>/status")
    def move(order_id: str) -> Response[str]:
        caller, change = api.caller, api.body(StatusChange)
        order = dispatcher().move(caller, order_id, change.status, api.request_id)
        api.observability.logger.info("order moved", extra={"order_id": order_id, "now": order.status})
        return answer(200, presented(order))

    return api


handler = api_handler(routes(wiring.dispatcher))
