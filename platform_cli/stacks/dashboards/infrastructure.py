"""The dashboard of what lies below: entrances, tables, databases, caches, what carries work, backups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment, ResolvedTable
from platform_cli.stacks.alarms.backup_rules import measures_of
from platform_cli.stacks.alarms.watching import data_alarms
from platform_cli.stacks.backups import is_used
from platform_cli.stacks.dashboards.entrances import balancer_graphs, cdn_graphs, firewall_graphs
from platform_cli.stacks.dashboards.figures import DYNAMODB
from platform_cli.stacks.dashboards.flows import (
    application_graphs,
    bus_graphs,
    failure_graphs,
    queue_graphs,
    stream_graphs,
    topic_graphs,
)
from platform_cli.stacks.dashboards.parts import (
    BAD,
    DOUBTFUL,
    GOOD,
    SECOND,
    TRAFFIC,
    Graph,
    Line,
    Metric,
    Text,
    Widget,
    alarm_states,
    section,
    single,
)
from platform_cli.stacks.dashboards.stores import cache_graphs, database_graphs

BACKUP_DAYS = 7
_BACKUP = "AWS/Backup"
_MOST_ALARMS = 100


def infrastructure_board(
    system: ResolvedEnvironment, ids: Mapping[str, str], alarms: Sequence[str]
) -> tuple[Widget, ...]:
    """What stands on it.

    Args:
        system: The environment.
        ids: What AWS calls CDNs and load balancers.
        alarms: ARNs of those on what it shows, the most telling first.
    """
    tables = [table for _, table in sorted(system.tables.items()) if not table.external]
    return (
        Text(f"# Infrastructure of {system.system} in {system.environment}"),
        *alarm_states(alarms[:_MOST_ALARMS]),
        *section("CDNs", list(cdn_graphs(system, ids))),
        *section("Load balancers", list(balancer_graphs(system, ids))),
        *section("Firewalls", list(firewall_graphs(system))),
        *section("Tables", [_table(table) for table in tables]),
        *section("Databases", list(database_graphs(system))),
        *section("Caches", list(cache_graphs(system))),
        *section("Queues", list(queue_graphs(system))),
        *section("Event buses", list(bus_graphs(system))),
        *section("Topics", list(topic_graphs(system))),
        *section("Given up", list(failure_graphs(system))),
        *section("Streams", list(stream_graphs(system, list(data_alarms(system))))),
        *section("Analytics", list(application_graphs(system))),
        *section(f"Backups of {BACKUP_DAYS} days", list(_backups(system))),
    )


def _table(table: ResolvedTable) -> Graph:
    at = (("TableName", table.physical_name),)
    return Graph(
        table.name,
        (
            single("reads", TRAFFIC, Metric(DYNAMODB, "ConsumedReadCapacityUnits", at)),
            single("writes", SECOND, Metric(DYNAMODB, "ConsumedWriteCapacityUnits", at)),
            single("reads turned away", DOUBTFUL, Metric(DYNAMODB, "ReadThrottleEvents", at), right=True),
            single("writes turned away", BAD, Metric(DYNAMODB, "WriteThrottleEvents", at), right=True),
        ),
        "units in 5 minutes",
        right_unit="turned away",
    )


def _backups(system: ResolvedEnvironment) -> Iterator[Graph]:
    for name, plan in sorted(system.backups.items()):
        if not is_used(plan, system):
            continue
        lines = [
            _jobs(plan, "made", GOOD, "NumberOfBackupJobsCompleted"),
            _jobs(plan, "failed", BAD, "NumberOfBackupJobsFailed"),
            _jobs(plan, "not begun in time", DOUBTFUL, "NumberOfBackupJobsExpired"),
        ]
        if plan.copy_to:
            lines.append(_jobs(plan, "copied", GOOD, "NumberOfCopyJobsCompleted"))
            lines.append(_jobs(plan, "not copied", BAD, "NumberOfCopyJobsFailed"))
        yield Graph(
            name,
            tuple(lines),
            view="numbers",
            width=24,
            height=3,
            period_seconds=86_400,
            days=BACKUP_DAYS,
        )


def _jobs(plan: ResolvedBackup, label: str, colour: str, name: str) -> Line:
    """As the alarms add them up: AWS does not say under which of the dimensions alone."""
    measures = measures_of(name)
    metrics = tuple(
        (one.id, Metric(_BACKUP, name, (("BackupVaultName", plan.physical_name), *one.fixed)))
        for one in measures
    )
    return Line(label, colour, metrics, " + ".join(f"FILL({{{one.id}}}, 0)" for one in measures))
