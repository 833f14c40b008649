"""POST /auth/login and POST /auth/refresh"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from auth import wiring
from auth.logic.accounts import Login, Refresh
from auth.logic.directory import Directory
from servicekit.api import Api, answer, api_handler


def routes(directory: Callable[[], Directory]) -> Api:
    """The routes, on a directory that is made at the first request."""
    api = Api(__name__)

    @api.post("/auth/login")
    def login() -> Response[str]:
        request = api.body(Login)
        return answer(200, directory().login(request.email, request.password.get_secret_value()))

    @api.post("/auth/refresh")
    def refresh() -> Response[str]:
        return answer(200, directory().refresh(api.body(Refresh).refresh_token.get_secret_value()))

    return api


handler = api_handler(routes(wiring.directory))
