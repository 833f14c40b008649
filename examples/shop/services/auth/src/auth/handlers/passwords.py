"""POST /auth/password/forgot and POST /auth/password/reset"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from auth import wiring
from auth.logic.accounts import ForgottenPassword, PasswordReset
from auth.logic.directory import Directory
from servicekit.api import Api, answer, api_handler


def routes(directory: Callable[[], Directory]) -> Api:
    """The routes, on a directory that is made at the first request."""
    api = Api(__name__)

    @api.post("/auth/password/forgot")
    def forgot() -> Response[str]:
        directory().send_reset_code(api.body(ForgottenPassword).email)
        return answer(202, {"next": "POST /auth/password/reset with the code from the e-mail"})

    @api.post("/auth/password/reset")
    def reset() -> Response[str]:
        request = api.body(PasswordReset)
        directory().reset_password(request.email, request.code, request.new_password.get_secret_value())
        return answer(204)

    return api


handler = api_handler(routes(wiring.directory))
