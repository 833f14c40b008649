"""The IAM statements that triggers bring along: Lambda reads its sources in the name of the function."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.access import KEY_READ, KEY_SEND
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, StreamTrigger, Trigger
from platform_cli.stacks.addresses import Addresses
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.statements import Statement

KeyPlace = tuple[str, str]
"""The stack of a key, and the service that uses it."""

_QUEUE_TRIGGER = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)
_STREAM_TRIGGER = (
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
)
_TABLE_STREAM_TRIGGER = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
_CONSUMER = ("kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard")
"""What reading as a registered consumer takes beside it (Lambda guide, «Kinesis», 2026-11)."""


def trigger_statements(
    function: ResolvedFunction, trigger: Trigger, environment: ResolvedEnvironment
) -> Iterator[Statement]:
    """What a trigger of a function takes; nothing, where others call the function."""
    at = Addresses.of(environment)
    if trigger.kind == "queue":
        queue = at.queue(environment.queues[trigger.queue].physical_name)
        yield Statement(f"TriggerQueue{pascal(trigger.queue)}", _QUEUE_TRIGGER, (queue,))
    elif isinstance(trigger, StreamTrigger):
        if trigger.kind == "stream":
            stream = at.stream(environment.streams[trigger.source].physical_name)
            yield Statement(f"TriggerStream{pascal(trigger.source)}", _STREAM_TRIGGER, (stream,))
            if trigger.enhanced_fan_out:
                # AWS appends the time of registration to the name.
                consumer = f"{stream}/consumer/{function.physical_name}:*"
                yield Statement(f"Consumer{pascal(trigger.source)}", _CONSUMER, (consumer,))
        else:
            table = at.table(environment.tables[trigger.source].physical_name)
            sid = f"TriggerTable{pascal(trigger.source)}"
            yield Statement(sid, _TABLE_STREAM_TRIGGER, (f"{table}/stream/*",))
        if trigger.on_failure:
            queue = at.queue(environment.queues[trigger.on_failure].physical_name)
            yield Statement(f"OnFailure{pascal(trigger.on_failure)}", ("sqs:SendMessage",), (queue,))


def trigger_keys(
    trigger: Trigger, environment: ResolvedEnvironment
) -> Iterator[tuple[KeyPlace, tuple[str, ...]]]:
    """What reading a source under a key of ours takes, and telling a queue under one of failures."""
    if trigger.kind == "queue" and environment.queues[trigger.queue].encryption == "customer_managed":
        yield ("events", "sqs"), KEY_READ
    if not isinstance(trigger, StreamTrigger):
        return
    if trigger.kind == "stream":
        if environment.streams[trigger.source].encryption == "customer_managed":
            yield ("data", "kinesis"), KEY_READ
    elif environment.tables[trigger.source].encryption == "customer_managed":
        yield ("data", "dynamodb"), KEY_READ
    if trigger.on_failure and environment.queues[trigger.on_failure].encryption == "customer_managed":
        yield ("events", "sqs"), KEY_SEND
