"""What there is to read in logs, and how much of it CloudWatch makes into metrics.

In: nothing. Out: names and limits, which checks, prices and stacks share.
"""

from __future__ import annotations

from collections.abc import Mapping

MOST_FILTERS = 100
"""Metric filters of one log group (PutMetricFilter, 2026-11)."""
MOST_REGEX_FILTERS = 5
"""Patterns with a regular expression of one log group (Logs guide, «Filter pattern syntax», 2026-11)."""
MOST_DIMENSIONS = 3
"""Dimensions of one metric filter (MetricTransformation, 2026-11)."""
MOST_VALUE_CHARACTERS = 100
"""Characters of what a line counts (MetricTransformation, 2026-11)."""

COLD_STARTS = "ColdStarts"
START_TIME = "InitDuration"
MEMORY_USED = "MaxMemoryUsed"
DENIED = "Denied"
RATE_LIMITED = "RateLimited"
CALLS = "MeasuredCalls"
FAILED_CALLS = "MeasuredFailures"
OF_FUNCTIONS = (COLD_STARTS, START_TIME, MEMORY_USED, CALLS, FAILED_CALLS)
"""Metrics that the tool itself reads from the logs of functions."""
OF_PROMISES = (CALLS, FAILED_CALLS)
"""Those of them that are one for all functions of a service which has more than `MOST_MEASURED`."""
MOST_MEASURED = 4
"""Functions whose calls and errors fit into an alarm of ten metrics, with what they answer with 500."""
OF_APIS = (DENIED, RATE_LIMITED)
"""Metrics that the tool itself reads from access logs of APIs."""

_OF_BOTH = frozenset(
    {
        "authorizerError",
        "integrationError",
        "integrationLatency",
        "integrationStatus",
        "protocol",
        "requestId",
        "requestTime",
        "responseLatency",
        "responseLength",
        "status",
    }
)
ACCESS_LOG_FIELDS: Mapping[str, frozenset[str]] = {
    "http": _OF_BOTH | {"routeKey"},
    "rest": _OF_BOTH | {"apiKeyId", "error", "method", "resourcePath", "wafStatus"},
}
"""Fields of the access log, by the kind of the API. All are texts: API Gateway writes numbers in quotes."""
