"""What a system or a service promises to its users, and the metrics that its business is read from."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.base import Items, Name, Shorthand, Source, Text


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
    anomaly: Literal["below", "above"] | None = None
    """On which side of what CloudWatch learned to expect at that hour of that weekday it is bad."""
    deviations: float | None = Field(default=None, gt=0, le=100)
    """Standard deviations around what is expected that are still good; 2 without it. For `anomaly`."""
    window_hours: int | None = Field(default=None, ge=1, le=72)
    """Hours of a window; without it, 24 for `drop_percent`, a day against the day before, 1 for `anomaly`."""
    above: float | None = Field(default=None, ge=0)
    """The sum of a period above which it is bad: for metrics that count failures."""
    period_seconds: int = Field(default=300, ge=60, le=86400, multiple_of=60)
    """Seconds of such a period."""
    severity: Literal["critical", "warning", "info"] = "warning"
    """Whom it tells."""


LogText = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
"""A pattern of CloudWatch Logs (PutMetricFilter, November 2026)."""


class LogLines(Shorthand):
    """Lines of a log that make a metric: the pattern that finds them, or a mapping."""

    shorthand: ClassVar[str] = "pattern"

    pattern: LogText
    """Which lines count, in the language of CloudWatch Logs: `{ $.message = "declined" }`."""
    value: int | float | Text = 1
    """What a line counts: a number, or a field of it such as `$.amount`."""
    dimensions: dict[Text, Text] = Field(default_factory=dict)
    """Fields by which the metric is split, by name: `Provider: $.provider`. Each value costs as a metric."""


class FunctionLogLines(LogLines):
    """Lines of the logs of a service's functions that make a metric: the pattern, or a mapping."""

    functions: Items[Name] = ()
    """The functions whose logs are read; without it, all of the service."""


class BusinessMetric(Source):
    """A metric that handlers write in the embedded metric format, or that is read from their logs."""

    unit: MetricUnit = "count"
    """What is counted or measured."""
    description: Text | None = None
    """What it means, for the dashboard."""
    logs: FunctionLogLines | None = None
    """The lines of logs that it is read from; without it, handlers write it."""
    alarm: MetricAlarm | None = None
    """When it is bad; without it, it is only shown."""


class ApiMetric(Source):
    """A metric that is read from the access log of an API."""

    logs: LogLines
    """The lines that it is read from."""
    unit: MetricUnit = "count"
    """What is counted or measured."""
    description: Text | None = None
    """What it means, for the dashboard."""
    alarm: MetricAlarm | None = None
    """When it is bad; without it, it is only shown."""
