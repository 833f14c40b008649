"""Objectives and metrics of the business in one environment."""

from __future__ import annotations

from collections.abc import Mapping
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
    """When a metric of the business is bad; `drop_percent`, `above` and `anomaly` None are no such alarm."""

    drop_percent: int | None
    window_hours: int
    """Of what drops, or of what is compared with the usual."""
    above: float | None
    period_seconds: int
    severity: Literal["critical", "warning", "info"]
    anomaly: Literal["below", "above"] | None = None
    deviations: float = 2.0
    """Standard deviations; only for anomalies."""


class ResolvedLogLines(Resolved):
    """The lines of logs that a metric is read from."""

    pattern: str
    value: str
    """A number, or a field such as `$.amount`."""
    dimensions: Mapping[str, str] = {}
    """Fields by name; up to three."""
    functions: tuple[str, ...] = ()
    """Of the service, sorted, whose logs are read; none for an API."""

    @property
    def counts(self) -> bool:
        """Whether each line counts the same, so that a minute without one is a zero."""
        return not self.value.startswith("$")


class ResolvedBusinessMetric(Resolved):
    """A metric that the handlers of a service write, or that is read from logs.

    CloudWatch has what handlers write under `namespace` with the one dimension `service`: the service's
    name. What is read from logs has a namespace of its own, since a line does not say whose it is, and only
    the dimensions that `logs` names.
    """

    name: str
    service: str
    """The service; of a metric from an access log, empty."""
    namespace: str
    unit: MetricUnit
    description: str | None
    alarm: ResolvedMetricAlarm | None
    logs: ResolvedLogLines | None = None

    @property
    def dimensions(self) -> Mapping[str, str]:
        """Of the metric in CloudWatch, as far as they are known before it has data."""
        return {} if self.logs else {"service": self.service}
