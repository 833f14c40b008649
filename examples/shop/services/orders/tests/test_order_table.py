"""Orders in DynamoDB."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.data.order_table import OrderTable
from orders.logic.orders import Item, Order, Status
from servicekit.testing import StillClock

NOW = StillClock()()


def order(order_id: str = "o1", user_id: str = "u1", minutes: int = 0) -> Order:
    at = NOW + timedelta(minutes=minutes)
    return Order(
        order_id=order_id,
        user_id=user_id,
        status=Status.PENDING,
        items=(Item(sku="mug", quantity=2, unit_price_cents=1250),),
        shipping_cents=490,
        total_cents=2990,
        currency="EUR",
        created_at=at,
        updated_at=at,
        request_fingerprint="f",
    )


def test_an_order_reads_back_as_it_was_written(table) -> None:
    store = OrderTable(table)
    assert store.add(order()) is None
    assert store.find("o1") == order()
    assert store.find("o2") is None


def test_an_order_is_one_item_under_its_own_key_and_its_users_index(table) -> None:
    OrderTable(table).add(order())
    (item,) = table.scan()["Items"]
    assert (item["PK"], item["SK"]) == ("ORDER#o1", "DETAILS")
    assert (item["GSI1PK"], item["GSI1SK"]) == ("USER#u1", "ORDER#2026-01-02T03:04:05.000Z#o1")
    assert item["total_cents"] == 2990


def test_adding_twice_keeps_the_first(table) -> None:
    store = OrderTable(table)
    store.add(order())
    assert store.add(order(user_id="u2")) == order()
    assert store.find("o1") == order()


def test_pages_follow_each_other_newest_first_and_hold_one_user(table) -> None:
    store = OrderTable(table)
    for minutes in range(5):
        store.add(order(f"o{minutes}", minutes=minutes))
    store.add(order("other", user_id="u2"))
    first = store.page("u1", 3, None)
    second = store.page("u1", 3, first.position)
    assert [o.order_id for o in (*first.orders, *second.orders)] == ["o4", "o3", "o2", "o1", "o0"]
    assert second.position is None


def test_a_status_moves_only_from_where_it_was_thought_to_be(table) -> None:
    store = OrderTable(table)
    store.add(order())
    later = NOW + timedelta(hours=1)
    moved = store.move("o1", Status.PENDING, Status.PAID, later)
    assert moved is not None
    assert (moved.status, moved.updated_at) == (Status.PAID, later)
    assert store.move("o1", Status.PENDING, Status.CANCELLED, later) is None
    assert store.find("o1") == moved


def test_an_order_that_is_not_there_cannot_be_moved(table) -> None:
    assert OrderTable(table).move("o1", Status.PENDING, Status.PAID, NOW) is None
    assert table.scan()["Count"] == 0


def test_other_errors_of_the_table_come_through(table) -> None:
    table.delete()
    with pytest.raises(Exception, match="ResourceNotFound"):
        OrderTable(table).add(order())
