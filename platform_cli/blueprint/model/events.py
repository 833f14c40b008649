"""Buses, queues, topics and streams."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import QueueAlarms, StreamAlarms, TableAlarms, TopicAlarms
from platform_cli.blueprint.model.base import (
    AsMapping,
    AsText,
    ByForm,
    Items,
    Name,
    Source,
    Text,
    ThingsMayBeEmpty,
)


class EventStore(Source):
    """What happened, in the order in which it happened: a table that is only ever appended to."""

    encryption: Literal["aws_owned", "aws_managed", "customer_managed"] = "aws_owned"
    """Whose key encrypts the events."""
    backup: Name | None = None
    """The plan under `backups` that backs the events up."""
    alarms: TableAlarms = TableAlarms.model_construct()
    """What is different from the alarms of other tables."""


DetailType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.@ -]{0,127}$")]


class EventType(Source):
    """A type of events that a bus carries."""

    description: str = ""
    """What has happened when it comes."""
    schema_file: Text | None = Field(default=None, alias="schema")
    """A file with the JSON Schema (Draft 4) of the events' `detail`, relative to the blueprint."""
    examples: Items[Text] = ()
    """Files with a `detail` each, which must fit the schema."""


class Bus(Source):
    """An EventBridge bus."""

    archive_days: int | None = Field(default=None, ge=1)
    """Days that events are kept for replay; without it there is no archive."""
    events: Annotated[dict[DetailType, EventType], ThingsMayBeEmpty] = Field(default_factory=dict)
    """The types of events that it carries; without any, nobody checks what is published."""


class Subscription(Source):
    """What a queue takes from a bus or a topic."""

    bus: Name | None = None
    """The bus."""
    topic: Name | None = None
    """The topic."""
    detail_types: Items[Text] = ()
    """The types of events to take; without it, all of the bus."""
    sources: Items[Text] = ()
    """The senders to take events of; without it, all."""
    message_group: Text | None = None
    """The message group of a FIFO queue that events of the bus go into; without it, the name of the bus."""


class DeadLetter(Source):
    """Where messages go that fail again and again."""

    max_receives: int = Field(default=3, ge=1, le=1000)
    """How often a message is tried."""
    retention_days: int = Field(default=14, ge=1, le=14)
    """Days that failed messages are kept."""


class Queue(Source):
    """An SQS queue."""

    subscription: Subscription | None = Field(default=None, alias="from")
    """What the queue takes from a bus or a topic."""
    fifo: bool = False
    """Whether messages keep their order and come once."""
    content_deduplication: bool | None = None
    """Whether FIFO tells messages apart by their content; `false` if senders give each an id of its own."""
    high_throughput: bool | None = None
    """Whether FIFO keeps order within a message group alone, for many times the messages a second."""
    visibility_timeout_seconds: int | None = Field(default=None, ge=0, le=43200)
    """Seconds that a received message stays hidden; without it, six times the timeout of its functions."""
    retention_days: int = Field(default=4, ge=1, le=14)
    """Days that messages are kept."""
    delay_seconds: int = Field(default=0, ge=0, le=900)
    """Seconds until a new message can be received."""
    dead_letter: DeadLetter | None = DeadLetter.model_construct()
    """Where messages go that fail again and again; `null` for nowhere."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the messages, and those that failed: a key of SQS itself, or one of your own."""
    alarms: QueueAlarms = QueueAlarms.model_construct()
    """What is different from the alarms of other queues."""


class Topic(Source):
    """An SNS topic."""

    fifo: bool = False
    """Whether messages keep their order and come once."""
    content_deduplication: bool | None = None
    """Whether FIFO tells messages apart by their content; `false` if senders give each an id of its own."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the messages."""
    alarms: TopicAlarms = TopicAlarms.model_construct()
    """What is different from the alarms of other topics."""


class StreamShards(Source):
    """Provisioned capacity of a stream."""

    shards: int = Field(ge=1, le=10000)
    """Shards; each takes 1 MB or 1,000 records a second."""


class Stream(Source):
    """A Kinesis data stream."""

    capacity: Annotated[
        Annotated[Literal["on_demand"], AsText] | Annotated[StreamShards, AsMapping], ByForm
    ] = "on_demand"
    """Paid by use, or a number of shards."""
    retention_hours: int = Field(default=24, ge=24, le=8760)
    """Hours that records are kept."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the records."""
    alarms: StreamAlarms = StreamAlarms.model_construct()
    """What is different from the alarms of other streams."""
