"""What stands at the edge: CDNs, load balancers, guards of what is behind a CDN, hosted zones."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.entrances import api_requests, cdn_requests
from platform_cli.operate.cost.quantities import Quantity
from platform_cli.operate.cost.schedules import HOURS_PER_MONTH


def cdns(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Requests of CDNs, what they answer with, and their functions; at rest they cost nothing."""
    for cdn in environment.cdns.values():
        path = f"cdns.{cdn.name}"
        requests = cdn_requests(environment, cdn, demand)
        demand.assume("requests and answers of CDNs are those of North America and Europe, by https")
        yield Quantity("cloudfront.requests", requests, "variable", path, "requests")
        demand.assume("each request of a CDN runs one function at the edge")
        yield Quantity("cloudfront.functions", requests, "variable", path, "functions at the edge")
        data = demand.said("cdns", cdn.name, "data_gb_per_month")
        if data is None:
            demand.assume(f"{path}: what it answers with is not counted, `usage` says no `data_gb_per_month`")
        yield Quantity("cloudfront.data-out", data or Decimal(0), "variable", path, "data to callers")


def load_balancers(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Load balancers by the hour, their public addresses, one a zone, and capacity in use."""
    for balancer in environment.load_balancers.values():
        path = f"load_balancers.{balancer.name}"
        network = environment.networks[balancer.network]
        zones = len(network.public_subnet_ids) if network.external else network.public_zones
        yield Quantity("elb.hours", HOURS_PER_MONTH, "fixed", path, "load balancer")
        what = f"{zones} public addresses"
        yield Quantity("vpc.public-ipv4", zones * HOURS_PER_MONTH, "fixed", path, what)
        average = demand.said("load_balancers", balancer.name, "average_lcu")
        if average is None:
            demand.assume(f"{path}: capacity units are not counted, `usage` says no `average_lcu`")
        units = (average or Decimal(0)) * HOURS_PER_MONTH
        yield Quantity("elb.capacity-units", units, "variable", path, "capacity units in use")
        if balancer.guarded:
            yield Quantity("secretsmanager.secrets", Decimal(1), "fixed", path, "secret of the guard")


def guards(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Web ACLs that let only a CDN through to an API, each with a rule and a secret."""
    behind = {api.api for cdn in environment.cdns.values() for api in cdn.apis.values() if api.guarded}
    for name in sorted(behind):
        path = f"apis.{name}"
        yield Quantity("waf.acls", Decimal(1), "fixed", path, "guard behind a CDN")
        yield Quantity("waf.rules", Decimal(1), "fixed", path, "rule of the guard")
        requests = api_requests(environment, environment.apis[name], demand)
        yield Quantity("waf.requests", requests, "variable", path, "requests looked at by the guard")
        yield Quantity("secretsmanager.secrets", Decimal(1), "fixed", path, "secret of the guard")


def hosted_zones(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """The zones that names stand in; they are there already, and are paid for all the same."""
    domains = [
        *(api.domain for api in environment.apis.values()),
        *(cdn.domain for cdn in environment.cdns.values()),
        *(balancer.domain for balancer in environment.load_balancers.values()),
    ]
    zones = {
        name.hosted_zone_id
        for domain in domains
        if domain is not None
        for name in domain.names
        if name.hosted_zone_id
    }
    if zones:
        demand.assume("certificates, and questions for names that lead to AWS, cost nothing")
    yield Quantity("route53.zones", Decimal(len(zones)), "fixed", "external.hosted_zones", "hosted zones")
