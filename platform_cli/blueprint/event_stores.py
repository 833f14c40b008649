"""Event stores: what the table of one looks like, and how a projection names what it goes from and into.

An event store is a table whose items are events. Its partition key is what the events are about (the
aggregate), its sort key the version of it that an event made; version 0 is room for a snapshot.
"""

from __future__ import annotations

from typing import Final

AGGREGATE: Final = "aggregate_id"
VERSION: Final = "version"
INSERTED: Final = {"eventName": ["INSERT"]}
"""What a projection takes from the stream: events are only ever added; a snapshot is also replaced."""


def table_name(store: str) -> str:
    """What the table of an event store is called among the tables: `orders-events`."""
    return f"{store}-events"


def named(reference: str | None, section: str) -> str | None:
    """The name in `event_stores.orders`, or None if it does not name something of that section."""
    start, _, name = (reference or "").partition(".")
    return name if start == section and name else None
