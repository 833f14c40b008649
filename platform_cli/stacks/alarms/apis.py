"""Alarms on APIs: of kind `http` and `rest`, which publish different metrics."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import (
    DERIVED,
    NO_REQUESTS,
    AlarmRule,
    Measure,
    answered_badly,
    answered_slowly,
)
from platform_cli.stacks.derived import DENIED, RATE_LIMITED, DerivedMetric

_GATEWAY = "AWS/ApiGateway"
FEWEST_REQUESTS = 50
"""In a period with fewer, one caller is any share of them."""


def _from_log(key: str, measure: str, metric: DerivedMetric, meaning: str) -> AlarmRule:
    return AlarmRule(
        f"apis.{key}",
        DERIVED,
        (Measure(measure, metric.name, "Sum", ()),),
        None,
        100,
        "requests in a period",
        "warning",
        meaning,
        NO_REQUESTS,
    )


# Security events: API Gateway's own metrics count all 4xx together, so they are read from the access log.
_FROM_LOG = (
    _from_log(
        "denied",
        "denied",
        DENIED,
        "requests are refused for want of rights (401 or 403): somebody may be trying keys or tokens",
    ),
    _from_log(
        "throttled",
        "limited",
        RATE_LIMITED,
        "requests are turned away because they are too many (429): of one caller, or of all together",
    ),
)


def _rules(
    at: tuple[str, ...], refused: str, errors: str, latency: str, threshold_ms: float
) -> tuple[AlarmRule, ...]:
    requests = Measure("requests", "Count", "SampleCount", at)
    return (
        answered_badly(
            "apis.errors",
            _GATEWAY,
            (Measure("errors", errors, "Sum", at), requests),
            "IF(requests > 0, 100 * errors / requests, 0)",
            "requests are answered with 5xx",
        ),
        # Only where the blueprint asks for it: which share is usual depends on the callers.
        AlarmRule(
            "apis.client_errors",
            _GATEWAY,
            (Measure("refused", refused, "Sum", at), requests),
            f"IF(requests >= {FEWEST_REQUESTS}, 100 * refused / requests, 0)",
            20,
            f"% of the requests in a period of {FEWEST_REQUESTS} or more",
            "warning",
            "requests are answered with 4xx",
            NO_REQUESTS,
            evaluation_periods=3,
            datapoints=2,
        ),
        answered_slowly(
            "apis.latency",
            _GATEWAY,
            Measure("latency", latency, "p90", at),
            threshold_ms,
            "ms",
            "requests take long",
        ),
        *_FROM_LOG,
    )


HTTP_APIS = _rules(("ApiId", "Stage"), "4xx", "5xx", "IntegrationLatency", 2_000)
# A REST API has metrics of its own, with other names and another dimension.
REST_APIS = _rules(("ApiName", "Stage"), "4XXError", "5XXError", "Latency", 2_500)
