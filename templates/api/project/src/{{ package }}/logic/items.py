"""Items: how they are made and found."""

from __future__ import annotations

from typing import Protocol

from pydantic import Field
from servicekit.clock import Clock, Ids, timestamp
from servicekit.models import Model, RequestModel
from servicekit.problems import NotFound


class NewItem(RequestModel):
    """What a caller sends to make an item."""

    name: str = Field(min_length=1, max_length=100)


class Item(Model):
    """What a caller gets; `created_at` is an ISO 8601 time in UTC."""

    id: str
    name: str
    created_at: str


class Store(Protocol):
    """Where items are kept."""

    def save(self, item: Item) -> None:
        """Keep an item."""

    def find(self, item_id: str) -> Item | None:
        """The item, or None if there is no such."""


class Items:
    """Makes and finds items."""

    def __init__(self, store: Store, clock: Clock, new_id: Ids) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    def create(self, wanted: NewItem) -> Item:
        """Make an item, and keep it."""
        item = Item(id=self._new_id(), name=wanted.name, created_at=timestamp(self._clock()))
        self._store.save(item)
        return item

    def get(self, item_id: str) -> Item:
        """Find an item.

        Raises:
            NotFound: There is no such item.
        """
        item = self._store.find(item_id)
        if item is None:
            raise NotFound("There is no such item")
        return item
