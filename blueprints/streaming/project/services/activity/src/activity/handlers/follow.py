"""Stream user-activity: the latest of each user."""

from __future__ import annotations

from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from servicekit.clock import utc_now
from servicekit.streams import stream_handler

from activity import wiring
from activity.logic.activity import Happening


def follow_one(record: KinesisStreamRecord) -> None:
    """Follow one record; an error makes Lambda deliver it, and those after it, again."""
    happening = Happening.model_validate_json(record.kinesis.data_as_bytes())
    wiring.activity().did(happening, utc_now(), record.kinesis.sequence_number)


handler = stream_handler(follow_one)
