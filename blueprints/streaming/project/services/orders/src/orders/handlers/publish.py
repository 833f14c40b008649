"""Stream orders, onto bus events: other services hear of orders, without customers or contents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from servicekit.events import Publisher
from servicekit.observability import observability

from orders import wiring
from orders.logic.orders import told

tools = observability(__name__)
processor = BatchProcessor(EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)


def publishing(bus: Callable[[], Publisher]) -> Callable[[KinesisStreamRecord], None]:
    """What is done with a record, on a bus that is found at the first one."""

    def publish(record: KinesisStreamRecord) -> None:
        bus().publish(told(json.loads(record.kinesis.data_as_bytes())))
        tools.count("EventsPublished")

    return publish


def handle(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401
    """Publish a batch; what failed is reported record by record."""
    return process_partial_response(event, publishing(wiring.bus), processor, context)


handler = tools.watch(handle)
