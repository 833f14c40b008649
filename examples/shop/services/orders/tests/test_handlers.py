"""From a request to an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orders.handlers import create_order, get_order, list_orders, update_status
from orders.logic.cursors import CursorSealer
from orders.logic.progress import Dispatcher
from orders.logic.reading import OrderBook
from servicekit.api import api_handler
from servicekit.testing import Context, api_event

BODY = {"items": [{"sku": "mug", "quantity": 2}]}


class Client:
    """Calls the functions as the API would."""

    def __init__(self, shop) -> None:
        book = OrderBook(shop.store, CursorSealer(lambda: "key"))
        dispatcher = Dispatcher(shop.store, shop.publisher, shop.clock)
        self._apis = {
            "POST /orders": create_order.routes(lambda: shop.desk),
            "GET /orders": list_orders.routes(lambda: book),
            "GET /orders/{order_id}": get_order.routes(lambda: shop.store),
            "PUT /orders/{order_id}/status": update_status.routes(lambda: dispatcher),
        }

    def __call__(self, route: str, **request: Any) -> tuple[int, Any]:
        event = api_event(route, **{"user_id": "u1", **request})
        answered = api_handler(self._apis[route])(event, Context())
        return answered["statusCode"], json.loads(answered["body"])


@pytest.fixture
def client(shop) -> Client:
    return Client(shop)


def test_an_order_is_created_and_read_back(client) -> None:
    status, order = client("POST /orders", body=BODY)
    assert status == 201
    assert order["total_cents"] == 2990
    assert "user_id" not in order
    assert client("GET /orders/{order_id}", path=f"/orders/{order['order_id']}") == (200, order)


def test_a_repetition_under_its_key_answers_200_with_the_same_order(client) -> None:
    headers = {"Idempotency-Key": "k1"}
    status, order = client("POST /orders", body=BODY, headers=headers)
    assert status == 201
    assert client("POST /orders", body=BODY, headers=headers) == (200, order)
    other = {"items": [{"sku": "tea", "quantity": 1}]}
    assert client("POST /orders", body=other, headers=headers)[0] == 409


@pytest.mark.parametrize(
    "body",
    [
        "{",
        {},
        {"items": []},
        {"items": [{"sku": "mug", "quantity": 0}]},
        {"items": [{"sku": "mug", "quantity": 1.5}]},
        {"items": [{"sku": "mug", "quantity": "2"}]},
        {"items": [{"sku": "../mug", "quantity": 1}]},
        {"items": [{"sku": "mug", "quantity": 1, "unit_price_cents": 1}]},
        {"items": [{"sku": "unknown", "quantity": 1}]},
    ],
)
def test_a_bad_body_is_a_bad_request_and_nothing_is_written(client, shop, body: object) -> None:
    assert client("POST /orders", body=body)[0] == 400
    assert not shop.store.orders


def test_another_users_order_is_not_found_just_like_none(client) -> None:
    _, order = client("POST /orders", body=BODY)
    route, path = "GET /orders/{order_id}", f"/orders/{order['order_id']}"
    other = client(route, path=path, user_id="u2")
    assert other[0] == 404
    assert other == client(route, path="/orders/none", user_id="u2")
    assert client(route, path=path, user_id="u2", groups="[staff]")[0] == 200


def test_the_list_pages_by_cursor(client) -> None:
    for _ in range(3):
        client("POST /orders", body=BODY)
    status, page = client("GET /orders", query={"limit": "2"})
    assert (status, len(page["orders"])) == (200, 2)
    status, rest = client("GET /orders", query={"limit": "2", "cursor": page["cursor"]})
    assert (len(rest["orders"]), rest["cursor"]) == (1, None)


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": "x"}, {"a": "b"}]
)
def test_a_bad_query_is_a_bad_request(client, query: dict[str, str]) -> None:
    assert client("GET /orders", query=query)[0] == 400


def test_the_status_moves_by_the_rules(client) -> None:
    _, order = client("POST /orders", body=BODY)
    route, path = "PUT /orders/{order_id}/status", f"/orders/{order['order_id']}/status"
    assert client(route, path=path, body={"status": "lost"})[0] == 400
    assert client(route, path=path, body={"status": "paid"})[0] == 403
    assert client(route, path=path, body={"status": "cancelled"}, user_id="u2")[0] == 404
    assert client(route, path=path, body={"status": "cancelled"})[1]["status"] == "cancelled"
    assert client(route, path=path, body={"status": "paid"}, groups="[staff]")[0] == 409


@pytest.mark.parametrize("route", ["POST /orders", "GET /orders"])
def test_without_a_token_the_answer_is_unauthorized(client, route: str) -> None:
    assert client(route, user_id=None, body=BODY)[0] == 401
