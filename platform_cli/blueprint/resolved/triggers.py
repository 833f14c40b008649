"""What drives functions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from platform_cli.blueprint.resolved.base import Resolved


class QueueTrigger(Resolved):
    """An SQS queue drives the function; failures are reported a message at a time."""

    kind: Literal["queue"] = "queue"
    queue: str
    batch_size: int
    batch_window_seconds: int
    max_concurrency: int | None
    filters: tuple[str, ...] = ()
    """Event filter patterns, each as JSON text."""


class StreamTrigger(Resolved):
    """A Kinesis stream (`kind: stream`) or a table's stream (`kind: table_stream`)."""

    kind: Literal["stream", "table_stream"]
    source: str
    """The stream's or the table's name in the blueprint."""
    batch_size: int
    batch_window_seconds: int
    starting_position: Literal["latest", "trim_horizon"]
    bisect_on_error: bool
    max_retries: int
    max_age_seconds: int | None
    parallelization: int
    tumbling_window_seconds: int | None
    on_failure: str | None
    """A queue's name, or None."""
    filters: tuple[str, ...] = ()
    enhanced_fan_out: bool = False
    """Whether the function is a registered consumer of the stream, with throughput of its own."""
    projection_of: str | None = None
    """The event store whose table `source` is; None where the trigger is no projection."""
    projection_into: str | None = None
    """The table that a projection keeps."""


class BusTrigger(Resolved):
    """Events of a bus call the function asynchronously."""

    kind: Literal["bus"] = "bus"
    bus: str
    detail_types: tuple[str, ...]
    sources: tuple[str, ...]


class ScheduleTrigger(Resolved):
    """`rate(…)`, `cron(…)` or `at(…)` of EventBridge Scheduler, in `timezone`."""

    kind: Literal["schedule"] = "schedule"
    schedule: str
    timezone: str
    enabled: bool
    input: str | None
    """JSON text given to the function."""


class BucketTrigger(Resolved):
    """Objects created in or removed from a bucket."""

    kind: Literal["bucket"] = "bucket"
    bucket: str
    events: tuple[Literal["created", "removed"], ...]
    prefix: str | None
    suffix: str | None


class TopicTrigger(Resolved):
    """Messages of an SNS topic."""

    kind: Literal["topic"] = "topic"
    topic: str
    filter_policy: str | None
    """JSON text, or None."""


Trigger = Annotated[
    QueueTrigger | StreamTrigger | BusTrigger | ScheduleTrigger | BucketTrigger | TopicTrigger,
    Field(discriminator="kind"),
]
