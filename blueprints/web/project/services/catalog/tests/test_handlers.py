"""The handlers, from event to answer."""

from __future__ import annotations

import json
from typing import Any, Protocol

from servicekit.observability import Handler
from servicekit.testing import Context, balancer_event, rest_event

from catalog.handlers import add_product, list_products, receive_hook
from catalog.logic.products import Product

LAMP = {"sku": "lamp-1", "name": "Lamp", "price_cents": 1999}


class _Kept(Protocol):
    kept: dict[str, Product]


def call(handler: Handler, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and content of the answer."""
    answer = handler(event, Context())
    return answer["statusCode"], json.loads(answer["body"])


def test_a_product_that_was_added_is_listed(products: _Kept) -> None:
    assert call(add_product.handler, rest_event("POST /products", body=LAMP)) == (201, LAMP)

    assert call(list_products.handler, rest_event("GET /products")) == (200, {"products": [LAMP]})


def test_a_product_without_a_price_is_refused(products: _Kept) -> None:
    status, problem = call(add_product.handler, rest_event("POST /products", body={"sku": "x", "name": "X"}))

    assert (status, problem["code"]) == (400, "invalid-input")
    assert products.kept == {}


def test_a_product_that_a_supplier_tells_of_is_kept(products: _Kept) -> None:
    event = balancer_event("POST", "/hooks/products", body=LAMP)

    assert call(receive_hook.handler, event) == (202, {"received": True})
    assert products.kept["lamp-1"].name == "Lamp"
