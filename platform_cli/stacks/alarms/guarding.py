"""Alarms of what stands whether anybody calls or not: databases, caches, backups, user pools."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.resolved import (
    ResolvedBackup,
    ResolvedCache,
    ResolvedDatabase,
    ResolvedEnvironment,
    ResolvedIdentity,
)
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarms_of

BYTES_PER_ACU = 2 * 1024**3
"""Memory of one unit of capacity (Aurora guide, «How Aurora Serverless v2 works», 2026-11)."""
CONNECTIONS_BY_ACU = ((1.0, 189), (16.0, 3_360))
"""What Aurora PostgreSQL takes by default, by its greatest capacity: as much as the memory beside the engine.

AWS re:Post, «Working of max_connections for Amazon Aurora PostgreSQL Serverless», with what a database said;
the Aurora guide, «Performance and scaling for Aurora Serverless v2» (2026-11).
"""
MOST_CONNECTIONS = 5_000
"""That Aurora PostgreSQL takes by default, from 32 units on (the same)."""
SMALL_ACU = 0.5
MOST_CONNECTIONS_FROM_SMALL = 2_000
"""With a smallest capacity of 0 or 0.5 (the same)."""
CACHE_CONNECTIONS = 65_000
"""Clients that a node takes (ElastiCache guide, «Large number of connections», 2026-11)."""


def database_alarms(system: ResolvedEnvironment, database: ResolvedDatabase) -> Iterator[Alarm]:
    """The alarms of a cluster, over all of its instances."""
    subject = Subject(
        "database",
        database.name,
        f"databases.{database.name}",
        {"DBClusterIdentifier": database.physical_name},
        {
            "memory_bytes": database.max_acu * BYTES_PER_ACU,
            "connections": connections_of(database),
        },
        # It sleeps when nobody asks, and tells nothing then.
        missing="notBreaching" if database.min_acu == 0 else None,
    )
    yield from alarms_of(system, subject, ("load", "cpu", "memory", "connections"))


def connections_of(database: ResolvedDatabase) -> int:
    """How many connections an instance takes, by Aurora's default."""
    most = MOST_CONNECTIONS_FROM_SMALL if database.min_acu <= SMALL_ACU else MOST_CONNECTIONS
    (small, few), (large, many) = CONNECTIONS_BY_ACU
    return min(round(few + (database.max_acu - small) * (many - few) / (large - small)), most)


def cache_alarms(system: ResolvedEnvironment, cache: ResolvedCache) -> Iterator[Alarm]:
    """The alarms of each node of a cache: which of them is the primary changes."""
    for node in nodes_of(cache):
        subject = Subject(
            "cache",
            f"{cache.name}.{node}",
            f"caches.{cache.name}",
            # ElastiCache calls the nodes of a group so.
            {"CacheClusterId": f"{cache.physical_name}-{node}"},
            {"connections": CACHE_CONNECTIONS},
        )
        yield from alarms_of(system, subject, ("load", "memory", "connections"))


def nodes_of(cache: ResolvedCache) -> tuple[str, ...]:
    """What ElastiCache calls the nodes of a group, behind its name: `001`."""
    return tuple(f"{number:03}" for number in range(1, 3 if cache.multi_az else 2))


def instances_of(database: ResolvedDatabase) -> tuple[str, ...]:
    """What the instances of a cluster are called: a writer, and its readers."""
    return tuple(f"{database.physical_name}-{number}" for number in range(1, database.readers + 2))


def backup_alarms(system: ResolvedEnvironment, plan: ResolvedBackup) -> Iterator[Alarm]:
    """The alarms of a plan; the vault of its copies in another region has the same name."""
    subject = Subject("backup", plan.name, f"backups.{plan.name}", {"BackupVaultName": plan.physical_name})
    yield from alarms_of(system, subject, ("failed", "expired", *(["copies"] if plan.copy_to else [])))


def client_alarms(
    system: ResolvedEnvironment, identity: ResolvedIdentity, client: str, pool_id: str, client_id: str
) -> Iterator[Alarm]:
    """The alarms of a client of a user pool.

    Args:
        system: The environment.
        identity: The pool.
        client: Its client.
        pool_id: What AWS calls the pool.
        client_id: What AWS calls the client.
    """
    subject = Subject(
        "client",
        f"{identity.name}.{client}",
        f"identity.{identity.name}.clients",
        {"UserPool": pool_id, "UserPoolClient": client_id},
    )
    yield from alarms_of(system, subject, ("failed_logins", "throttles"))
