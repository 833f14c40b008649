"""The dashboard of what lies below: tables, queues, streams, buses, databases, firewalls."""

from __future__ import annotations

from collections.abc import Iterable

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedTable
from platform_cli.stacks.concerns import regional_firewalls
from platform_cli.stacks.dashboards.figures import DYNAMODB, of_queue, table_throttles
from platform_cli.stacks.dashboards.parts import (
    BAD,
    DOUBTFUL,
    GOOD,
    SLOWEST,
    TRAFFIC,
    Graph,
    Metric,
    Text,
    Widget,
    section,
    single,
)
from platform_cli.stacks.edge import global_firewalls, home_region
from platform_cli.stacks.firewalls import before_cdns, metric_name


def infrastructure_board(system: ResolvedEnvironment) -> tuple[Widget, ...]:
    """What stands on it."""
    tables = [table for _, table in sorted(system.tables.items()) if not table.external]
    return (
        Text(f"# Infrastructure of {system.system} in {system.environment}"),
        *section("Tables", [graph for table in tables for graph in _table(table)]),
        *section("Queues", list(_queues(system))),
        *section("Streams", list(_streams(system))),
        *section("Databases", list(_databases(system))),
        *section("Firewalls", list(_firewalls(system))),
    )


def _table(table: ResolvedTable) -> Iterable[Graph]:
    at = (("TableName", table.physical_name),)
    yield Graph(
        f"{table.name}: consumed",
        (
            single("reads", TRAFFIC, Metric(DYNAMODB, "ConsumedReadCapacityUnits", at)),
            single("writes", SLOWEST, Metric(DYNAMODB, "ConsumedWriteCapacityUnits", at)),
        ),
        "units in 5 minutes",
        width=12,
    )
    yield Graph(f"{table.name}: turned away", table_throttles([table]), "in 5 minutes", width=12)


def _queues(system: ResolvedEnvironment) -> Iterable[Graph]:
    for name, queue in sorted(system.queues.items()):
        yield Graph(
            name,
            (
                single(
                    "waiting", TRAFFIC, of_queue(queue.physical_name, "ApproximateNumberOfMessagesVisible")
                ),
                single(
                    "being handled",
                    GOOD,
                    of_queue(queue.physical_name, "ApproximateNumberOfMessagesNotVisible"),
                ),
                single(
                    "oldest, s",
                    DOUBTFUL,
                    of_queue(queue.physical_name, "ApproximateAgeOfOldestMessage"),
                    right=True,
                ),
                *(
                    (
                        single(
                            "dead letters",
                            BAD,
                            of_queue(queue.dead_letter.physical_name, "ApproximateNumberOfMessagesVisible"),
                        ),
                    )
                    if queue.dead_letter
                    else ()
                ),
            ),
            "messages",
            width=12,
        )


def _streams(system: ResolvedEnvironment) -> Iterable[Graph]:
    for name, stream in sorted(system.streams.items()):
        at = (("StreamName", stream.physical_name),)
        yield Graph(
            f"{name}: records",
            (single("in", TRAFFIC, Metric("AWS/Kinesis", "IncomingRecords", at)),),
            "in 5 minutes",
        )
        yield Graph(
            f"{name}: behind",
            (
                single(
                    "oldest record",
                    DOUBTFUL,
                    Metric("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", at, "Maximum"),
                ),
            ),
            "ms",
        )
        yield Graph(
            f"{name}: turned away",
            (
                single("reads", DOUBTFUL, Metric("AWS/Kinesis", "ReadProvisionedThroughputExceeded", at)),
                single("writes", BAD, Metric("AWS/Kinesis", "WriteProvisionedThroughputExceeded", at)),
            ),
            "in 5 minutes",
        )


def _databases(system: ResolvedEnvironment) -> Iterable[Graph]:
    for name, database in sorted(system.databases.items()):
        at = (("DBClusterIdentifier", database.physical_name),)
        yield Graph(
            f"{name}: processor",
            (single("use, %", SLOWEST, Metric("AWS/RDS", "CPUUtilization", at, "Average")),),
            "%",
        )
        yield Graph(
            f"{name}: capacity",
            (single("units", TRAFFIC, Metric("AWS/RDS", "ServerlessDatabaseCapacity", at, "Average")),),
            "ACU",
        )
        yield Graph(
            f"{name}: connections",
            (single("open", TRAFFIC, Metric("AWS/RDS", "DatabaseConnections", at, "Maximum")),),
        )


def _firewalls(system: ResolvedEnvironment) -> Iterable[Graph]:
    for name in regional_firewalls(system):
        acl = metric_name(system.firewalls[name])
        yield _firewall(name, (("Rule", "ALL"), ("WebACL", acl), ("Region", system.region)))
    for name in global_firewalls(system):
        # Without `Region`, as CloudFront's firewalls tell their metrics, and in us-east-1 alone.
        acl, region = metric_name(before_cdns(system.firewalls[name])), home_region(system)
        yield _firewall(f"{name}, before CDNs", (("Rule", "ALL"), ("WebACL", acl)), region)


def _firewall(title: str, at: tuple[tuple[str, str], ...], region: str | None = None) -> Graph:
    return Graph(
        title,
        (
            single("let through", GOOD, Metric("AWS/WAFV2", "AllowedRequests", at, region=region)),
            single("blocked", BAD, Metric("AWS/WAFV2", "BlockedRequests", at, region=region)),
        ),
        "in 5 minutes",
        view="areas",
        width=12,
    )
