"""Databases and caches as graphs, instance by instance and node by node."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.resolved import ResolvedCache, ResolvedDatabase, ResolvedEnvironment
from platform_cli.stacks.alarms.guarding import cache_alarms, database_alarms, instances_of, nodes_of
from platform_cli.stacks.dashboards.figures import limits_in
from platform_cli.stacks.dashboards.parts import (
    DOUBTFUL,
    SECOND,
    Graph,
    Line,
    Metric,
    Threshold,
    colour_of,
    single,
)

_RDS, _CACHE = "AWS/RDS", "AWS/ElastiCache"
_MISSES = (SECOND, "#e377c2")
"""Of a node each, beside its hits."""


def database_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """How large each database is: capacity, memory, connections."""
    for name, database in sorted(system.databases.items()):
        alarms = list(database_alarms(system, database))
        most = (Threshold(database.max_acu, "greatest", DOUBTFUL),)
        capacity = _instances(database, "ServerlessDatabaseCapacity", "Average")
        yield Graph(f"{name}: capacity", capacity, "ACU", most)
        memory = _instances(database, "FreeableMemory", "Minimum")
        yield Graph(f"{name}: free memory", memory, "bytes", limits_in(system, alarms, "memory"))
        open_ = _instances(database, "DatabaseConnections", "Maximum")
        yield Graph(f"{name}: connections", open_, "open", limits_in(system, alarms, "connections"))


def database_speed(system: ResolvedEnvironment) -> Iterator[Graph]:
    """How busy each database is, and how long it takes to commit."""
    for name, database in sorted(system.databases.items()):
        alarms = list(database_alarms(system, database))
        load = _instances(database, "ACUUtilization", "Maximum")
        yield Graph(f"{name}: capacity in use", load, "%", limits_in(system, alarms, "load"))
        processor = _instances(database, "CPUUtilization", "Maximum")
        yield Graph(f"{name}: processor", processor, "%", limits_in(system, alarms, "cpu"))
        yield Graph(f"{name}: commits", _instances(database, "CommitLatency", "Average"), "ms")


def cache_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """How full each cache is: memory, connections, what it threw away."""
    for name, cache in sorted(system.caches.items()):
        alarms = list(cache_alarms(system, cache))
        memory = _nodes(cache, "DatabaseMemoryUsagePercentage", "Maximum")
        yield Graph(f"{name}: memory", memory, "%", limits_in(system, alarms, "memory"))
        open_ = _nodes(cache, "CurrConnections", "Maximum")
        yield Graph(f"{name}: connections", open_, "open", limits_in(system, alarms, "connections"))
        yield Graph(f"{name}: thrown away for want of room", _nodes(cache, "Evictions"), "in 5 minutes")


def cache_speed(system: ResolvedEnvironment) -> Iterator[Graph]:
    """What each cache answers, and how busy its nodes are."""
    for name, cache in sorted(system.caches.items()):
        alarms = list(cache_alarms(system, cache))
        hits, misses = _nodes(cache, "CacheHits"), _nodes(cache, "CacheMisses")
        yield Graph(
            f"{name}: answers",
            (
                *(single(f"{line.label} hits", line.colour, line.metrics[0][1]) for line in hits),
                *(
                    single(f"{line.label} misses", colour, line.metrics[0][1])
                    for line, colour in zip(misses, _MISSES, strict=False)
                ),
            ),
            "in 5 minutes",
        )
        load = _nodes(cache, "EngineCPUUtilization", "Maximum")
        yield Graph(f"{name}: processor", load, "%", limits_in(system, alarms, "load"))
        memory = _nodes(cache, "DatabaseMemoryUsagePercentage", "Maximum")
        yield Graph(f"{name}: memory", memory, "%", limits_in(system, alarms, "memory"))


def _instances(database: ResolvedDatabase, name: str, statistic: str) -> tuple[Line, ...]:
    """A metric of each instance; which of them writes changes."""
    return tuple(
        single(
            f"instance {number}",
            colour_of(number - 1),
            Metric(_RDS, name, (("DBInstanceIdentifier", instance),), statistic),
        )
        for number, instance in enumerate(instances_of(database), start=1)
    )


def _nodes(cache: ResolvedCache, name: str, statistic: str = "Sum") -> tuple[Line, ...]:
    """A metric of each node; which of them is the primary changes."""
    return tuple(
        single(
            f"node {node}",
            colour_of(number),
            Metric(_CACHE, name, (("CacheClusterId", f"{cache.physical_name}-{node}"),), statistic),
        )
        for number, node in enumerate(nodes_of(cache))
    )
