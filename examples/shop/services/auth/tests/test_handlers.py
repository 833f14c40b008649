"""From a request to an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auth.handlers import passwords, registration, sessions
from servicekit.api import api_handler
from servicekit.testing import Context, api_event

ADA = {"email": "Ada@Example.com", "password": "Correct-horse-7"}


@pytest.fixture
def call(directory):
    handlers = {
        route: api_handler(module.routes(lambda: directory))
        for module, routes in {
            registration: ("POST /auth/register", "POST /auth/confirm"),
            sessions: ("POST /auth/login", "POST /auth/refresh"),
            passwords: ("POST /auth/password/forgot", "POST /auth/password/reset"),
        }.items()
        for route in routes
    }

    def call(route: str, body: object) -> tuple[int, Any]:
        answered = handlers[route](api_event(route, body=body), Context())
        return answered["statusCode"], json.loads(answered["body"] or "null")

    return call


def test_the_way_from_registration_to_a_refreshed_token(call) -> None:
    assert call("POST /auth/register", ADA)[0] == 201
    assert call("POST /auth/login", ADA)[0] == 403
    assert call("POST /auth/confirm", {"email": ADA["email"], "code": "999999"})[0] == 400
    assert call("POST /auth/confirm", {"email": ADA["email"], "code": "123456"}) == (204, None)
    status, tokens = call("POST /auth/login", ADA)
    assert (status, tokens["token_type"], tokens["expires_in_seconds"]) == (200, "Bearer", 3600)
    status, tokens = call("POST /auth/refresh", {"refresh_token": tokens["refresh_token"]})
    assert (status, tokens["access_token"]) == (200, "access 2")


def test_an_address_is_the_same_in_upper_and_lower_case(call) -> None:
    call("POST /auth/register", ADA)
    assert call("POST /auth/register", ADA | {"email": " ada@example.COM "})[0] == 409


def test_a_forgotten_password_is_replaced(call) -> None:
    call("POST /auth/register", ADA)
    assert call("POST /auth/password/forgot", {"email": ADA["email"]})[0] == 202
    reset = {"email": ADA["email"], "code": "123456", "new_password": "Another-horse-8"}
    assert call("POST /auth/password/reset", reset)[0] == 204
    assert call("POST /auth/login", ADA)[0] == 401
    assert call("POST /auth/login", ADA | {"password": "Another-horse-8"})[0] == 200


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "ada@example", "a b@example.com", "x" * 65 + "@example.com"]
)
def test_what_cannot_be_an_address_is_refused(call, email: str) -> None:
    status, problem = call("POST /auth/register", ADA | {"email": email})
    assert status == 400
    assert problem["errors"][0]["field"] == "email"


def test_neither_answers_nor_logs_show_the_password(call, capfd: pytest.CaptureFixture[str]) -> None:
    call("POST /auth/register", ADA)
    answers = [
        call("POST /auth/register", ADA),
        call("POST /auth/register", ADA | {"password": 12345678901234}),
        call("POST /auth/register", ADA | {"other": "Correct-horse-7"}),
    ]
    shown = json.dumps(answers) + "".join(capfd.readouterr())
    assert "Correct-horse-7" not in shown
    assert "12345678901234" not in shown
    assert "example.com" not in shown.lower()
