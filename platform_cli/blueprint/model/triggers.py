"""What drives functions: each trigger is a mapping whose first key says its kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from platform_cli.blueprint.model.base import CHOICE_PREFIX, Items, Name, Source, Text


class QueueTrigger(Source):
    """An SQS queue drives the function."""

    queue: Name
    """The queue."""
    batch_size: int = Field(default=10, ge=1, le=10000)
    """Messages at once, at most."""
    batch_window_seconds: int = Field(default=0, ge=0, le=300)
    """Seconds to wait for a full batch."""
    max_concurrency: int | None = Field(default=None, ge=2, le=1000)
    """Batches at the same time, at most."""
    filters: Items[dict[str, Any]] = ()
    """Event filter patterns; a message passes if one matches."""


class RecordTrigger(Source):
    """What the triggers of a stream share."""

    batch_size: int = Field(default=100, ge=1, le=10000)
    """Records at once, at most."""
    batch_window_seconds: int = Field(default=0, ge=0, le=300)
    """Seconds to wait for a full batch."""
    starting_position: Literal["latest", "trim_horizon"] = "latest"
    """Where a new trigger starts: at what comes, or at the oldest record."""
    bisect_on_error: bool = True
    """Whether a failed batch is tried again in halves."""
    max_retries: int = Field(default=3, ge=0, le=10000)
    """How often a failed batch is tried again."""
    max_age_seconds: int | None = Field(default=None, ge=60, le=604800)
    """Seconds after which a record is given up."""
    parallelization: int = Field(default=1, ge=1, le=10)
    """Batches of one shard at the same time."""
    tumbling_window_seconds: int | None = Field(default=None, ge=1, le=900)
    """Seconds of a window that state is carried through."""
    on_failure: Name | None = None
    """The queue that is told of batches given up."""
    filters: Items[dict[str, Any]] = ()
    """Event filter patterns; a record passes if one matches."""


class StreamTrigger(RecordTrigger):
    """A Kinesis stream drives the function."""

    stream: Name
    """The stream."""
    enhanced_fan_out: bool = False
    """Whether the function gets 2 MB a second of each shard for itself, which is paid for."""


class TableStreamTrigger(RecordTrigger):
    """The changes of a table drive the function."""

    table_stream: Name
    """The table; it needs a `stream`."""


class Projection(Source):
    """From where to where a projection goes."""

    of: Text
    """The event store: `event_stores.NAME`."""
    into: Text | None = None
    """The table that it keeps: `tables.NAME`; without it, the function only follows the events."""


class ProjectionTrigger(RecordTrigger):
    """The events of an event store drive the function, each aggregate's in order."""

    projection: Projection
    """What is projected, and into what."""
    starting_position: Literal["latest", "trim_horizon"] = "trim_horizon"
    """Where a new trigger starts: at the oldest event that the stream still has, or at what comes."""
    max_retries: int = Field(default=10, ge=0, le=10000)
    """How often a failed batch is tried again."""


class BusTrigger(Source):
    """Events of a bus call the function."""

    bus: Name
    """The bus."""
    detail_types: Items[Text] = ()
    """The types of events to take; without it, all of the bus."""
    sources: Items[Text] = ()
    """The senders to take events of; without it, all."""


class ScheduleTrigger(Source):
    """The clock calls the function."""

    schedule: Text
    """`rate(5 minutes)`, `cron(0 8 * * ? *)` or `at(2027-01-01T00:00:00)`."""
    timezone: Text = "UTC"
    """The time zone of a `cron` or `at`, such as `Europe/Berlin`."""
    enabled: bool = True
    """Whether it runs."""
    input: Any = None
    """What the function is given."""


class BucketTrigger(Source):
    """Objects that appear in or leave a bucket call the function."""

    bucket: Name
    """The bucket."""
    events: Items[Literal["created", "removed"]] = ("created",)
    """What happened to the object."""
    prefix: Text | None = None
    """Only keys that begin so."""
    suffix: Text | None = None
    """Only keys that end so."""


class TopicTrigger(Source):
    """Messages of an SNS topic call the function."""

    topic: Name
    """The topic."""
    filter_policy: dict[str, Any] | None = None
    """Which messages to take; without it, all."""


TRIGGER_KINDS = ("queue", "stream", "table_stream", "projection", "bus", "schedule", "bucket", "topic")


def _kind(data: Any) -> str | None:
    fields = data if isinstance(data, dict) else getattr(type(data), "model_fields", {})
    return next((CHOICE_PREFIX + kind for kind in TRIGGER_KINDS if kind in fields), None)


Trigger = Annotated[
    Annotated[QueueTrigger, Tag(CHOICE_PREFIX + "queue")]
    | Annotated[StreamTrigger, Tag(CHOICE_PREFIX + "stream")]
    | Annotated[TableStreamTrigger, Tag(CHOICE_PREFIX + "table_stream")]
    | Annotated[ProjectionTrigger, Tag(CHOICE_PREFIX + "projection")]
    | Annotated[BusTrigger, Tag(CHOICE_PREFIX + "bus")]
    | Annotated[ScheduleTrigger, Tag(CHOICE_PREFIX + "schedule")]
    | Annotated[BucketTrigger, Tag(CHOICE_PREFIX + "bucket")]
    | Annotated[TopicTrigger, Tag(CHOICE_PREFIX + "topic")],
    Discriminator(
        _kind,
        custom_error_type="unknown_trigger",
        custom_error_message="a trigger has one of the keys " + ", ".join(TRIGGER_KINDS),
    ),
]
