"""How much databases and caches were used at their busiest.

In: a resolved environment and clients. Out: peaks by name, from CloudWatch; changes nothing.

What the metrics mean: Amazon Aurora User Guide, "Performance and scaling for Aurora Serverless v2", section
"Important Amazon CloudWatch metrics for Aurora Serverless v2": there `CPUUtilization` is what is used of the
processor that there would be at the cluster's maximum of ACU. Amazon ElastiCache User Guide, "Metrics for
Valkey and Redis OSS" (November 2026).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedCache, ResolvedDatabase, ResolvedEnvironment
from platform_cli.operate.cost.metrics import Metric, Series, read_metrics

_Key = tuple[str, str, str]
"""A section, a name in it, and what is measured of it."""


@dataclass(frozen=True)
class DatabasePeak:
    """A database at its busiest.

    Attributes:
        capacity_acu: The most capacity that it had.
        processor_acu: The most of it that its processor used.
        connections: The most that it had at once; None where there is no data.
    """

    capacity_acu: float
    processor_acu: float
    connections: float | None = None


@dataclass(frozen=True)
class CachePeak:
    """The busiest node of a cache at its busiest, as shares.

    Attributes:
        processor: Of the engine's thread.
        memory: Of what the data may take.
    """

    processor: float
    memory: float


@dataclass(frozen=True)
class StorePeaks:
    """What was seen; things without data are left out."""

    databases: dict[str, DatabasePeak] = field(default_factory=dict)
    caches: dict[str, CachePeak] = field(default_factory=dict)


def read_store_peaks(
    environment: ResolvedEnvironment, clients: Clients, now: datetime, days: int
) -> StorePeaks:
    """Read the peaks of all databases and caches.

    Args:
        environment: Whose.
        clients: Its clients.
        now: The end of the period.
        days: Its length.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    series = read_metrics(dict(_metrics(environment)), clients, now, days)
    databases, caches = {}, {}
    for database in environment.databases.values():
        capacity = _peak(series, "databases", database.name, "capacity")
        processor = _peak(series, "databases", database.name, "processor")
        if capacity is not None and processor is not None:
            # A share of what the greatest capacity would have, and not of what it has at the moment.
            databases[database.name] = DatabasePeak(
                capacity,
                processor / 100 * database.max_acu,
                _peak(series, "databases", database.name, "connections"),
            )
    for cache in environment.caches.values():
        processor = _peak(series, "caches", cache.name, "processor")
        memory = _peak(series, "caches", cache.name, "memory")
        if processor is not None and memory is not None:
            caches[cache.name] = CachePeak(processor / 100, memory / 100)
    return StorePeaks(databases, caches)


def _metrics(environment: ResolvedEnvironment) -> Iterator[tuple[_Key, Metric]]:
    for database in environment.databases.values():
        yield from _of_database(database)
    for cache in environment.caches.values():
        yield from _of_cache(cache)


def _of_database(database: ResolvedDatabase) -> Iterator[tuple[_Key, Metric]]:
    where = (("DBClusterIdentifier", database.physical_name),)
    for what, metric in (
        ("capacity", "ServerlessDatabaseCapacity"),
        ("processor", "CPUUtilization"),
        ("connections", "DatabaseConnections"),
    ):
        yield ("databases", database.name, what), Metric("AWS/RDS", metric, where, "Maximum")


def _of_cache(cache: ResolvedCache) -> Iterator[tuple[_Key, Metric]]:
    for node in range(1, 3 if cache.multi_az else 2):
        where = (("CacheClusterId", f"{cache.physical_name}-{node:03d}"),)
        for what, metric in (
            ("processor", "EngineCPUUtilization"),
            ("memory", "DatabaseMemoryUsagePercentage"),
        ):
            yield (
                ("caches", cache.name, f"{what} of {node}"),
                Metric("AWS/ElastiCache", metric, where, "Maximum"),
            )


def _peak(series: dict[_Key, Series], section: str, name: str, what: str) -> float | None:
    found = (
        s.greatest
        for (of, key, measured), s in series.items()
        if (of, key, measured.partition(" of ")[0]) == (section, name, what)
    )
    return max((value for value in found if value is not None), default=None)
