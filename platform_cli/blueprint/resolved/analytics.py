"""Applications of Apache Flink in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedColumn(Resolved):
    """A column of a table, with its type in Flink's SQL."""

    name: str
    type: str


class ResolvedStreamRead(Resolved):
    """A stream that is read as a table; `event_time` None means the time at which a record is read."""

    stream: str
    table: str
    columns: tuple[ResolvedColumn, ...]
    event_time: str | None
    late_seconds: int
    starting_position: Literal["latest", "trim_horizon"]


class ResolvedStreamWritten(Resolved):
    """A stream that is written as a table."""

    stream: str
    table: str
    columns: tuple[ResolvedColumn, ...]
    partition_by: tuple[str, ...]


class ResolvedConnector(Resolved):
    """A jar by its Maven coordinate; `sha256` None means what was recorded at its first download."""

    group: str
    artifact: str
    version: str
    sha256: str | None

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"


class ResolvedAnalytics(Resolved):
    """An application of Apache Flink that runs SQL over streams."""

    name: str
    physical_name: str
    sql: str
    """POSIX path of a file or folder, relative to the workspace."""
    reads: tuple[ResolvedStreamRead, ...]
    writes: tuple[ResolvedStreamWritten, ...]
    enabled: bool
    parallelism: int
    parallelism_per_kpu: int
    auto_scaling: bool
    checkpoint_seconds: int
    snapshots: bool
    log_level: Literal["debug", "info", "warn", "error"]
    log_retention_days: int
    network: str | None
    connector: ResolvedConnector
    runtime: str
    """As AWS calls it: `FLINK-1_20`."""

    @property
    def kpus(self) -> int:
        """Units that its parallelism takes, without the one of AWS's own."""
        return -(-self.parallelism // self.parallelism_per_kpu)
