"""Cursors of the list."""

from __future__ import annotations

import pytest

from orders.logic.cursors import CursorSealer
from orders.logic.orders import NewOrder
from orders.logic.reading import ListQuery, OrderBook
from servicekit.problems import BadRequest

SEALER = CursorSealer(lambda: "key")


def test_a_cursor_opens_for_its_user_only() -> None:
    cursor = SEALER.seal("u1", "ORDER#2026#o1")
    assert SEALER.open("u1", cursor) == "ORDER#2026#o1"
    with pytest.raises(BadRequest):
        SEALER.open("u2", cursor)
    with pytest.raises(BadRequest):
        CursorSealer(lambda: "another key").open("u1", cursor)


@pytest.mark.parametrize("cursor", ["x", "====", "é", "AAAA", "QUFBQUFBQUFBQUFBQUFBQQ", "_" * 40])
def test_what_we_did_not_seal_is_refused(cursor: str) -> None:
    with pytest.raises(BadRequest, match="cursor"):
        SEALER.open("u1", cursor)


def test_the_pages_hold_every_own_order_once_newest_first(shop) -> None:
    request = NewOrder.model_validate({"items": [{"sku": "mug", "quantity": 1}]})
    for user_id in ("u1", "u1", "u2", "u1", "u1", "u1"):
        shop.clock.move(seconds=1)
        shop.desk.place(user_id, request, None)
    book, seen, cursor = OrderBook(shop.store, SEALER), [], None
    for _ in range(3):
        orders, cursor = book.page("u1", ListQuery(limit=2, cursor=cursor))
        seen += [order.order_id for order in orders]
    assert cursor is None
    assert seen == ["order-6", "order-5", "order-4", "order-2", "order-1"]
