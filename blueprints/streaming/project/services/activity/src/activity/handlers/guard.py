"""Stream security-events: what the API refused, kept, and counted by status."""

from __future__ import annotations

from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from servicekit.observability import observability
from servicekit.streams import stream_handler

from activity import wiring
from activity.logic.activity import refusals

tools = observability(__name__)


def keep_refusals(record: KinesisStreamRecord) -> None:
    """Keep the refusals of one record, which holds several lines of the log."""
    for refusal in refusals(record.kinesis.data_as_bytes()):
        wiring.refusals().refused(refusal)
        tools.count(f"Refused{refusal.status}")


handler = stream_handler(keep_refusals)
