"""Applications of Apache Flink: SQL over streams."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import AnalyticsAlarms
from platform_cli.blueprint.model.base import Items, Name, Shorthand, Source, Text
from platform_cli.blueprint.model.services import LogRetention

Column = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$")]
Columns = Annotated[dict[Column, Text], Field(min_length=1)]


class StreamRead(Source):
    """A stream that SQL reads as a table."""

    columns: Columns
    """The fields of a record that SQL sees, with their types in Flink's SQL: `total: DECIMAL(10, 2)`."""
    event_time: Column | None = None
    """The column with the time that a record speaks of; without it, the time at which it is read."""
    late_seconds: int = Field(default=5, ge=0, le=86400)
    """Seconds that a window waits for records that come late."""
    starting_position: Literal["latest", "trim_horizon"] = "latest"
    """Where the first start begins: with new records, or with the oldest that are kept."""


class StreamWritten(Source):
    """A stream that SQL writes as a table."""

    columns: Columns
    """The fields of a record, with their types in Flink's SQL."""
    partition_by: Items[Column] = ()
    """Columns whose values keep their order; without it, records spread over the shards."""


class Connector(Shorthand):
    """The jar that connects Flink with Kinesis."""

    shorthand: ClassVar[str] = "maven"

    maven: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+$")]
    """Its Maven coordinate: `group:artifact:version`."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Its checksum; without it, the first download is recorded in `connectors.lock`."""


class Analytics(Source):
    """SQL over streams, in Amazon Managed Service for Apache Flink."""

    sql: Text
    """A file with statements, or a folder of `.sql` files, which run in the order of their names."""
    reads: Annotated[dict[Name, StreamRead], Field(min_length=1, alias="from")]
    """Streams that SQL reads, each a table of its name."""
    into: Annotated[dict[Name, StreamWritten], Field(min_length=1)]
    """Streams that SQL writes, each a table of its name."""
    enabled: bool = True
    """Whether it runs; stopped, it keeps a snapshot of its state, and costs nothing by the hour."""
    parallelism: int = Field(default=1, ge=1)
    """Tasks that run at once, at the start."""
    parallelism_per_kpu: int = Field(default=1, ge=1, le=8)
    """Tasks in one unit of a CPU and 4 GB."""
    auto_scaling: bool = True
    """Whether AWS changes the parallelism with the load."""
    checkpoint_seconds: int = Field(default=60, ge=1, le=3600)
    """Seconds between two savings of the state."""
    snapshots: bool = True
    """Whether its state is kept when it is stopped or changed."""
    log_level: Literal["debug", "info", "warn", "error"] = "info"
    """The level below which Flink logs nothing."""
    log_retention_days: LogRetention | None = None
    """Days that logs are kept; without it, `log_retention_days` of the defaults."""
    network: Name | None = None
    """The network that it runs in; without it, none of yours."""
    connector: Connector | None = None
    """Another jar than the default, to connect with Kinesis."""
    alarms: AnalyticsAlarms = AnalyticsAlarms.model_construct()
    """What is different from the alarms of other applications."""
