"""The way of an order, and who may move it."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest

from orders.logic.orders import TRANSITIONS, NewOrder, Order, Status
from orders.logic.progress import Dispatcher
from servicekit.api import Caller
from servicekit.problems import Conflict, Forbidden, NotFound

OWNER = Caller("u1")
OTHER = Caller("u2")
STAFF = Caller("s1", frozenset({"staff"}))


def placed(shop, status: Status = Status.PENDING) -> Order:
    request = NewOrder.model_validate({"items": [{"sku": "mug", "quantity": 1}]})
    order, _ = shop.desk.place("u1", request, None)
    shop.store.orders[order.order_id] = order.model_copy(update={"status": status})
    shop.publisher.events.clear()
    return order


def dispatcher(shop) -> Dispatcher:
    return Dispatcher(shop.store, shop.publisher, shop.clock)


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(Status, 2)))
def test_staff_moves_an_order_exactly_along_the_transitions(shop, before: Status, after: Status) -> None:
    order = placed(shop, before)
    if after in TRANSITIONS[before]:
        assert dispatcher(shop).move(STAFF, order.order_id, after).status is after
    else:
        with pytest.raises(Conflict):
            dispatcher(shop).move(STAFF, order.order_id, after)
        assert not shop.publisher.events


def test_a_customer_may_cancel_and_nothing_else(shop) -> None:
    order = placed(shop)
    with pytest.raises(Forbidden):
        dispatcher(shop).move(OWNER, order.order_id, Status.PAID)
    assert dispatcher(shop).move(OWNER, order.order_id, Status.CANCELLED).status is Status.CANCELLED


def test_another_users_order_does_not_exist(shop) -> None:
    order = placed(shop)
    with pytest.raises(NotFound):
        dispatcher(shop).move(OTHER, order.order_id, Status.CANCELLED)
    with pytest.raises(NotFound):
        dispatcher(shop).move(OTHER, "nothing", Status.CANCELLED)


def test_a_change_is_published_and_a_repetition_with_the_same_id(shop) -> None:
    order = placed(shop)
    shop.clock.move(minutes=1)
    first = dispatcher(shop).move(OWNER, order.order_id, Status.CANCELLED)
    shop.clock.move(minutes=1)
    assert dispatcher(shop).move(OWNER, order.order_id, Status.CANCELLED) == first
    events = shop.publisher.events
    assert {event.event_id for event in events} == {f"{order.order_id}:cancelled"}
    assert events[0].data["status"] == "cancelled"


def test_of_two_changes_at_once_one_is_refused(shop) -> None:
    order = placed(shop)

    class Overtaken(type(shop.store)):
        def move(self, order_id: str, before: Status, after: Status, at: datetime) -> Order | None:
            super().move(order_id, before, Status.PAID, at)
            return super().move(order_id, before, after, at)

    shop.store = Overtaken(shop.store.orders)
    with pytest.raises(Conflict, match="another request"):
        dispatcher(shop).move(OWNER, order.order_id, Status.CANCELLED)
