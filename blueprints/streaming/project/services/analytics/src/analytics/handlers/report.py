"""GET /analytics/orders"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler
from servicekit.clock import Clock, utc_now

from analytics import wiring
from analytics.logic.windows import WINDOW_SECONDS, Store, report, starts_before


def routes(store: Callable[[], Store], clock: Clock = utc_now) -> Api:
    """The routes, on a store that is made at the first request."""
    api = Api(__name__)

    @api.get("/analytics/orders")
    def show() -> Response[str]:
        now = int(clock().timestamp()) // WINDOW_SECONDS * WINDOW_SECONDS
        hour = starts_before(datetime.fromtimestamp(now, UTC), including=True)
        return answer(200, report(store().windows(hour)))

    return api


handler = api_handler(routes(wiring.store))
