"""Queue `notifications`: an event of an order becomes a notification."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from notifications import wiring
from notifications.logic.mailbox import Mailbox
from servicekit.events import read_event
from servicekit.observability import observability
from servicekit.queues import MessageHandler, queue_handler

tools = observability(__name__)


def delivery(mailbox: Callable[[], Mailbox]) -> MessageHandler:
    """What is done with a message, on a mailbox that is made at the first one."""

    def deliver(message: SQSRecord) -> None:
        event = read_event(message.body)
        tools.logger.set_correlation_id(event.correlation_id)
        notification, is_new = mailbox().deliver(event)
        tools.logger.info("delivered", extra={"event_id": notification.event_id, "new": is_new})

    return deliver


handler = queue_handler(delivery(wiring.mailbox))
