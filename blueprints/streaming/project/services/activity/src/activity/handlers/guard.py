"""Stream security-events: what the API refused, kept, and counted by status."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from servicekit.observability import observability

from activity import wiring
from activity.logic.activity import refusals

tools = observability(__name__)
processor = BatchProcessor(EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)


def keep_refusals(record: KinesisStreamRecord) -> None:
    """Keep the refusals of one record, which holds several lines of the log."""
    for refusal in refusals(record.kinesis.data_as_bytes()):
        wiring.refusals().refused(refusal)
        tools.count(f"Refused{refusal.status}")


def handle(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401
    """Keep a batch; what failed is reported record by record."""
    return process_partial_response(event, keep_refusals, processor, context)


handler = tools.watch(handle)
