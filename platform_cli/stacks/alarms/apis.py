"""Alarms on APIs: of kind `http` and `rest`, which publish different metrics."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import (
    DERIVED,
    NO_REQUESTS,
    AlarmRule,
    Measure,
)
from platform_cli.stacks.derived import DENIED, RATE_LIMITED

_HTTP_STAGE = ("ApiId", "Stage")
_REST_STAGE = ("ApiName", "Stage")

# A security event: API Gateway's own metrics count all 4xx together, so it is read from the access log.
_DENIED = AlarmRule(
    "apis.denied",
    DERIVED,
    (Measure("denied", DENIED.name, "Sum", ()),),
    None,
    100,
    "requests in a period",
    "warning",
    "requests are refused for want of rights (401 or 403): somebody may be trying keys or tokens",
    NO_REQUESTS,
)

_THROTTLED = AlarmRule(
    "apis.throttled",
    DERIVED,
    (Measure("limited", RATE_LIMITED.name, "Sum", ()),),
    None,
    100,
    "requests in a period",
    "warning",
    "requests are turned away because they are too many (429): of one caller, or of all together",
    NO_REQUESTS,
)

HTTP_APIS = (
    AlarmRule(
        "apis.errors",
        "AWS/ApiGateway",
        (
            Measure("errors", "5xx", "Sum", _HTTP_STAGE),
            Measure("requests", "Count", "SampleCount", _HTTP_STAGE),
        ),
        "IF(requests > 0, 100 * errors / requests, 0)",
        0.5,
        "% of requests",
        "critical",
        "requests are answered with 5xx",
        NO_REQUESTS,
    ),
    AlarmRule(
        "apis.latency",
        "AWS/ApiGateway",
        (Measure("latency", "IntegrationLatency", "p90", _HTTP_STAGE),),
        None,
        2_000,
        "ms, for the slowest tenth",
        "warning",
        "requests take long",
        NO_REQUESTS,
        evaluation_periods=3,
        datapoints=2,
    ),
    _DENIED,
    _THROTTLED,
)

# A REST API has metrics of its own, with other names and another dimension.
REST_APIS = (
    AlarmRule(
        "apis.errors",
        "AWS/ApiGateway",
        (
            Measure("errors", "5XXError", "Sum", _REST_STAGE),
            Measure("requests", "Count", "SampleCount", _REST_STAGE),
        ),
        "IF(requests > 0, 100 * errors / requests, 0)",
        0.5,
        "% of requests",
        "critical",
        "requests are answered with 5xx",
        NO_REQUESTS,
    ),
    AlarmRule(
        "apis.latency",
        "AWS/ApiGateway",
        (Measure("latency", "Latency", "p90", _REST_STAGE),),
        None,
        2_500,
        "ms, for the slowest tenth",
        "warning",
        "requests take long",
        NO_REQUESTS,
        evaluation_periods=3,
        datapoints=2,
    ),
    _DENIED,
    _THROTTLED,
)
