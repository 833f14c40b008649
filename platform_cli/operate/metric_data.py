"""Points of CloudWatch metrics, whatever they are read for: GetMetricData, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import pages

MOST_QUERIES = 500
"""Metrics and expressions that one request takes (CloudWatch API reference, GetMetricData, 2026-11)."""

MOST_POINTS = 100_800
"""Points that one page of an answer holds (the same); pages come one after the other, requests need not."""

Points = dict[datetime, float]


def read_points(
    queries: Sequence[Mapping[str, Any]],
    clients: Clients,
    since: datetime,
    until: datetime,
    doing: str = "reading metrics",
) -> dict[str, Points]:
    """Values by the begin of their periods, for each query that returns data.

    Args:
        queries: `MetricDataQueries`, at most `MOST_QUERIES`; an expression together with what it names.
        clients: Of the environment.
        since: The first moment.
        until: The end; not in it.
        doing: What the user is told where AWS refuses.

    Returns:
        By the ids of the queries, in the order of time; a query without data may be missing.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    found: dict[str, Points] = {}
    with aws_errors(doing, target=clients.target):
        for result in pages(
            clients.client("cloudwatch").get_metric_data,
            "MetricDataResults",
            MetricDataQueries=list(queries),
            StartTime=since,
            EndTime=until,
            ScanBy="TimestampAscending",
        ):
            points = zip(result.get("Timestamps") or (), result.get("Values") or (), strict=True)
            found.setdefault(str(result["Id"]), {}).update(points)
    return {name: dict(sorted(points.items())) for name, points in found.items()}
