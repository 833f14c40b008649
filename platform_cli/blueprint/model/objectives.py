"""What a system or a service promises to its users, and the metrics that its business is read from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from platform_cli.blueprint.model.base import Source, Text


class Objectives(Source):
    """What users may rely on, measured over 30 days; a service's own stand before the system's."""

    availability_percent: float | None = Field(default=None, ge=50, lt=100)
    """Percent of requests that are answered without a failure of ours; the rest is the error budget."""
    error_percent: float | None = Field(default=None, gt=0, le=50)
    """Percent of requests that may fail."""
    p99_ms: int | None = Field(default=None, ge=1, le=900_000)
    """Milliseconds within which 99 of 100 requests are answered."""
    cold_start_ms: int | None = Field(default=None, ge=1, le=900_000)
    """Milliseconds that a function may take to start."""


MetricUnit = Literal[
    "count", "percent", "seconds", "milliseconds", "microseconds", "bytes", "kilobytes", "megabytes", "none"
]


class MetricAlarm(Source):
    """When a metric of the business is bad."""

    drop_percent: int | None = Field(default=None, ge=1, le=100)
    """Percent by which the sum of a window may be below that of the window before."""
    window_hours: int = Field(default=24, ge=1, le=72)
    """Hours of such a window; 24 compares a day with the day before, so that nights do not count as drops."""
    above: float | None = Field(default=None, ge=0)
    """The sum of a period above which it is bad: for metrics that count failures."""
    period_seconds: int = Field(default=300, ge=60, le=86400, multiple_of=60)
    """Seconds of such a period."""
    severity: Literal["critical", "warning", "info"] = "warning"
    """Whom it tells."""


class BusinessMetric(Source):
    """A metric that handlers write in the embedded metric format."""

    unit: MetricUnit = "count"
    """What is counted or measured."""
    description: Text | None = None
    """What it means, for the dashboard."""
    alarm: MetricAlarm | None = None
    """When it is bad; without it, it is only shown."""
