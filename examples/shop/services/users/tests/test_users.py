"""From a request to the table and back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from servicekit.api import api_handler
from servicekit.testing import Context, api_event
from users.handlers import addresses, profile
from users.logic.household import MAX_ADDRESSES

ADA = {"name": "Ada Lovelace", "phone": "+353861234567", "language": "en"}
HOME = {
    "recipient": "Ada Lovelace",
    "street": "1 St James's Square",
    "postal_code": "SW1Y",
    "city": "London",
    "country": "GB",
}


@pytest.fixture
def call(household):
    me, places = (api_handler(module.routes(lambda: household)) for module in (profile, addresses))

    def call(route: str, user_id: str | None = "u1", **request: Any) -> tuple[int, Any]:
        handler = places if "addresses" in route else me
        answered = handler(api_event(route, user_id=user_id, **request), Context())
        return answered["statusCode"], json.loads(answered["body"] or "null")

    return call


def test_a_profile_reads_back_as_it_was_put(call) -> None:
    assert call("GET /me")[0] == 404
    assert call("PUT /me", body=ADA) == (200, ADA)
    assert call("GET /me") == (200, ADA)


def test_putting_a_profile_replaces_all_of_it(call) -> None:
    call("PUT /me", body=ADA)
    call("PUT /me", body={"name": "A. L."})
    assert call("GET /me")[1] == {"name": "A. L.", "phone": None, "language": "en"}


@pytest.mark.parametrize(
    "change", [{"name": " "}, {"phone": "0861234567"}, {"language": "english"}, {"is_admin": True}]
)
def test_a_bad_profile_is_refused_and_changes_nothing(call, change: dict[str, object]) -> None:
    call("PUT /me", body=ADA)
    assert call("PUT /me", body=ADA | change)[0] == 400
    assert call("GET /me")[1] == ADA


def test_addresses_are_added_listed_and_removed(call) -> None:
    status, home = call("POST /me/addresses", body=HOME)
    assert (status, home["address_id"]) == (201, "address-1")
    call("POST /me/addresses", body=HOME | {"city": "Dublin", "country": "IE"})
    route = "DELETE /me/addresses/{address_id}"
    assert call(route, path="/me/addresses/address-1") == (204, None)
    assert call(route, path="/me/addresses/address-1")[0] == 404
    remaining = call("GET /me/addresses")[1]["addresses"]
    assert [address["city"] for address in remaining] == ["Dublin"]


def test_nobody_sees_or_removes_what_is_anothers(call) -> None:
    call("PUT /me", body=ADA)
    call("POST /me/addresses", body=HOME)
    assert call("GET /me", user_id="u2")[0] == 404
    assert call("GET /me/addresses", user_id="u2")[1] == {"addresses": []}
    removal = call("DELETE /me/addresses/{address_id}", user_id="u2", path="/me/addresses/address-1")
    assert removal[0] == 404
    assert len(call("GET /me/addresses")[1]["addresses"]) == 1


def test_the_profile_is_no_address(call) -> None:
    call("PUT /me", body=ADA)
    assert call("GET /me/addresses")[1] == {"addresses": []}


def test_there_is_a_limit_of_addresses(call) -> None:
    for _ in range(MAX_ADDRESSES):
        assert call("POST /me/addresses", body=HOME)[0] == 201
    assert call("POST /me/addresses", body=HOME)[0] == 409


@pytest.mark.parametrize("route", ["GET /me", "PUT /me", "GET /me/addresses", "POST /me/addresses"])
def test_without_a_token_the_answer_is_unauthorized(call, route: str) -> None:
    assert call(route, user_id=None, body=ADA)[0] == 401


def test_the_table_holds_what_the_readme_says(call, table) -> None:
    call("PUT /me", body=ADA)
    call("POST /me/addresses", body=HOME)
    keys = sorted((item["PK"], item["SK"]) for item in table.scan()["Items"])
    assert keys == [("USER#u1", "ADDRESS#address-1"), ("USER#u1", "PROFILE")]
