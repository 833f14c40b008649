"""What stands before APIs and functions, as graphs: CDNs, load balancers, firewalls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platform_cli.blueprint.resolved import (
    GLOBAL_REGION,
    ResolvedCdn,
    ResolvedEnvironment,
    ResolvedLoadBalancer,
)
from platform_cli.stacks.alarms.alarm import Alarm
from platform_cli.stacks.alarms.entrances import (
    balancer_alarms,
    cdn_alarms,
    cdn_firewall_alarms,
    firewall_alarms,
)
from platform_cli.stacks.concerns import regional_firewalls
from platform_cli.stacks.dashboards.figures import limits_in
from platform_cli.stacks.dashboards.invented import balancer_key, cdn_key
from platform_cli.stacks.dashboards.parts import (
    AVERAGE,
    BAD,
    DOUBTFUL,
    GOOD,
    SLOWEST,
    TRAFFIC,
    Graph,
    Line,
    Metric,
    Threshold,
    single,
)
from platform_cli.stacks.edge import global_firewalls
from platform_cli.stacks.firewalls import before_cdns, metric_name

_ELB = "AWS/ApplicationELB"
_BLOCKED = "alarm: blocked"


def entrance_graphs(system: ResolvedEnvironment, ids: Mapping[str, str]) -> Iterator[Graph]:
    """A graph for each CDN and load balancer: how much comes, and how much of it fails."""
    for name, cdn in sorted(system.cdns.items()):
        requests = single("requests", TRAFFIC, _of_cdn(ids, cdn, "Requests", "Sum"))
        failed = single("5xx, %", BAD, _of_cdn(ids, cdn, "5xxErrorRate", "Average"), right=True)
        yield Graph(f"CDN {name}", (requests, failed), "in 5 minutes", right_unit="%")
    for name, balancer in sorted(system.load_balancers.items()):
        requests = single("requests", TRAFFIC, _of_balancer(ids, balancer, "RequestCount"))
        failed = _share("5xx, %", BAD, ids, balancer, "HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count")
        yield Graph(
            f"Load balancer {name}",
            (requests, Line(failed.label, failed.colour, failed.metrics, failed.expression, right=True)),
            "in 5 minutes",
            right_unit="%",
        )


def cdn_graphs(system: ResolvedEnvironment, ids: Mapping[str, str]) -> Iterator[Graph]:
    """Requests, failures and data of each CDN."""
    for name, cdn in sorted(system.cdns.items()):
        alarms = cdn_alarms(system, cdn, ids[cdn_key(name)])
        yield Graph(
            f"{name}: requests",
            (single("requests", TRAFFIC, _of_cdn(ids, cdn, "Requests", "Sum")),),
            "in 5 minutes",
            view="areas",
        )
        yield Graph(
            f"{name}: share of failed requests",
            (
                single("5xx, ours", BAD, _of_cdn(ids, cdn, "5xxErrorRate", "Average")),
                single("4xx, the caller's", DOUBTFUL, _of_cdn(ids, cdn, "4xxErrorRate", "Average")),
            ),
            "%",
            limits_in(system, alarms, "errors"),
        )
        yield Graph(
            f"{name}: data to callers",
            (single("bytes", TRAFFIC, _of_cdn(ids, cdn, "BytesDownloaded", "Sum")),),
            "bytes in 5 minutes",
            view="areas",
        )


def balancer_graphs(system: ResolvedEnvironment, ids: Mapping[str, str]) -> Iterator[Graph]:
    """Requests, failures and times of each load balancer."""
    for name, balancer in sorted(system.load_balancers.items()):
        alarms = _alarms_of(system, balancer, ids)
        yield Graph(
            f"{name}: requests",
            (single("requests", TRAFFIC, _of_balancer(ids, balancer, "RequestCount")),),
            "in 5 minutes",
            view="areas",
        )
        yield Graph(
            f"{name}: share of failed requests",
            (
                _share("5xx of its own", BAD, ids, balancer, "HTTPCode_ELB_5XX_Count"),
                _share("5xx of functions", DOUBTFUL, ids, balancer, "HTTPCode_Target_5XX_Count"),
            ),
            "%",
            limits_in(system, alarms, "errors"),
        )
        yield Graph(
            f"{name}: time of functions",
            (
                single("average", AVERAGE, _of_balancer(ids, balancer, "TargetResponseTime", "Average")),
                single("p99", SLOWEST, _of_balancer(ids, balancer, "TargetResponseTime", "p99")),
            ),
            "s",
            limits_in(system, alarms, "latency", "alarm, p90"),
        )


def firewall_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """What each firewall lets through and blocks."""
    for name in regional_firewalls(system):
        firewall = system.firewalls[name]
        at = (("Rule", "ALL"), ("WebACL", metric_name(firewall)), ("Region", system.region))
        yield _firewall(name, at, limits_in(system, firewall_alarms(system, firewall), "blocked", _BLOCKED))
    for name in global_firewalls(system):
        firewall = system.firewalls[name]
        # Without `Region`, as CloudFront's firewalls tell their metrics, and in us-east-1 alone.
        everywhere = (("Rule", "ALL"), ("WebACL", metric_name(before_cdns(firewall))))
        limits = limits_in(system, cdn_firewall_alarms(system, firewall), "blocked", _BLOCKED)
        yield _firewall(f"{name}, before CDNs", everywhere, limits, GLOBAL_REGION)


def _firewall(
    title: str, at: tuple[tuple[str, str], ...], limits: tuple[Threshold, ...], region: str | None = None
) -> Graph:
    return Graph(
        title,
        (
            single("let through", GOOD, Metric("AWS/WAFV2", "AllowedRequests", at, region=region)),
            single("blocked", BAD, Metric("AWS/WAFV2", "BlockedRequests", at, region=region)),
        ),
        "in 5 minutes",
        limits,
    )


def _of_cdn(ids: Mapping[str, str], cdn: ResolvedCdn, name: str, statistic: str) -> Metric:
    """CloudFront tells its metrics in us-east-1 alone."""
    at = (("DistributionId", ids[cdn_key(cdn.name)]), ("Region", "Global"))
    return Metric("AWS/CloudFront", name, at, statistic, GLOBAL_REGION)


def _of_balancer(
    ids: Mapping[str, str], balancer: ResolvedLoadBalancer, name: str, statistic: str = "Sum"
) -> Metric:
    return Metric(_ELB, name, (("LoadBalancer", ids[balancer_key(balancer.name)]),), statistic)


def _share(
    label: str, colour: str, ids: Mapping[str, str], balancer: ResolvedLoadBalancer, *names: str
) -> Line:
    """Percent of requests. What is refused before a function was chosen is no request to AWS."""
    metrics = [(f"b{i}", _of_balancer(ids, balancer, name)) for i, name in enumerate(names)]
    failed = " + ".join(f"FILL({{b{i}}}, 0)" for i in range(len(names)))
    shown = f"IF({failed} > 0, 100 * ({failed}) / MAX([{failed}, FILL({{requests}}, 0)]), 0)"
    return Line(label, colour, (*metrics, ("requests", _of_balancer(ids, balancer, "RequestCount"))), shown)


def _alarms_of(
    system: ResolvedEnvironment, balancer: ResolvedLoadBalancer, ids: Mapping[str, str]
) -> list[Alarm]:
    """Of the load balancer itself."""
    none = dict.fromkeys(balancer.functions, "")
    found = balancer_alarms(system, balancer, ids[balancer_key(balancer.name)], none)
    return [alarm for alarm in found if alarm.subject.kind == "balancer"]
