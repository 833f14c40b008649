"""Puts the parts together; each is made at its first use and kept while the function is warm."""

from __future__ import annotations

from functools import cache

from servicekit.aws import client, table
from servicekit.environment import required_variable
from servicekit.event_store import EventStore, event_store
from servicekit.event_types import EventTypes
from servicekit.events import EventBridgePublisher

from orders.data.announcing import Stream
from orders.data.shelf import Shelf, redis_cache


@cache
def store() -> EventStore:
    """What happened to orders."""
    return event_store("orders")


@cache
def stream() -> Stream:
    """Where others hear of it."""
    return Stream(client("kinesis"), required_variable("STREAM_ORDERS_NAME", "streams.orders: put"))


@cache
def bus() -> EventBridgePublisher:
    """Where other services hear of it; what the blueprint does not declare is not published."""
    name = required_variable("BUS_EVENTS_NAME", "buses.events: publish")
    return EventBridgePublisher(client("events"), name, "orders", EventTypes.of_bus("events"))


@cache
def shelf() -> Shelf:
    """What is shown of orders, with the cache before it."""
    return Shelf(table("order-view"), redis_cache("orders"))
