"""A batch of records, some of which fail."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord

from servicekit.streams import stream_handler
from servicekit.testing import Context


def records(*bodies: str) -> dict[str, Any]:
    found = []
    for number, body in enumerate(bodies):
        data = base64.b64encode(body.encode()).decode()
        kinesis = {"partitionKey": "1", "sequenceNumber": str(number), "data": data}
        found.append({"eventSource": "aws:kinesis", "kinesis": kinesis})
    return {"Records": found}


def failing_on(bad: str, seen: list[str]):
    def handle(record: KinesisStreamRecord) -> None:
        seen.append(record.kinesis.data_as_text())
        if seen[-1] == bad:
            raise ValueError("cannot be done")

    return stream_handler(handle)


def test_what_failed_is_reported_counted_and_told(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    answer = failing_on("b", seen)(records("a", "b", "c"), Context())
    assert (seen, answer) == (["a", "b", "c"], {"batchItemFailures": [{"itemIdentifier": "1"}]})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = next(line for line in lines if "_aws" in line)
    assert (sum(metrics["RecordsProcessed"]), sum(metrics["RecordsFailed"])) == (2, 1)
    (told,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert vars(told)["sequence"] == "1"


def test_a_batch_of_which_all_records_fail_is_an_error_of_the_function() -> None:
    with pytest.raises(BatchProcessingError):
        failing_on("b", [])(records("b"), Context())


def test_changes_of_tables_come_the_same_way() -> None:
    seen: list[str] = []

    def handle(record: DynamoDBRecord) -> None:
        keys = record.dynamodb.keys if record.dynamodb else {}
        seen.append(str(keys["pk"]))
        if keys["pk"] == "b":
            raise ValueError("cannot be done")

    event = {
        "Records": [
            {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": {"pk": {"S": pk}}, "SequenceNumber": pk}}
            for pk in ("a", "b")
        ]
    }
    answer = stream_handler(handle)(event, Context())
    assert (seen, answer) == (["a", "b"], {"batchItemFailures": [{"itemIdentifier": "b"}]})
