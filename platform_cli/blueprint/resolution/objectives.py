"""Objectives and metrics of the business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platform_cli.blueprint.model.objectives import (
    ApiMetric,
    BusinessMetric,
    LogLines,
    MetricAlarm,
    Objectives,
)
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import (
    ResolvedBusinessMetric,
    ResolvedLogLines,
    ResolvedMetricAlarm,
    ResolvedObjectives,
)

DAY_HOURS = 24


def resolve_objectives(own: Objectives, otherwise: Objectives | None = None) -> ResolvedObjectives:
    """What is promised; what `own` does not say is as `otherwise` has it."""
    general = otherwise.model_dump() if otherwise else {}
    said = {key: value for key, value in own.model_dump().items() if value is not None}
    return ResolvedObjectives(**(general | said))


def resolve_metrics(
    service: str, metrics: Mapping[str, BusinessMetric], functions: Iterable[str], names: Names
) -> dict[str, ResolvedBusinessMetric]:
    """The metrics of a service.

    Args:
        service: Its name.
        metrics: By name.
        functions: The functions of the service.
        names: Of the environment.
    """
    return {
        name: ResolvedBusinessMetric(
            name=name,
            service=service,
            namespace=names.log_metrics_namespace(service) if metric.logs else names.metrics_namespace(),
            unit=metric.unit,
            description=metric.description,
            alarm=_alarm(metric.alarm),
            logs=_lines(metric.logs, metric.logs.functions or functions) if metric.logs else None,
        )
        for name, metric in sorted(metrics.items())
    }


def resolve_api_metrics(
    api: str, metrics: Mapping[str, ApiMetric], names: Names
) -> dict[str, ResolvedBusinessMetric]:
    """The metrics from the access log of an API."""
    return {
        name: ResolvedBusinessMetric(
            name=name,
            service="",
            namespace=names.api_metrics_namespace(api),
            unit=metric.unit,
            description=metric.description,
            alarm=_alarm(metric.alarm),
            logs=_lines(metric.logs, ()),
        )
        for name, metric in sorted(metrics.items())
    }


def _alarm(alarm: MetricAlarm | None) -> ResolvedMetricAlarm | None:
    if alarm is None:
        return None
    return ResolvedMetricAlarm(
        drop_percent=alarm.drop_percent,
        window_hours=alarm.window_hours or (1 if alarm.anomaly else DAY_HOURS),
        above=alarm.above,
        period_seconds=alarm.period_seconds,
        severity=alarm.severity,
        anomaly=alarm.anomaly,
        deviations=alarm.deviations or 2.0,
    )


def _lines(lines: LogLines, functions: Iterable[str]) -> ResolvedLogLines:
    return ResolvedLogLines(
        pattern=lines.pattern.strip(),
        value=lines.value if isinstance(lines.value, str) else f"{lines.value:g}",
        dimensions=dict(sorted(lines.dimensions.items())),
        functions=tuple(sorted(set(functions))),
    )
