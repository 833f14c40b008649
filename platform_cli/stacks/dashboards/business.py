"""The dashboard of the business: metrics that handlers write or that are read from logs, owner by owner."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from platform_cli.blueprint.resolved import ResolvedBusinessMetric, ResolvedEnvironment
from platform_cli.stacks.alarms.business import statistic_of
from platform_cli.stacks.dashboards.parts import (
    BAD,
    DOUBTFUL,
    TRAFFIC,
    Graph,
    Line,
    Metric,
    Text,
    Threshold,
    Widget,
    section,
    single,
)

DAY_SECONDS = 86_400
_NUMBERS_A_ROW = 6


def business_board(system: ResolvedEnvironment) -> tuple[Widget, ...]:
    """What stands on it: the figures of a day, then each metric over time."""
    owners = [
        *((service.name, service.metrics) for service in system.services.values() if service.metrics),
        *((f"API {api.name}", api.metrics) for api in system.apis.values() if api.metrics),
    ]
    everything = [metric for _, metrics in owners for metric in metrics.values()]
    a_row = ceil(len(everything) / ceil(len(everything) / _NUMBERS_A_ROW)) if everything else 1
    rows = [everything[i : i + a_row] for i in range(0, len(everything), a_row)]
    return (
        Text(f"# Business of {system.system} in {system.environment}"),
        *section(
            "The last day",
            [
                Graph(
                    "",
                    tuple(_line(m) for m in row),
                    view="numbers",
                    width=24,
                    height=3,
                    period_seconds=DAY_SECONDS,
                    days=1,
                )
                for row in rows
            ],
        ),
        *(widget for name, metrics in owners for widget in section(name, metric_graphs(metrics.values()))),
    )


def metric_graphs(metrics: Iterable[ResolvedBusinessMetric]) -> tuple[Widget, ...]:
    """Each metric over time, with the limit of its alarm."""
    return tuple(_graph(metric) for metric in metrics)


def _graph(metric: ResolvedBusinessMetric) -> Graph:
    alarm = metric.alarm
    thresholds = (
        (Threshold(alarm.above, "alarm", BAD if alarm.severity == "critical" else DOUBTFUL),)
        if alarm and alarm.above is not None
        else ()
    )
    said = ""
    if alarm and alarm.drop_percent is not None:
        said = f", alarm: {alarm.drop_percent} % less"
    elif alarm and alarm.anomaly:
        said = f", alarm: {'less' if alarm.anomaly == 'below' else 'more'} than usual"
    return Graph(
        f"{metric.description or metric.name}{said}",
        (_line(metric),),
        "" if metric.unit in ("count", "none") else metric.unit,
        thresholds,
        period_seconds=alarm.period_seconds if thresholds and alarm else 3600,
    )


def _line(metric: ResolvedBusinessMetric) -> Line:
    """The metric; of one that is split by fields of lines, all of its parts together."""
    colour, statistic = _colour(metric), statistic_of(metric)
    if metric.logs is None or not metric.logs.dimensions:
        found = Metric(metric.namespace, metric.name, tuple(metric.dimensions.items()), statistic)
        return single(metric.name, colour, found)
    names = ",".join(f'"{name}"' for name in (metric.namespace, *metric.logs.dimensions))
    together = "SUM" if statistic == "Sum" else "AVG"
    # Double braces: what stands in single ones is replaced by the ids of metrics.
    search = f"""{together}(SEARCH('{{{{{names}}}}} MetricName="{metric.name}"', '{statistic}'))"""
    return Line(metric.name, colour, (), search)


def _colour(metric: ResolvedBusinessMetric) -> str:
    """What should not be there at all has the colour of that."""
    bad = metric.alarm and (metric.alarm.above is not None or metric.alarm.anomaly == "above")
    return BAD if bad else TRAFFIC
