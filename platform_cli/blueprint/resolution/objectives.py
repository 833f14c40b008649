"""Objectives and metrics of the business."""

from __future__ import annotations

from platform_cli.blueprint.model.objectives import BusinessMetric, Objectives
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedBusinessMetric, ResolvedMetricAlarm, ResolvedObjectives


def resolve_objectives(own: Objectives, otherwise: Objectives | None = None) -> ResolvedObjectives:
    """What is promised; what `own` does not say is as `otherwise` has it."""
    general = otherwise.model_dump() if otherwise else {}
    said = {key: value for key, value in own.model_dump().items() if value is not None}
    return ResolvedObjectives(**(general | said))


def resolve_metrics(
    service: str, metrics: dict[str, BusinessMetric], names: Names
) -> dict[str, ResolvedBusinessMetric]:
    """The metrics of a service."""
    return {
        name: ResolvedBusinessMetric(
            name=name,
            service=service,
            namespace=names.metrics_namespace(),
            unit=metric.unit,
            description=metric.description,
            alarm=ResolvedMetricAlarm(**metric.alarm.model_dump()) if metric.alarm else None,
        )
        for name, metric in sorted(metrics.items())
    }
