"""POST /auth/register and POST /auth/confirm"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from auth import wiring
from auth.logic.accounts import Confirmation, Registration
from auth.logic.directory import Directory
from servicekit.api import Api, answer, api_handler


def routes(directory: Callable[[], Directory]) -> Api:
    """The routes, on a directory that is made at the first request."""
    api = Api(__name__)

    @api.post("/auth/register")
    def register() -> Response[str]:
        request = api.body(Registration)
        with api.counting_failures("RegistrationsFailed"):
            user_id = directory().register(request.email, request.password.get_secret_value())
        api.observability.logger.info("user registered", extra={"user_id": user_id})
        api.observability.count("UsersRegistered")
        return answer(201, {"user_id": user_id, "next": "POST /auth/confirm with the code from the e-mail"})

    @api.post("/auth/confirm")
    def confirm() -> Response[str]:
        request = api.body(Confirmation)
        directory().confirm(request.email, request.code)
        return answer(204)

    return api


handler = api_handler(routes(wiring.directory))
