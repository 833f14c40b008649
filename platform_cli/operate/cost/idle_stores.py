"""Rules about databases and caches that are larger than what was ever used of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from platform_cli.blueprint.resolved import ResolvedDatabase, ResolvedDatabaseUsage, ResolvedEnvironment
from platform_cli.operate.cost.advice import Advice, Case
from platform_cli.operate.cost.idle import LOW_USE

_SMALLEST_ACU = 0.5
"""The least that does not pause; in steps of as much."""
_SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge")


def idle_database_capacity(case: Case) -> Iterator[Advice]:
    """Databases that never outgrew their minimum, and used little of it."""
    for name, database in case.environment.databases.items():
        peak = case.seen.stores.databases.get(name)
        if peak is None or database.min_acu <= _SMALLEST_ACU or peak.capacity_acu > database.min_acu:
            continue
        if peak.processor_acu >= database.min_acu * LOW_USE or _was_unused(case, database):
            continue
        wanted = max(_SMALLEST_ACU, ceil(peak.processor_acu / LOW_USE / _SMALLEST_ACU) * _SMALLEST_ACU)
        message = (
            f"database {name} never grew beyond its {database.min_acu:g} ACU, and its processor used "
            f"{peak.processor_acu / database.min_acu:.0%} of them at most {case.period}"
        )
        change = f"write min_acu: {wanted:g}; each ACU less is 2 GiB of memory less, so watch its reads"
        advised = _with_minimum(case.environment, database, wanted)
        yield Advice(
            "idle-database-capacity",
            ("databases", name, "capacity", "min_acu"),
            message,
            change,
            case.saving(advised),
        )


def unused_databases(case: Case) -> Iterator[Advice]:
    """Databases that nobody connected to, and that could pause."""
    for name, database in case.environment.databases.items():
        if not _was_unused(case, database):
            continue
        yield Advice(
            "unused-database",
            ("databases", name, "capacity", "min_acu"),
            f"nobody connected to database {name} {case.period}, which keeps {database.min_acu:g} ACU",
            "write min_acu: 0, so that it pauses after five minutes; the next connection then waits for it",
            case.saving(_with_minimum(case.environment, database, 0.0)),
        )


def _was_unused(case: Case, database: ResolvedDatabase) -> bool:
    """Whether it might have paused all the time; a proxy keeps connections open, so it never does."""
    peak = case.seen.stores.databases.get(database.name)
    if peak is None or peak.connections is None or peak.connections > 0:
        return False
    whole = case.seen.measurement.days >= case.seen.window_days
    return whole and database.min_acu > 0 and not database.proxy


def idle_cache_nodes(case: Case) -> Iterator[Advice]:
    """Caches whose nodes are used below a fifth, in processor and in memory."""
    for name, cache in case.environment.caches.items():
        peak, smaller = case.seen.stores.caches.get(name), smaller_node(cache.node_type)
        if peak is None or smaller is None or max(peak.processor, peak.memory) >= LOW_USE:
            continue
        fewer = cache.model_copy(update={"node_type": smaller})
        advised = case.environment.model_copy(update={"caches": {**case.environment.caches, name: fewer}})
        known = all(
            case.unit_usd(f"elasticache.{cache.engine}.{node}") is not None
            for node in (cache.node_type, smaller)
        )
        message = (
            f"cache {name} used {peak.processor:.0%} of the processor and {peak.memory:.0%} of the memory of "
            f"a {cache.node_type} at most {case.period}"
        )
        saving = case.saving(advised) if known else None
        path = ("caches", name, "node_type")
        yield Advice("idle-cache-nodes", path, message, f"write node_type: {smaller}", saving)


def smaller_node(node_type: str) -> str | None:
    """The next smaller node, of at least a third of the memory; None where there is none that is known."""
    _, family, size = node_type.split(".")
    if family.startswith("t"):
        return {"medium": f"cache.{family}.small", "small": f"cache.{family}.micro"}.get(size)
    if size not in _SIZES:
        return None
    if size == "large":
        # The families of memory have twice that of the general ones, whose smallest is twice a t4g.medium.
        return {"r": "cache.m7g.large", "m": "cache.t4g.medium"}.get(family[0])
    return f"cache.{family}.{_SIZES[_SIZES.index(size) - 1]}"


def _with_minimum(
    environment: ResolvedEnvironment, database: ResolvedDatabase, min_acu: float
) -> ResolvedEnvironment:
    """The environment with a smaller minimum, at which the database stays as it stayed at the old one."""
    usage = environment.usage
    used = usage.databases.get(database.name, ResolvedDatabaseUsage())
    stays = {**usage.databases, database.name: used.model_copy(update={"average_acu": min_acu})}
    smaller = database.model_copy(update={"min_acu": min_acu})
    return environment.model_copy(
        update={
            "databases": {**environment.databases, database.name: smaller},
            "usage": usage.model_copy(update={"databases": stays}),
        }
    )
