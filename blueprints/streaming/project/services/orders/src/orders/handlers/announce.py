"""Event store orders, into stream orders: who wants to know of orders reads the stream."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from servicekit.event_store import read_change
from servicekit.observability import observability

from orders import wiring

tools = observability(__name__)


def announce(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Put a batch of events into the stream; if that fails, Lambda brings the batch again.

    A replay announces nothing: what happened has been announced.
    """
    if not event.get("replay"):
        found = [read_change(record) for record in event.get("Records", [])]
        events = [stored for stored in found if stored is not None]
        wiring.stream().put(events)
        tools.count("EventsAnnounced", len(events))
    return {"batchItemFailures": []}


handler = tools.watch(announce)
