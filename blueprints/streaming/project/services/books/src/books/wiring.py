"""Puts the parts together; each is made at its first use and kept while the function is warm."""

from __future__ import annotations

from functools import cache

from servicekit.aws import client, table
from servicekit.clock import utc_now
from servicekit.environment import required_variable
from servicekit.event_types import EventTypes
from servicekit.events import EventBridgePublisher

from books.data.ledger import ClosingTable, LedgerTable
from books.logic.books import Closing


@cache
def ledger() -> LedgerTable:
    """What was booked."""
    return LedgerTable(table("ledger"), utc_now)


@cache
def closings() -> ClosingTable:
    """What was said at closings."""
    return ClosingTable(table("closings"))


@cache
def closing() -> Closing:
    """Closes the books; what it says is held against the schemas of the bus."""
    bus = required_variable("BUS_EVENTS_NAME", "buses.events: publish")
    publisher = EventBridgePublisher(client("events"), bus, "books", EventTypes.of_bus("events"))
    return Closing(ledger(), publisher, utc_now)
