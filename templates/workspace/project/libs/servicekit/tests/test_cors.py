"""Which pages may read what a REST API's functions answer."""

from __future__ import annotations

from typing import Any

import pytest

from servicekit.api import Api, answer, api_handler
from servicekit.testing import Context, api_event, rest_event

SHOP, ADMIN = "https://shop.example", "https://admin.shop.example"
BOTH = {"CorsOrigins": f"{ADMIN},{SHOP}"}


def headers_of(event: dict[str, Any], own: dict[str, str] | None = None) -> dict[str, str]:
    api = Api("greeter.handlers.greet")

    @api.get("/greetings")
    def greet() -> Any:
        return answer(200, {}, headers=own)

    headers: dict[str, str] = api_handler(api)(event, Context())["headers"]
    shared = {name: value for name, value in headers.items() if name.startswith("Access-Control-")}
    return shared | ({"Vary": headers["Vary"]} if "Vary" in headers else {})


def asked(origin: str | None, variables: dict[str, str], route: str = "GET /greetings") -> dict[str, Any]:
    return rest_event(route, stage_variables=variables, headers={"origin": origin} if origin else {})


def test_of_several_origins_the_one_that_asks_may_read() -> None:
    for origin in (SHOP, ADMIN):
        assert headers_of(asked(origin, BOTH)) == {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


@pytest.mark.parametrize("origin", ["https://evil.example", "https://shop.example.evil", "any", "", None])
def test_another_page_may_not(origin: str | None) -> None:
    assert headers_of(asked(origin, BOTH)) == {"Vary": "Origin"}


def test_the_only_origin_stands_in_every_answer() -> None:
    only = {"CorsOrigins": SHOP}
    for origin in (SHOP, "https://evil.example", None):
        assert headers_of(asked(origin, only)) == {"Access-Control-Allow-Origin": SHOP}


def test_every_page_may_read_where_every_origin_may_call() -> None:
    assert headers_of(asked(SHOP, {"CorsOrigins": "any"})) == {"Access-Control-Allow-Origin": "*"}


def test_credentials_and_exposed_headers_are_said_to_whom_they_concern() -> None:
    told = BOTH | {"CorsCredentials": "true", "CorsExposedHeaders": "x-request-id"}
    assert headers_of(asked(SHOP, told)) == {
        "Access-Control-Allow-Origin": SHOP,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "x-request-id",
        "Vary": "Origin",
    }
    assert headers_of(asked("https://evil.example", told)) == {"Vary": "Origin"}


def test_errors_can_be_read_too() -> None:
    assert "Access-Control-Allow-Origin" in headers_of(asked(SHOP, BOTH, "GET /nowhere"))


def test_what_a_function_says_itself_stands() -> None:
    own = {"access-control-allow-origin": "null"}
    assert "Access-Control-Allow-Origin" not in headers_of(asked(SHOP, BOTH), own)


def test_an_http_api_and_an_api_without_rules_get_nothing() -> None:
    assert headers_of(api_event("GET /greetings", headers={"origin": SHOP})) == {}
    assert headers_of(asked(SHOP, {})) == {}
