"""Alarms on CDNs and load balancers."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import NO_REQUESTS, AlarmRule, Measure

_BALANCER = ("LoadBalancer",)
_TARGET = ("LoadBalancer", "TargetGroup")
_ELB = "AWS/ApplicationELB"

CDNS = (
    AlarmRule(
        "cdns.errors",
        "AWS/CloudFront",
        # CloudFront tells the share itself; its metrics are in us-east-1 alone.
        (Measure("errors", "5xxErrorRate", "Average", ("DistributionId",), (("Region", "Global"),)),),
        None,
        0.5,
        "% of requests",
        "critical",
        "requests to the CDN are answered with 5xx",
        NO_REQUESTS,
    ),
)

BALANCERS = (
    AlarmRule(
        "load_balancers.errors",
        _ELB,
        (
            Measure("errors", "HTTPCode_ELB_5XX_Count", "Sum", _BALANCER),
            Measure("requests", "RequestCount", "Sum", _BALANCER),
        ),
        # What is refused before a target was chosen is no request to Elastic Load Balancing.
        "IF(FILL(errors, 0) > 0, 100 * FILL(errors, 0) / MAX([FILL(errors, 0), FILL(requests, 0)]), 0)",
        0.5,
        "% of requests",
        "critical",
        "the load balancer itself answers with 5xx: it cannot call a function, or gets no answer from it",
        NO_REQUESTS,
    ),
    AlarmRule(
        "load_balancers.target_errors",
        _ELB,
        (
            Measure("errors", "HTTPCode_Target_5XX_Count", "Sum", _BALANCER),
            Measure("requests", "RequestCount", "Sum", _BALANCER),
        ),
        "IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)",
        0.5,
        "% of requests",
        "critical",
        "functions behind the load balancer answer with 5xx",
        NO_REQUESTS,
    ),
    AlarmRule(
        "load_balancers.latency",
        _ELB,
        (Measure("time", "TargetResponseTime", "p90", _BALANCER),),
        None,
        2,
        "s, for the slowest tenth",
        "warning",
        "functions behind the load balancer take long",
        NO_REQUESTS,
        evaluation_periods=3,
        datapoints=2,
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
