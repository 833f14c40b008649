"""Buses, queues, topics and streams in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedEventType(Resolved):
    """A type of events on a bus."""

    detail_type: str
    description: str = ""
    schema_text: str | None = None
    """The JSON Schema (Draft 4) of its `detail`, as JSON; None if anything may be in it."""


class ResolvedBus(Resolved):
    """An EventBridge bus; `archive_days` None means no archive."""

    name: str
    physical_name: str
    archive_days: int | None
    events: tuple[ResolvedEventType, ...] = ()
    """The types of events that it may carry; none means any."""


class ResolvedSubscription(Resolved):
    """What a queue or function takes from a bus or topic."""

    bus: str | None
    topic: str | None
    detail_types: tuple[str, ...]
    sources: tuple[str, ...]
    message_group: str | None = None
    """Of a FIFO queue that takes from a bus."""


class ResolvedDeadLetter(Resolved):
    """Where messages go that were received `max_receives` times without success."""

    physical_name: str
    max_receives: int
    retention_days: int


class ResolvedQueue(Resolved):
    """An SQS queue."""

    name: str
    physical_name: str
    fifo: bool
    visibility_timeout_seconds: int
    retention_days: int
    delay_seconds: int
    subscription: ResolvedSubscription | None
    dead_letter: ResolvedDeadLetter | None
    content_deduplication: bool = True
    """Of a FIFO queue: whether equal contents are one message."""
    high_throughput: bool = False
    """Of a FIFO queue: whether order and deduplication hold within a message group alone."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"


class ResolvedTopic(Resolved):
    """An SNS topic."""

    name: str
    physical_name: str
    fifo: bool
    content_deduplication: bool = True
    """Of a FIFO topic: whether equal contents are one message."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"


class ResolvedStream(Resolved):
    """A Kinesis data stream; `shards` None means on demand."""

    name: str
    physical_name: str
    shards: int | None
    retention_hours: int
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
