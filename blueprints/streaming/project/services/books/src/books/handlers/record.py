"""Queue bookings: what an order brings is booked, once."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from servicekit.events import read_event
from servicekit.observability import observability
from servicekit.queues import MessageHandler, queue_handler

from books import wiring
from books.logic.books import Ledger, booking_of

tools = observability(__name__)


def recording(ledger: Callable[[], Ledger]) -> MessageHandler:
    """What is done with a message, on a ledger that is made at the first one."""

    def record(message: SQSRecord) -> None:
        event = read_event(message.body)
        tools.logger.set_correlation_id(event.correlation_id)
        booking = booking_of(event)
        if booking is not None and ledger().book(event.event_id, booking):
            tools.count("OrdersBooked")

    return record


handler = queue_handler(recording(wiring.ledger))
