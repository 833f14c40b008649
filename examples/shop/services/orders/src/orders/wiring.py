"""What each function is made of. Each builder needs just the access that its function has."""

from __future__ import annotations

import functools
import os

from orders.data.order_table import OrderTable
from orders.data.terms import SettingsTerms
from orders.logic.cursors import CursorSealer
from orders.logic.placing import OrderDesk
from orders.logic.progress import Dispatcher
from orders.logic.reading import OrderBook
from servicekit.aws import client, table
from servicekit.clock import new_id, utc_now
from servicekit.environment import required_variable
from servicekit.event_types import EventTypes
from servicekit.events import EventBridgePublisher
from servicekit.flags import Flags
from servicekit.secrets import Secret
from servicekit.settings import Settings


@functools.cache
def store() -> OrderTable:
    """The orders."""
    return OrderTable(table("main"))


@functools.cache
def desk() -> OrderDesk:
    """Takes orders."""
    terms = SettingsTerms(
        orders=Settings.from_environment("orders"),
        prices=Settings.from_environment("prices"),
        flags=Flags.from_environment(),
        currency=os.environ.get("CURRENCY", "EUR"),
    )
    return OrderDesk(store(), _publisher(), terms, clock=utc_now, new_id=new_id)


@functools.cache
def book() -> OrderBook:
    """Lists orders."""
    return OrderBook(store(), CursorSealer(Secret.from_environment("cursor-key").text))


@functools.cache
def dispatcher() -> Dispatcher:
    """Moves orders along."""
    return Dispatcher(store(), _publisher(), clock=utc_now)


def _publisher() -> EventBridgePublisher:
    bus_name = required_variable("BUS_EVENTS_NAME", "buses.events: publish")
    return EventBridgePublisher(client("events"), bus_name, "orders", EventTypes.of_bus("events"))
