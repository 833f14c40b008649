"""Stream user-activity: the latest of each user."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from servicekit.clock import utc_now
from servicekit.observability import observability

from activity import wiring
from activity.logic.activity import Happening

tools = observability(__name__)
processor = BatchProcessor(EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)


def follow_one(record: KinesisStreamRecord) -> None:
    """Follow one record; an error makes Lambda deliver it, and those after it, again."""
    happening = Happening.model_validate_json(record.kinesis.data_as_bytes())
    wiring.activity().did(happening, utc_now(), record.kinesis.sequence_number)


def handle(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401
    """Follow a batch; what failed is reported record by record."""
    return process_partial_response(event, follow_one, processor, context)


handler = tools.watch(handle)
