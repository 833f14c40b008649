"""Placing an order: prices, postage, once only."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orders.logic.happenings import order_created
from orders.logic.orders import Item, NewOrder, Order, Status
from orders.logic.store import OrderStore
from servicekit.clock import Clock, Ids
from servicekit.events import Publisher
from servicekit.problems import BadRequest, Conflict

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

# Any fixed value: it keeps ids made here apart from those that others make from the same text.
_NAMESPACE = uuid.UUID("7f6f9c0e-3f0b-4a53-9d3c-0a5d4c2f6c11")


@dataclass(frozen=True)
class Terms:
    """What an order costs today.

    Attributes:
        prices_cents: By SKU; what is not in it is not for sale.
        free_shipping_from_cents: Goods worth this much are sent free; None where nothing is.
    """

    prices_cents: Mapping[str, int]
    shipping_cents: int
    free_shipping_from_cents: int | None
    max_items: int
    currency: str


@dataclass(frozen=True)
class OrderDesk:
    """Takes orders. `terms` is asked for each order, since settings and flags change while we run."""

    store: OrderStore
    publisher: Publisher
    terms: Callable[[str], Terms]
    clock: Clock
    new_id: Ids

    def place(
        self, user_id: str, request: NewOrder, idempotency_key: str | None, correlation_id: str | None = None
    ) -> tuple[Order, bool]:
        """The order, and whether it was made just now.

        Raises:
            BadRequest: An item that is not for sale, too many items, a malformed key.
            Conflict: The key was used for another request.
        """
        order = self._order(user_id, request, idempotency_key)
        existing = self.store.add(order)
        if existing is not None and existing.request_fingerprint != order.request_fingerprint:
            raise Conflict("The idempotency key was used for another order", code="idempotency-key-reused")
        placed = existing or order
        # Also for a repetition: the first request may have failed between the write and this line.
        self.publisher.publish(order_created(placed, correlation_id))
        return placed, existing is None

    def _order(self, user_id: str, request: NewOrder, idempotency_key: str | None) -> Order:
        terms = self.terms(user_id)
        if sum(item.quantity for item in request.items) > terms.max_items:
            raise BadRequest(f"An order has at most {terms.max_items} items", code="too-many-items")
        unknown = sorted({item.sku for item in request.items} - set(terms.prices_cents))
        if unknown:
            raise BadRequest(f"Not for sale: {', '.join(unknown)}", code="unknown-sku")
        items = tuple(
            Item(sku=item.sku, quantity=item.quantity, unit_price_cents=terms.prices_cents[item.sku])
            for item in request.items
        )
        goods_cents = sum(item.quantity * item.unit_price_cents for item in items)
        free_from = terms.free_shipping_from_cents
        shipping_cents = 0 if free_from is not None and goods_cents >= free_from else terms.shipping_cents
        now = self.clock()
        return Order(
            order_id=self._id(user_id, idempotency_key),
            user_id=user_id,
            status=Status.PENDING,
            items=items,
            shipping_cents=shipping_cents,
            total_cents=goods_cents + shipping_cents,
            currency=terms.currency,
            created_at=now,
            updated_at=now,
            request_fingerprint=hashlib.sha256(request.model_dump_json().encode()).hexdigest(),
        )

    def _id(self, user_id: str, idempotency_key: str | None) -> str:
        if idempotency_key is None:
            return self.new_id()
        if not _KEY.fullmatch(idempotency_key):
            raise BadRequest("An idempotency key has 1 to 255 visible characters", code="invalid-key")
        return uuid.uuid5(_NAMESPACE, f"{user_id}\n{idempotency_key}").hex
