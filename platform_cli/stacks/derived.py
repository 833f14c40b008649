"""Metrics that are derived from logs, since AWS publishes them nowhere: what to look for, and what it counts.

A metric filter can give a metric only such dimensions as stand in the line itself, and neither Lambda's
report nor an access log names what it is about. So each function and each API has a namespace of its own,
and its metrics have no dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass

from platform_cli.blueprint.naming import Names


@dataclass(frozen=True)
class DerivedMetric:
    """A metric from the lines of a log.

    Attributes:
        name: Of the metric.
        pattern: Which lines count, in the language of CloudWatch Logs for JSON.
        value: What a line counts: a number, or a field of it.
        unit: Of the value, as CloudWatch calls it.
        otherwise: The value of a minute with lines of which none counts; None for no value.
    """

    name: str
    pattern: str
    value: str
    unit: str
    otherwise: float | None


MEMORY_USED = DerivedMetric(
    "MaxMemoryUsed",
    '{ ($.type = "platform.report") && ($.record.metrics.maxMemoryUsedMB > 0) }',
    "$.record.metrics.maxMemoryUsedMB",
    "Megabytes",
    None,
)
"""Megabytes: the most that the environment of a call has used so far, from Lambda's report in JSON."""

COLD_STARTS = DerivedMetric(
    "ColdStarts",
    # Only the report of a call that waited for the start has an init duration.
    '{ ($.type = "platform.report") && ($.record.metrics.initDurationMs > 0) }',
    "1",
    "Count",
    0,
)
"""Calls that waited for a new environment, from Lambda's report in JSON."""

DENIED = DerivedMetric(
    "Denied",
    # API Gateway writes the status in quotes, as our format does.
    '{ ($.status = "401") || ($.status = "403") }',
    "1",
    "Count",
    0,
)
"""Requests refused for want of rights, from an API's access log."""

RATE_LIMITED = DerivedMetric(
    "RateLimited",
    '{ $.status = "429" }',
    "1",
    "Count",
    0,
)
"""Requests beyond a rate limit, from an API's access log."""

OF_FUNCTIONS = (MEMORY_USED, COLD_STARTS)
OF_APIS = (DENIED, RATE_LIMITED)


def function_namespace(names: Names, service: str, function: str) -> str:
    """`shop/dev/orders.create`."""
    return f"{names.metrics_namespace()}/{service}.{function}"


def api_namespace(names: Names, api: str) -> str:
    """`shop/dev/apis/public`."""
    return f"{names.metrics_namespace()}/apis/{api}"
