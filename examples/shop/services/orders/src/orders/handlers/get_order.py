"""GET /orders/{order_id}"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from orders import wiring
from orders.logic.orders import presented
from orders.logic.reading import visible_order
from orders.logic.store import OrderStore
from servicekit.api import Api, answer, api_handler


def routes(store: Callable[[], OrderStore]) -> Api:
    """The routes, on a store that is made at the first request."""
    api = Api(__name__)

    @api.get("/orders/<order_id>")
    def show(order_id: str) -> Response[str]:
        return answer(200, presented(visible_order(store(), api.caller, order_id)))

    return api


handler = api_handler(routes(wiring.store))
