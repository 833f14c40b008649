"""Stream handlers: one function a record, failures reported a record at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from servicekit.observability import Handler, Observability, observability

Record = TypeVar("Record", KinesisStreamRecord, DynamoDBRecord)


def stream_handler(function: Callable[[Record], object]) -> Handler:
    """Turn a function of one record into the Lambda handler of a stream, or of a table's changes.

    A record for which the function raises is delivered again, with those after it in its shard, until it
    is done or the trigger's `retries` are over. A batch of which every record fails ends in an error, so
    that the function's own alarms see it.

    Records come at least once, and after a failure not in their order, since those behind a failed one are
    tried before it comes again: the function must be idempotent, and go by sequence numbers where order
    counts.
    """
    tools = observability(function.__module__)

    def handle(event: dict[str, Any], context: LambdaContext) -> Any:
        return process_partial_response(
            event=event,
            record_handler=_one_record(function, tools),
            processor=BatchProcessor(_type_of(event)),
            context=context,
        )

    return tools.watch(handle)


def _one_record(function: Callable[[Record], object], tools: Observability) -> Callable[[Record], None]:
    def process(record: Record) -> None:
        try:
            function(record)
        except Exception:
            tools.count("RecordsFailed")
            tools.logger.exception(
                "record failed, it and those after it come again", extra={"sequence": _sequence(record)}
            )
            raise
        tools.count("RecordsProcessed")

    return process


def _sequence(record: KinesisStreamRecord | DynamoDBRecord) -> object:
    told = record.raw_event
    return told["kinesis"]["sequenceNumber"] if "kinesis" in told else told["dynamodb"]["SequenceNumber"]


def _type_of(event: dict[str, Any]) -> EventType:
    records = event.get("Records") or [{}]
    table = records[0].get("eventSource") == "aws:dynamodb"
    return EventType.DynamoDBStreams if table else EventType.KinesisDataStreams
