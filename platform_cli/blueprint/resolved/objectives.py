"""Objectives and metrics of the business in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved

OBJECTIVE_DAYS = 30
"""Days over which objectives are measured, and for which an error budget lasts."""

MetricUnit = Literal[
    "count", "percent", "seconds", "milliseconds", "microseconds", "bytes", "kilobytes", "megabytes", "none"
]


class ResolvedObjectives(Resolved):
    """What is promised; None is no promise.

    A service has the system's wherever it says nothing itself.
    """

    availability_percent: float | None = None
    error_percent: float | None = None
    p99_ms: int | None = None
    cold_start_ms: int | None = None

    @property
    def stated(self) -> bool:
        """Whether anything is promised."""
        return any(value is not None for value in self.model_dump().values())

    @property
    def budget_percent(self) -> float | None:
        """Percent of requests that may fail: the stricter of what availability leaves and `error_percent`."""
        left = [] if self.availability_percent is None else [round(100 - self.availability_percent, 9)]
        left += [] if self.error_percent is None else [self.error_percent]
        return min(left) if left else None


class ResolvedMetricAlarm(Resolved):
    """When a metric of the business is bad; `drop_percent` and `above` None are no such alarm."""

    drop_percent: int | None
    window_hours: int
    above: float | None
    period_seconds: int
    severity: Literal["critical", "warning", "info"]


class ResolvedBusinessMetric(Resolved):
    """A metric that the handlers of a service write.

    CloudWatch has it under `namespace`, with the one dimension `service`: the service's name.
    """

    name: str
    service: str
    namespace: str
    unit: MetricUnit
    description: str | None
    alarm: ResolvedMetricAlarm | None
