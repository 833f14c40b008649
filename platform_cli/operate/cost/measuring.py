"""How much an environment was used, by its CloudWatch metrics.

In: a resolved environment and clients. Out: a usage profile in place of the blueprint's, scaled to a
month of 730 hours, and what could not be measured. What has no metric stays as the blueprint says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedUsage
from platform_cli.operate.alarms.reading import is_ours
from platform_cli.operate.cost.measuring_edge import Measured, measure_edge
from platform_cli.operate.cost.metrics import Metric, Series, read_metrics
from platform_cli.operate.cost.quantities import Quantity
from platform_cli.operate.cost.schedules import DAYS_PER_MONTH
from platform_cli.operate.functions import names_of

_BYTES_PER_GB = 1024**3
_BYTES_PER_KB = 1024
_COUNTED = {
    "queues": ("messages_per_month", "AWS/SQS", "NumberOfMessagesSent", "QueueName"),
    "topics": ("messages_per_month", "AWS/SNS", "NumberOfMessagesPublished", "TopicName"),
    "streams": ("records_per_month", "AWS/Kinesis", "IncomingRecords", "StreamName"),
}
_Key = tuple[str, str, str]
"""A section, a name in it, and the field of the usage profile that the metric is for."""


@dataclass(frozen=True)
class Measurement:
    """What was measured.

    Attributes:
        usage: The usage profile: measured figures over those of the blueprint.
        days: Days that the figures rest on.
        missing: What has no data, in words.
        alarms: The alarms that are deployed, as AWS meters them.
        table_ages_days: Since tables were made; those that are not deployed are not in it.
    """

    usage: ResolvedUsage
    days: int
    missing: tuple[str, ...] = ()
    alarms: tuple[Quantity, ...] = ()
    table_ages_days: Mapping[str, float] = field(default_factory=dict)


def measure(environment: ResolvedEnvironment, clients: Clients, now: datetime, days: int = 30) -> Measurement:
    """Measure the use of an environment.

    Args:
        environment: What to measure.
        clients: Its clients.
        now: The end of the period.
        days: The length of the period; a younger system is measured since its first day with data.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    series = read_metrics(dict(_metrics(environment)), clients, now, days)
    covered = _covered(series, now, days)
    month = float(DAYS_PER_MONTH) / covered
    usage: dict[str, Any] = environment.usage.model_dump(exclude_none=True)
    missing: list[str] = []
    for address in (function.address for function in environment.functions):
        _set(usage, "functions", address, _function_figures(series, address, month))
    for section in ("tables", "queues", "topics", "streams", "buckets", "databases"):
        for key, figures in _thing_figures(series, section, month):
            _set(usage, section, key, figures)
    ages: dict[str, float] = {}
    for name, size, age in _table_sizes(environment, clients, now, missing):
        _set(usage, "tables", name, {"storage_gb": size})
        if age is not None:
            ages[name] = age
    since = covered if any(found.points for found in series.values()) else 0.0
    edge = Measured(environment, clients, now, days, since)
    for section, key, figures in measure_edge(edge, missing):
        _set(usage, section, key, figures)
    # What reaches the APIs is the sum of what their functions were called; no figure of the profile.
    usage.pop("requests_per_month", None)
    if environment.functions and not any(s.points for key, s in series.items() if key[0] == "functions"):
        missing.append("CloudWatch has no data of any function: nothing ran, or nothing is deployed here")
    silent = sorted(
        {f"{s}.{n}" for (s, n, _), found in series.items() if s == "buckets" and not found.points}
    )
    missing += [f"{thing}: its size is not measured yet (CloudWatch says it once a day)" for thing in silent]
    missing += [f"buses.{bus}: events are not measured" for bus in environment.buses]
    alarms = tuple(_deployed_alarms(environment, clients))
    return Measurement(ResolvedUsage.model_validate(usage), round(covered), tuple(missing), alarms, ages)


def _metrics(environment: ResolvedEnvironment) -> Iterator[tuple[_Key, Metric]]:
    for function in environment.functions:
        dimension = (("FunctionName", function.physical_name),)
        yield ("functions", function.address, "invocations"), Metric("AWS/Lambda", "Invocations", dimension)
        yield ("functions", function.address, "duration"), Metric("AWS/Lambda", "Duration", dimension)
        group = (("LogGroupName", f"/aws/lambda/{function.physical_name}"),)
        yield ("functions", function.address, "log"), Metric("AWS/Logs", "IncomingBytes", group)
    for table in environment.tables.values():
        if not table.external:
            yield from _table_metrics(table.name, table.physical_name, tuple(table.indexes))
    for section, (figure, namespace, name, dimension_name) in _COUNTED.items():
        for key, thing in getattr(environment, section).items():
            where = ((dimension_name, thing.physical_name),)
            yield (section, key, figure), Metric(namespace, name, where)
    for stream in environment.streams.values():
        where = (("StreamName", stream.physical_name),)
        yield ("streams", stream.name, "bytes"), Metric("AWS/Kinesis", "IncomingBytes", where)
    for bucket in environment.buckets.values():
        size = (("BucketName", bucket.physical_name), ("StorageType", "StandardStorage"))
        yield ("buckets", bucket.name, "bytes"), Metric("AWS/S3", "BucketSizeBytes", size, "Average")
    for database in environment.databases.values():
        where = (("DBClusterIdentifier", database.physical_name),)
        key = ("databases", database.name, "average_acu")
        yield key, Metric("AWS/RDS", "ServerlessDatabaseCapacity", where, "Average")


def _table_metrics(name: str, physical_name: str, indexes: tuple[str, ...]) -> Iterator[tuple[_Key, Metric]]:
    for kind, metric in (("reads", "ConsumedReadCapacityUnits"), ("writes", "ConsumedWriteCapacityUnits")):
        table = (("TableName", physical_name),)
        yield ("tables", name, f"{kind}_per_month"), Metric("AWS/DynamoDB", metric, table)
        for index in indexes:
            where = (*table, ("GlobalSecondaryIndexName", index))
            yield ("tables", name, f"{kind}_per_month of {index}"), Metric("AWS/DynamoDB", metric, where)


def _covered(series: Mapping[_Key, Series], now: datetime, days: int) -> float:
    """Days from the first one with data; the first and the last count as far as they go."""
    first = min((points[0][0] for points in (s.points for s in series.values()) if points), default=None)
    if first is None:
        return float(days)
    return max(1.0, (now - first) / timedelta(days=1))


def _function_figures(series: Mapping[_Key, Series], address: str, month: float) -> dict[str, float]:
    invocations = series["functions", address, "invocations"].total
    figures = {"requests_per_month": invocations * month}
    if invocations:
        duration = series["functions", address, "duration"].total / invocations
        figures |= {"duration_ms": duration} if duration > 0 else {}
        figures["log_kb_per_request"] = (
            series["functions", address, "log"].total / _BYTES_PER_KB / invocations
        )
    return figures


def _thing_figures(
    series: Mapping[_Key, Series], section: str, month: float
) -> Iterator[tuple[str, dict[str, float]]]:
    for (of, name, figure), found in series.items():
        if of != section:
            continue
        if section == "tables":
            # What an index reads and writes counts too; the table's own metric leaves it out.
            base, _, index = figure.partition(" of ")
            if not index:
                also = (
                    s.total
                    for (o, n, f), s in series.items()
                    if (o, n) == (of, name) and f.startswith(f"{base} of ")
                )
                yield name, {base: (found.total + sum(also)) * month}
        elif figure == "bytes":
            yield name, _size_figures(series, section, name, found)
        elif figure == "average_acu":
            yield name, {} if found.average is None else {figure: found.average}
        else:
            yield name, {figure: found.total * month}


def _size_figures(series: Mapping[_Key, Series], section: str, name: str, found: Series) -> dict[str, float]:
    if section == "buckets":
        return {} if found.last is None else {"storage_gb": found.last / _BYTES_PER_GB}
    records = series[section, name, "records_per_month"].total
    return {"record_kb": found.total / _BYTES_PER_KB / records} if records else {}


def _table_sizes(
    environment: ResolvedEnvironment, clients: Clients, now: datetime, missing: list[str]
) -> Iterator[tuple[str, float, float | None]]:
    """Size of tables with their indexes, which DynamoDB updates about every six hours; and their age."""
    for table in environment.tables.values():
        if table.external:
            continue
        client = clients.client("dynamodb")
        with aws_errors(f"reading the size of table {table.name}", target=clients.target):
            try:
                told = client.describe_table(TableName=table.physical_name)["Table"]
            except client.exceptions.ResourceNotFoundException:
                missing.append(f"tables.{table.name}: it is not deployed")
                continue
        indexes = told.get("GlobalSecondaryIndexes", ())
        size = told.get("TableSizeBytes", 0) + sum(index.get("IndexSizeBytes", 0) for index in indexes)
        made = told.get("CreationDateTime")
        yield table.name, size / _BYTES_PER_GB, None if made is None else (now - made) / timedelta(days=1)


def _deployed_alarms(environment: ResolvedEnvironment, clients: Clients) -> Iterator[Quantity]:
    """Alarms are paid by the metrics that they evaluate, composite ones each."""
    names = names_of(environment)
    with aws_errors("reading the alarms", target=clients.target):
        pages = (
            clients.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=f"{names.prefix}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        )
        ours = [
            (kind, alarm)
            for page in pages
            for kind in ("MetricAlarms", "CompositeAlarms")
            for alarm in page.get(kind, ())
            if is_ours(names, alarm)
        ]
    metrics = sum(_metrics_of(alarm) for kind, alarm in ours if kind == "MetricAlarms")
    composites = sum(kind == "CompositeAlarms" for kind, _ in ours)
    yield Quantity("cloudwatch.alarms", Decimal(metrics), "fixed", "alarms", "metrics that alarms evaluate")
    if composites:
        what = "composite alarms"
        yield Quantity("cloudwatch.composite-alarms", Decimal(composites), "fixed", "alarms", what)


def _metrics_of(alarm: Mapping[str, Any]) -> int:
    return sum(1 for query in alarm.get("Metrics", ()) if "MetricStat" in query) or 1


def _set(usage: dict[str, Any], section: str, name: str, figures: Mapping[str, float]) -> None:
    usage.setdefault(section, {}).setdefault(name, {}).update(figures)
