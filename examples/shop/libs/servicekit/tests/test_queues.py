"""A batch of messages, some of which fail."""

from __future__ import annotations

import json

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from servicekit.queues import queue_handler
from servicekit.testing import Context, queue_event


def failing_on(bad: str, seen: list[str]):
    def handle(record: SQSRecord) -> None:
        seen.append(record.body)
        if record.body == bad:
            raise ValueError("cannot be done")

    return queue_handler(handle)


def test_only_the_failed_message_goes_back() -> None:
    seen: list[str] = []
    answer = failing_on("b", seen)(queue_event("a", "b", "c"), Context())
    assert seen == ["a", "b", "c"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


def test_a_batch_without_failure_reports_none() -> None:
    assert failing_on("x", [])(queue_event("a", "b"), Context()) == {"batchItemFailures": []}


@pytest.mark.parametrize("queue", ["orders", "orders.fifo"])
def test_a_batch_of_which_all_messages_fail_is_an_error_of_the_function(queue: str) -> None:
    with pytest.raises(BatchProcessingError):
        failing_on("b", [])(queue_event("b", queue=queue), Context())


def test_on_a_fifo_queue_everything_after_the_failure_goes_back() -> None:
    seen: list[str] = []
    answer = failing_on("b", seen)(queue_event("a", "b", "c", queue="orders.fifo"), Context())
    assert seen == ["a", "b"]
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == [
        "message-1",
        "message-2",
    ]


def test_metrics_count_what_was_processed_and_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    failing_on("b", [])(queue_event("a", "b", "c"), Context())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = next(line for line in lines if "_aws" in line)
    assert sum(metrics["MessagesProcessed"]) == 2
    assert sum(metrics["MessagesFailed"]) == 1
