"""GET /orders"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from orders import wiring
from orders.logic.orders import presented
from orders.logic.reading import ListQuery, OrderBook
from servicekit.api import Api, answer, api_handler


def routes(book: Callable[[], OrderBook]) -> Api:
    """The routes, on a book that is made at the first request."""
    api = Api(__name__)

    @api.get("/orders")
    def show_page() -> Response[str]:
        orders, cursor = book().page(api.caller.user_id, api.query(ListQuery))
        return answer(200, {"orders": [presented(order) for order in orders], "cursor": cursor})

    return api


handler = api_handler(routes(wiring.book))
