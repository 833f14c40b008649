"""GET, POST and DELETE of /me/addresses"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from servicekit.api import Api, answer, api_handler
from users import wiring
from users.logic.household import Household
from users.logic.people import NewAddress


def routes(household: Callable[[], Household]) -> Api:
    """The routes, on a household that is made at the first request."""
    api = Api(__name__)

    @api.get("/me/addresses")
    def show_all() -> Response[str]:
        return answer(200, {"addresses": household().addresses(api.caller.user_id)})

    @api.post("/me/addresses")
    def add() -> Response[str]:
        address = household().add_address(api.caller.user_id, api.body(NewAddress))
        return answer(201, address, headers={"Location": f"/me/addresses/{address.address_id}"})

    @api.delete("/me/addresses/<address_id>")
    def remove(address_id: str) -> Response[str]:
        household().remove_address(api.caller.user_id, address_id)
        return answer(204)

    return api


handler = api_handler(routes(wiring.household))
