"""GET /books"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler

from books import wiring
from books.logic.books import Closings

_SHOWN = 31


def routes(closings: Callable[[], Closings]) -> Api:
    """The routes, on a table that is found at the first request."""
    api = Api(__name__)

    @api.get("/books")
    def show() -> Response[str]:
        return answer(200, {"closings": closings().latest(_SHOWN)})

    return api


handler = api_handler(routes(wiring.closings))
