"""Metrics that are derived from logs, since AWS publishes them nowhere: what to look for, and what it counts.

A metric filter can give a metric only such dimensions as stand in the line itself, and neither Lambda's
report nor an access log names what it is about. So each function and each API has a namespace of its own,
and its metrics have no dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from platform_cli.blueprint import log_metrics
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedBusinessMetric


@dataclass(frozen=True)
class DerivedMetric:
    """A metric from the lines of a log.

    Attributes:
        name: Of the metric.
        pattern: Which lines count, in the language of CloudWatch Logs for JSON.
        value: What a line counts: a number, or a field of it.
        unit: Of the value, as CloudWatch calls it.
        otherwise: The value of a minute with lines of which none counts; None for no value.
        dimensions: Fields of a line by the names of dimensions; with any, there is no `otherwise`.
    """

    name: str
    pattern: str
    value: str
    unit: str
    otherwise: float | None
    dimensions: Mapping[str, str] = field(default_factory=dict)


MEMORY_USED = DerivedMetric(
    log_metrics.MEMORY_USED,
    '{ ($.type = "platform.report") && ($.record.metrics.maxMemoryUsedMB > 0) }',
    "$.record.metrics.maxMemoryUsedMB",
    "Megabytes",
    None,
)
"""Megabytes: the most that the environment of a call has used so far, from Lambda's report in JSON."""

COLD_STARTS = DerivedMetric(
    log_metrics.COLD_STARTS,
    # Of a function under SnapStart the report says how long restoring took, and nothing of initialization.
    '{ ($.type = "platform.report") && '
    "(($.record.metrics.initDurationMs > 0) || ($.record.metrics.restoreDurationMs > 0)) }",
    "1",
    "Count",
    0,
)
"""Calls that were the first of a new environment, from Lambda's report in JSON."""

START_TIME = DerivedMetric(
    log_metrics.START_TIME,
    '{ ($.type = "platform.report") && ($.record.metrics.initDurationMs > 0) }',
    "$.record.metrics.initDurationMs",
    "Milliseconds",
    None,
)
"""Milliseconds that a new environment took to start, from Lambda's report in JSON."""

RESTORE_TIME = replace(
    START_TIME,
    pattern='{ ($.type = "platform.report") && ($.record.metrics.restoreDurationMs > 0) }',
    value="$.record.metrics.restoreDurationMs",
)
"""The same of a function under SnapStart, whose environments are restored."""

CALLS = DerivedMetric(log_metrics.CALLS, '{ $.type = "platform.report" }', "1", "Count", 0)
"""Calls of a function, from Lambda's report in JSON."""

FAILED_CALLS = DerivedMetric(
    log_metrics.FAILED_CALLS,
    # Or else error, failure, timeout (Lambda guide, «Lambda Telemetry API Event schema reference», 2026-11).
    '{ ($.type = "platform.report") && ($.record.status != "success") }',
    "1",
    "Count",
    0,
)
"""Calls that did not end well, from Lambda's report in JSON."""

DENIED = DerivedMetric(
    log_metrics.DENIED,
    # API Gateway writes the status in quotes, as our format does.
    '{ ($.status = "401") || ($.status = "403") }',
    "1",
    "Count",
    0,
)
"""Requests refused for want of rights, from an API's access log."""

RATE_LIMITED = DerivedMetric(
    log_metrics.RATE_LIMITED,
    '{ $.status = "429" }',
    "1",
    "Count",
    0,
)
"""Requests beyond a rate limit, from an API's access log."""

OF_FUNCTIONS = (MEMORY_USED, COLD_STARTS)
OF_PROMISES = (CALLS, FAILED_CALLS)
"""Of services with objectives and more functions than an alarm takes."""
OF_APIS = (DENIED, RATE_LIMITED)
UNITS: Mapping[str, str] = {
    "count": "Count",
    "percent": "Percent",
    "seconds": "Seconds",
    "milliseconds": "Milliseconds",
    "microseconds": "Microseconds",
    "bytes": "Bytes",
    "kilobytes": "Kilobytes",
    "megabytes": "Megabytes",
    "none": "None",
}
"""CloudWatch's words for the units of the language (MetricDatum, 2026-11)."""


def declared(metric: ResolvedBusinessMetric) -> DerivedMetric:
    """A metric from logs that the blueprint asks for; a zero where no line counts, if lines are counted."""
    lines = metric.logs
    assert lines
    return DerivedMetric(
        metric.name,
        lines.pattern,
        lines.value,
        UNITS[metric.unit],
        0 if lines.counts and not lines.dimensions else None,
        lines.dimensions,
    )


def of_function(*, timed: bool, restored: bool) -> tuple[DerivedMetric, ...]:
    """What is read from the log of a function.

    Args:
        timed: Whether it is promised how long it takes to start.
        restored: Whether it is under SnapStart.
    """
    starts = RESTORE_TIME if restored else START_TIME
    return (*OF_FUNCTIONS, starts) if timed else OF_FUNCTIONS


def function_namespace(names: Names, service: str, function: str) -> str:
    """`shop/dev/orders.create`."""
    return names.log_metrics_namespace(f"{service}.{function}")


def promise_namespace(names: Names, service: str) -> str:
    """`shop/dev/objectives/orders`."""
    return names.promise_metrics_namespace(service)


def api_namespace(names: Names, api: str) -> str:
    """`shop/dev/apis/public`."""
    return names.api_metrics_namespace(api)
