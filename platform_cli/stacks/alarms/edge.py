"""Alarms on CDNs and load balancers, and on certificates of domains."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import (
    NO_REQUESTS,
    AlarmRule,
    Measure,
    answered_badly,
    answered_slowly,
)

_BALANCER = ("LoadBalancer",)
_TARGET = ("LoadBalancer", "TargetGroup")
_ELB = "AWS/ApplicationELB"

CDNS = (
    # CloudFront tells the share itself; its metrics are in us-east-1 alone.
    answered_badly(
        "cdns.errors",
        "AWS/CloudFront",
        (Measure("errors", "5xxErrorRate", "Average", ("DistributionId",), (("Region", "Global"),)),),
        None,
        "requests to the CDN are answered with 5xx",
    ),
)


def _errors(key: str, metric: str, expression: str, meaning: str) -> AlarmRule:
    measures = (
        Measure("errors", metric, "Sum", _BALANCER),
        Measure("requests", "RequestCount", "Sum", _BALANCER),
    )
    return answered_badly(f"load_balancers.{key}", _ELB, measures, expression, meaning)


BALANCERS = (
    _errors(
        "errors",
        "HTTPCode_ELB_5XX_Count",
        # What is refused before a target was chosen is no request to Elastic Load Balancing.
        "IF(FILL(errors, 0) > 0, 100 * FILL(errors, 0) / MAX([FILL(errors, 0), FILL(requests, 0)]), 0)",
        "the load balancer itself answers with 5xx: it cannot call a function, or gets no answer from it",
    ),
    _errors(
        "target_errors",
        "HTTPCode_Target_5XX_Count",
        "IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)",
        "functions behind the load balancer answer with 5xx",
    ),
    answered_slowly(
        "load_balancers.latency",
        _ELB,
        Measure("time", "TargetResponseTime", "p90", _BALANCER),
        2,
        "s",
        "functions behind the load balancer take long",
    ),
)

# A function has no health check unless calls are paid for it, so it is known by the calls that it fails.
TARGETS = (
    AlarmRule(
        "load_balancers.unhealthy",
        _ELB,
        (
            Measure("failed", "LambdaUserError", "Sum", _TARGET),
            Measure("refused", "LambdaInternalError", "Sum", _TARGET),
            Measure("requests", "RequestCount", "Sum", _TARGET),
        ),
        "IF(requests > 0, 100 * (FILL(failed, 0) + FILL(refused, 0)) / requests, 0)",
        50,
        "% of requests",
        "critical",
        "the function behind the load balancer does not answer: it cannot be called, or fails",
        NO_REQUESTS,
        evaluation_periods=2,
        datapoints=2,
    ),
)

CERTIFICATES = (
    AlarmRule(
        "certificates.expiry",
        "AWS/CertificateManager",
        (Measure("days", "DaysToExpiry", "Minimum", ("CertificateArn",)),),
        None,
        30,
        "days",
        "warning",
        "the certificate expires soon, and nobody could reach what stands behind it",
        "once it has expired, Certificate Manager says nothing more of it",
        period_seconds=86_400,
        missing="ignore",
        bad="below",
    ),
)
