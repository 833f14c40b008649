"""Placing orders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orders.logic.orders import NewOrder, Status
from servicekit.events import Event, PublishingFailed
from servicekit.problems import BadRequest, Conflict


def request(**quantities: int) -> NewOrder:
    items = [{"sku": sku, "quantity": quantity} for sku, quantity in quantities.items()]
    return NewOrder.model_validate({"items": items})


def test_the_total_is_exact_and_of_our_prices(shop) -> None:
    order, created = shop.desk.place("u1", request(mug=2, tea=3), None)
    assert created
    assert order.total_cents == 2 * 1250 + 3 * 499 + 490
    assert [item.unit_price_cents for item in order.items] == [1250, 499]
    assert (order.status, order.currency, order.order_id) == (Status.PENDING, "EUR", "order-1")


@pytest.mark.parametrize(("free_from", "shipping"), [(2500, 0), (2501, 490), (None, 490)])
def test_postage_is_waived_from_the_threshold_upwards(shop, free_from: int | None, shipping: int) -> None:
    shop.terms = replace(shop.terms, free_shipping_from_cents=free_from)
    assert shop.desk.place("u1", request(mug=2), None)[0].shipping_cents == shipping


def test_what_has_no_price_is_not_for_sale(shop) -> None:
    with pytest.raises(BadRequest, match="Not for sale: gold"):
        shop.desk.place("u1", request(gold=1, mug=1), None)
    assert not shop.store.orders
    assert not shop.publisher.events


def test_an_order_of_too_many_items_is_refused(shop) -> None:
    with pytest.raises(BadRequest, match="at most 10"):
        shop.desk.place("u1", request(mug=6, tea=5), None)


def test_the_same_request_under_the_same_key_gives_the_first_order(shop) -> None:
    first, _ = shop.desk.place("u1", request(mug=1), "key")
    shop.clock.move(minutes=5)
    shop.terms = replace(shop.terms, prices_cents={"mug": 9999})
    again, created = shop.desk.place("u1", request(mug=1), "key")
    assert (again, created) == (first, False)
    assert len(shop.store.orders) == 1


def test_another_request_under_the_same_key_is_a_conflict(shop) -> None:
    shop.desk.place("u1", request(mug=1), "key")
    with pytest.raises(Conflict):
        shop.desk.place("u1", request(mug=2), "key")
    assert len(shop.publisher.events) == 1


def test_users_share_no_keys(shop) -> None:
    first, _ = shop.desk.place("u1", request(mug=1), "key")
    second, created = shop.desk.place("u2", request(mug=1), "key")
    assert created
    assert first.order_id != second.order_id


@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "x" * 256, "é"])
def test_a_malformed_key_is_refused(shop, key: str) -> None:
    with pytest.raises(BadRequest, match="1 to 255"):
        shop.desk.place("u1", request(mug=1), key)


def test_the_event_is_published_after_the_write_with_an_id_that_a_repetition_shares(shop) -> None:
    order, _ = shop.desk.place("u1", request(mug=1), "key", "request-1")
    shop.desk.place("u1", request(mug=1), "key", "request-2")
    first, second = shop.publisher.events
    assert (first.type, first.event_id, first.correlation_id) == (
        "OrderCreated",
        f"{order.order_id}:created",
        "request-1",
    )
    assert second.event_id == first.event_id
    assert first.data["total_cents"] == order.total_cents


def test_after_a_failed_publication_the_repetition_publishes(shop) -> None:
    class Failing:
        def publish(self, event: Event) -> None:
            raise PublishingFailed

    with pytest.raises(PublishingFailed):
        replace(shop.desk, publisher=Failing()).place("u1", request(mug=1), "key")
    shop.desk.place("u1", request(mug=1), "key")
    assert [event.type for event in shop.publisher.events] == ["OrderCreated"]
