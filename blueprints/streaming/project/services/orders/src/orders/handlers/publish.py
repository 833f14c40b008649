"""Stream orders, onto bus events: other services hear of orders, without customers or contents."""

from __future__ import annotations

import json
from collections.abc import Callable

from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from servicekit.events import Publisher
from servicekit.observability import observability
from servicekit.streams import stream_handler

from orders import wiring
from orders.logic.orders import told

tools = observability(__name__)


def publishing(bus: Callable[[], Publisher]) -> Callable[[KinesisStreamRecord], None]:
    """What is done with a record, on a bus that is found at the first one."""

    def publish(record: KinesisStreamRecord) -> None:
        bus().publish(told(json.loads(record.kinesis.data_as_bytes())))
        tools.count("EventsPublished")

    return publish


handler = stream_handler(publishing(wiring.bus))
