"""Queue handlers: one function a message, failures reported a message at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from servicekit.observability import Handler, Observability, observability

MessageHandler = Callable[[SQSRecord], object]


def queue_handler(function: MessageHandler) -> Handler:
    """Turn a function of one message into the Lambda handler of a queue.

    A message for which the function raises goes back to the queue, alone, and to the dead-letter
    queue after the queue's `max_receives`; the other messages of the batch are done. On a FIFO queue
    the messages after a failed one go back too, so that the order holds. A batch of which every message
    fails ends in an error, so that the function's own alarms see it before the dead-letter queue's do.

    Messages come at least once: the function must be idempotent.
    """
    tools = observability(function.__module__)

    def handle(event: dict[str, Any], context: LambdaContext) -> Any:
        return process_partial_response(
            event=event,
            record_handler=_one_message(function, tools),
            processor=_processor(event),
            context=context,
        )

    return tools.watch(handle)


def _one_message(function: MessageHandler, tools: Observability) -> MessageHandler:
    def process(record: SQSRecord) -> None:
        log = tools.logger
        log.append_keys(message_id=record.message_id)
        log.set_correlation_id(None)
        try:
            function(record)
        except Exception:
            tools.count("MessagesFailed")
            log.exception(
                "message failed, it goes back to the queue",
                extra={"receives": record.attributes.approximate_receive_count},
            )
            raise
        tools.count("MessagesProcessed")

    return process


def _processor(event: dict[str, Any]) -> BatchProcessor:
    records = event.get("Records") or [{}]
    fifo = str(records[0].get("eventSourceARN", "")).endswith(".fifo")
    return SqsFifoPartialProcessor() if fifo else BatchProcessor(event_type=EventType.SQS)
