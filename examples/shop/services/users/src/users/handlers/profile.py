"""GET /me and PUT /me"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from servicekit.api import Api, answer, api_handler
from users import wiring
from users.logic.household import Household
from users.logic.people import Profile


def routes(household: Callable[[], Household]) -> Api:
    """The routes, on a household that is made at the first request."""
    api = Api(__name__)

    @api.get("/me")
    def show() -> Response[str]:
        return answer(200, household().profile(api.caller.user_id))

    @api.put("/me")
    def replace() -> Response[str]:
        return answer(200, household().set_profile(api.caller.user_id, api.body(Profile)))

    return api


handler = api_handler(routes(wiring.household))
