"""How much is lost at most, and how long it takes, for each thing that holds data. Pure.

The times to restore are not promises of AWS: they are what its documentation says of the kind of operation
(November 2026), with room for somebody to begin. Measure yours in a rehearsal, and write it down.
"""

from __future__ import annotations

from dataclasses import dataclass

from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment, ResolvedTable

_POINT_IN_TIME = "5 minutes"
"""DynamoDB keeps every second; the latest restorable time is about five minutes ago."""
_COPY = {"daily": "1 day", "weekly": "7 days", "monthly": "31 days"}
_NOTHING = "everything"
_COPIED = "15 minutes"
"""S3 copies most objects within 15 minutes (S3 guide, «Replication», November 2026), and promises no time."""


@dataclass(frozen=True)
class Objective:
    """What is lost and how long it takes.

    Attributes:
        thing: As the blueprint calls it: `tables.main`.
        name: On AWS.
        point: Recovery point: what is lost at most when the thing is damaged or deleted.
        time: Recovery time: from the decision to a system that works.
        region_point: Recovery point when the whole region is lost.
        how: One line on where it comes back from.
    """

    thing: str
    name: str
    point: str
    time: str
    region_point: str
    how: str


def objectives(system: ResolvedEnvironment) -> tuple[Objective, ...]:
    """One row for each thing of ours that holds data."""
    rows = [_table(table, system) for _, table in sorted(system.tables.items()) if not table.external]
    for name, bucket in sorted(system.buckets.items()):
        if bucket.external:
            continue
        point = "nothing" if bucket.versioned else _NOTHING
        how = "the version before, by object" if bucket.versioned else "nowhere: the bucket has no versions"
        elsewhere = _COPIED if bucket.replicas else _NOTHING
        rows.append(Objective(f"buckets.{name}", bucket.physical_name, point, "1 hour", elsewhere, how))
    for name, database in sorted(system.databases.items()):
        plan = system.backups.get(database.backup or "")
        rows.append(
            Objective(
                f"databases.{name}",
                database.physical_name,
                _POINT_IN_TIME,
                "2 hours",
                _elsewhere(plan),
                f"any second of the last {database.backup_retention_days} days",
            )
        )
    for name, secret in sorted(system.secrets.items()):
        copies = ", ".join(secret.replicas)
        rows.append(
            Objective(
                f"secrets.{name}",
                secret.physical_name,
                "nothing",
                "15 minutes",
                "nothing" if copies else _NOTHING,
                f"the previous version, or the copy in {copies}" if copies else "the previous version",
            )
        )
    rows += _caches(system)
    prefix = f"/{system.system}/{system.environment}/"
    if system.settings:
        how = "earlier values; in another region the blueprint's first ones"
        rows.append(
            Objective("config", prefix, "nothing", "15 minutes", "changes since the first value", how)
        )
    if system.flags:
        how = "earlier versions; in another region the blueprint's defaults"
        rows.append(Objective("flags", "AppConfig", "nothing", "15 minutes", "changes of states", how))
    rows += [
        Objective(
            f"identity.{name}",
            pool.physical_name,
            _NOTHING,
            "1 hour",
            _NOTHING,
            "nowhere: users sign up again",
        )
        for name, pool in sorted(system.identity.items())
    ]
    return tuple(rows)


def _caches(system: ResolvedEnvironment) -> list[Objective]:
    point, how = ("1 day", "a snapshot of the last 7 days") if system.protect else (_NOTHING, "nowhere")
    return [
        Objective(f"caches.{name}", cache.physical_name, point, "1 hour", _NOTHING, how)
        for name, cache in sorted(system.caches.items())
    ]


def _table(table: ResolvedTable, system: ResolvedEnvironment) -> Objective:
    plan = system.backups.get(table.backup or "")
    if table.point_in_time_recovery:
        point, how = _POINT_IN_TIME, "any second of the last 35 days"
    elif plan:
        point, how = _rhythm(plan), f"the vault {plan.physical_name}"
    else:
        point, how = _NOTHING, "nowhere: the table has no recovery and no backup"
    away = "seconds" if table.replicas else _elsewhere(plan)
    return Objective(table.origin, table.physical_name, point, "2 hours", away, how)


def _elsewhere(plan: ResolvedBackup | None) -> str:
    return _rhythm(plan) if plan and plan.copy_to else _NOTHING


def _rhythm(plan: ResolvedBackup) -> str:
    return next((_COPY[rule.frequency] for rule in plan.rules), _NOTHING)
