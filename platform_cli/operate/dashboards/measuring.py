"""The points of panels, from CloudWatch: GetMetricData computes expressions as a dashboard does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.observing import read_stack
from platform_cli.errors import PlatformError
from platform_cli.operate.dashboards.panels import Panel, Query
from platform_cli.operate.metric_data import MOST_QUERIES, Points, read_points

_ID = re.compile(r"\b(?:m\d+x\d+|e\d+)\b")
_LONGEST_POINTS = 1000
"""Points of a curve beyond which nothing more is seen; a longer span has longer periods."""


def read_ids(clients: Clients, wanted: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """What AWS calls APIs, CDNs and load balancers.

    Args:
        clients: Of the environment.
        wanted: Name of the stack and of its output, by what stands for it on dashboards.

    Raises:
        PlatformError: `dashboards-not-deployed` where one is not there.
    """
    found = {}
    for key, (stack, output) in wanted.items():
        with aws_errors("reading the outputs of stacks", target=clients.target):
            observed = read_stack(stack, clients)
        outputs = observed.outputs if observed else {}
        if not outputs.get(output):
            kind, _, name = key.rpartition(".")
            what = {"cdns": "CDN", "load_balancers": "load balancer"}.get(kind, "API")
            raise PlatformError(
                f"{what} {name} is not deployed, so there is nothing to measure",
                hint="deploy first, or leave out --measured to see sample data",
                code="dashboards-not-deployed",
            )
        found[key] = outputs[output]
    return found


def measure(panels: Iterable[Panel], clients: Clients, now: datetime, hours: int) -> tuple[Panel, ...]:
    """The panels with the points that CloudWatch has.

    Args:
        panels: What to measure.
        clients: Of the environment.
        now: The end of the span.
        hours: Its length, where a panel does not say otherwise.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    return tuple(_measured(panel, clients, now, hours) if panel.queries else panel for panel in panels)


def _measured(panel: Panel, clients: Clients, now: datetime, hours: int) -> Panel:
    span = timedelta(days=panel.days) if panel.days else timedelta(hours=max(hours, _hours(panel)))
    period = _period(panel, span)
    points: dict[str, Points] = {}
    for region in sorted({query.region or "" for query in panel.queries}):
        here = clients.elsewhere(region) if region else clients
        for queries in _batches([query for query in panel.queries if (query.region or "") == region]):
            points |= read_points([_asked(query, period) for query in queries], here, now - span, now)
    return replace(
        panel,
        curves=tuple(
            replace(curve, points=tuple(points.get(curve.id, {}).items())) for curve in panel.curves
        ),
    )


def _hours(panel: Panel) -> int:
    """Enough for a number to have a point or two before it."""
    return 3 * panel.period_seconds // 3600


def _period(panel: Panel, span: timedelta) -> int:
    if panel.days:
        # One value over the whole span, as `setPeriodToTimeRange` has it.
        return int(span.total_seconds())
    longest = int(span.total_seconds()) // _LONGEST_POINTS
    return max(panel.period_seconds, -(-longest // 60) * 60)


def _asked(query: Query, period: int) -> dict[str, Any]:
    if query.expression is not None:
        return {"Id": query.id, "Expression": query.expression, "ReturnData": query.shown}
    stat = {"Metric": query.metric, "Period": period, "Stat": query.statistic}
    return {"Id": query.id, "MetricStat": stat, "ReturnData": query.shown}


def _batches(queries: Sequence[Query]) -> Iterable[list[Query]]:
    """As many as a call takes; an expression goes along with all that it names."""
    known = {query.id: query for query in queries}
    batch: dict[str, Query] = {}
    for query in queries:
        if not query.shown:
            continue
        named = [known[name] for name in _ID.findall(query.expression or "")]
        group = {one.id: one for one in (query, *named)}
        if batch and len(batch.keys() | group.keys()) > MOST_QUERIES:
            yield list(batch.values())
            batch = {}
        batch |= group
    if batch:
        yield list(batch.values())
