"""Alarms on queues, dead-letter queues and streams."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import (
    NO_MESSAGES,
    QUEUE,
    SENT_IF_ANY,
    AlarmRule,
    Measure,
)

SHARD_BYTES = 1_000_000
SHARD_RECORDS = 1_000
"""That a shard takes in a second (Kinesis guide, «Quotas and limits», 2026-11)."""
_STREAM = ("StreamName",)

QUEUES = (
    AlarmRule(
        "queues.age",
        "AWS/SQS",
        (Measure("age", "ApproximateAgeOfOldestMessage", "Maximum", QUEUE),),
        None,
        900,
        "s",
        "warning",
        "messages wait; whoever takes them is too slow, or takes none",
        NO_MESSAGES,
    ),
    AlarmRule(
        "queues.depth",
        "AWS/SQS",
        (Measure("messages", "ApproximateNumberOfMessagesVisible", "Maximum", QUEUE),),
        None,
        1_000,
        "messages",
        "warning",
        "more messages come than are taken",
        NO_MESSAGES,
        evaluation_periods=3,
        datapoints=3,
    ),
    AlarmRule(
        "queues.undelivered",
        "AWS/Events",
        (Measure("failed", "FailedInvocations", "Sum", ("EventBusName", "RuleName")),),
        None,
        0,
        "events in a period",
        "critical",
        "the bus cannot put events into the queue; they are lost",
        SENT_IF_ANY,
    ),
)

DEAD_LETTERS = (
    AlarmRule(
        "queues.dead_letters",
        "AWS/SQS",
        (Measure("messages", "ApproximateNumberOfMessagesVisible", "Maximum", QUEUE),),
        None,
        0,
        "messages",
        "critical",
        "nobody could handle the messages in the dead-letter queue",
        NO_MESSAGES,
    ),
)

TOPICS = (
    AlarmRule(
        "topics.undelivered",
        "AWS/SNS",
        (Measure("failed", "NumberOfNotificationsFailed", "Sum", ("TopicName",)),),
        None,
        0,
        "messages in a period",
        "critical",
        "messages of the topic could not be delivered to a queue or a function",
        SENT_IF_ANY,
    ),
)

STREAMS = (
    AlarmRule(
        "streams.age",
        "AWS/Kinesis",
        (Measure("age", "GetRecords.IteratorAgeMilliseconds", "Maximum", _STREAM),),
        None,
        300_000,
        "ms",
        "warning",
        "readers fall behind",
        "where nobody reads, nobody falls behind",
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "streams.throttles",
        "AWS/Kinesis",
        (
            Measure("reads", "ReadProvisionedThroughputExceeded", "Sum", _STREAM),
            Measure("writes", "WriteProvisionedThroughputExceeded", "Sum", _STREAM),
        ),
        "FILL(reads, 0) + FILL(writes, 0)",
        0,
        "calls in a period",
        "warning",
        "reads or writes of the stream are turned away",
        "without reads and writes there is nothing to turn away",
    ),
    AlarmRule(
        "streams.unused",
        "AWS/Kinesis",
        (
            Measure("bytes", "IncomingBytes", "Sum", _STREAM),
            Measure("records", "IncomingRecords", "Sum", _STREAM),
        ),
        # A shard takes so many bytes or so many records: what is nearer to its limit counts.
        f"MAX([FILL(bytes, 0), {SHARD_BYTES // SHARD_RECORDS} * FILL(records, 0)]) / PERIOD(bytes)",
        20,
        "% of what the shards take, for a day",
        "info",
        "shards of the stream are paid for and hardly used",
        "nobody writes into what is paid for",
        scale="shard_bytes",
        period_seconds=3600,
        evaluation_periods=24,
        datapoints=24,
        missing="breaching",
        bad="below",
    ),
)
