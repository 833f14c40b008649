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


def _rules(at: tuple[str, ...], errors: str, latency: str, threshold_ms: float) -> tuple[AlarmRule, ...]:
    return (
        answered_badly(
            "apis.errors",
            _GATEWAY,
            (Measure("errors", errors, "Sum", at), Measure("requests", "Count", "SampleCount", at)),
            "IF(requests > 0, 100 * errors / requests, 0)",
            "requests are answered with 5xx",
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


HTTP_APIS = _rules(("ApiId", "Stage"), "5xx", "IntegrationLatency", 2_000)
# A REST API has metrics of its own, with other names and another dimension.
REST_APIS = _rules(("ApiName", "Stage"), "5XXError", "Latency", 2_500)
