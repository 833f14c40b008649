"""POST /activity"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler

from activity import wiring
from activity.logic.activity import Happening


def routes(put: Callable[[], wiring.Put]) -> Api:
    """The routes, on a stream that is found at the first request."""
    api = Api(__name__)

    @api.post("/activity")
    def track() -> Response[str]:
        happening = api.body(Happening)
        put()(happening.user_id, happening.model_dump_json().encode())
        return answer(202, {"accepted": True})

    return api


handler = api_handler(routes(wiring.put))
