"""GET /orders/{order_id}"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler
from servicekit.problems import NotFound

from orders import wiring
from orders.data.shelf import Shelf


def routes(shelf: Callable[[], Shelf]) -> Api:
    """The routes, on a shelf that is made at the first request."""
    api = Api(__name__)

    @api.get("/orders/<order_id>")
    def show(order_id: str) -> Response[str]:
        order = shelf().order(order_id)
        if order is None:
            raise NotFound("There is no such order, or none that is shown yet")
        return answer(200, order)

    return api


handler = api_handler(routes(wiring.shelf))
