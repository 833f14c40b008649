"""The dashboard of the business: the metrics that handlers write, service by service."""

from __future__ import annotations

from platform_cli.blueprint.resolved import ResolvedBusinessMetric, ResolvedEnvironment, ResolvedService
from platform_cli.stacks.alarms.business import SERVICE, statistic_of
from platform_cli.stacks.dashboards.parts import (
    BAD,
    DOUBTFUL,
    TRAFFIC,
    Graph,
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
    services = [service for service in system.services.values() if service.metrics]
    everything = [metric for service in services for metric in service.metrics.values()]
    rows = [everything[i : i + _NUMBERS_A_ROW] for i in range(0, len(everything), _NUMBERS_A_ROW)]
    return (
        Text(f"# Business of {system.system} in {system.environment}"),
        *section(
            "The last day",
            [
                Graph(
                    "",
                    tuple(single(_label(m), _colour(m), _metric(m)) for m in row),
                    view="numbers",
                    width=24,
                    height=3,
                    period_seconds=DAY_SECONDS,
                    days=1,
                )
                for row in rows
            ],
        ),
        *(widget for service in services for widget in section(service.name, metric_graphs(service))),
    )


def metric_graphs(service: ResolvedService) -> tuple[Widget, ...]:
    """Each metric of a service over time, with the limit of its alarm."""
    return tuple(_graph(metric) for metric in service.metrics.values())


def _graph(metric: ResolvedBusinessMetric) -> Graph:
    alarm = metric.alarm
    thresholds = (
        (Threshold(alarm.above, "alarm", BAD if alarm.severity == "critical" else DOUBTFUL),)
        if alarm and alarm.above is not None
        else ()
    )
    drop = f", alarm: {alarm.drop_percent} % less" if alarm and alarm.drop_percent is not None else ""
    return Graph(
        f"{metric.description or metric.name}{drop}",
        (single(metric.name, _colour(metric), _metric(metric)),),
        "" if metric.unit in ("count", "none") else metric.unit,
        thresholds,
        period_seconds=alarm.period_seconds if thresholds and alarm else 3600,
    )


def _colour(metric: ResolvedBusinessMetric) -> str:
    """What should not be there at all has the colour of that."""
    return BAD if metric.alarm and metric.alarm.above is not None else TRAFFIC


def _label(metric: ResolvedBusinessMetric) -> str:
    return metric.name


def _metric(metric: ResolvedBusinessMetric) -> Metric:
    return Metric(metric.namespace, metric.name, ((SERVICE[0], metric.service),), statistic_of(metric))
