"""GET /activity/{user_id}"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler
from servicekit.problems import NotFound

from activity import wiring
from activity.data.tables import ActivityTable


def routes(activity: Callable[[], ActivityTable]) -> Api:
    """The routes, on a table that is found at the first request."""
    api = Api(__name__)

    @api.get("/activity/<user_id>")
    def show(user_id: str) -> Response[str]:
        latest = activity().of(user_id)
        if latest is None:
            raise NotFound("Nobody has seen this user lately")
        return answer(200, latest)

    return api


handler = api_handler(routes(wiring.activity))
