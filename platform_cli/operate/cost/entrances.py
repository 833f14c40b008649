"""What requests pass: APIs with their access logs and caches, firewalls, user pools."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedCdn,
    ResolvedEnvironment,
    ResolvedFirewall,
    ResolvedFunction,
)
from platform_cli.operate.cost.compute import KB_PER_GB, logs
from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.quantities import Quantity
from platform_cli.operate.cost.schedules import HOURS_PER_MONTH

_ACCESS_LOG_KB = Decimal("0.5")


def apis(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Requests of APIs, each with the service that answers; caches; access logs."""
    for api in environment.apis.values():
        path = f"apis.{api.name}"
        for function, requests in _served(environment, api, demand):
            what = f"requests to {function.address}"
            price = f"apigateway.{api.kind}.requests"
            yield Quantity(price, requests, "variable", path, what, function.service)
        if api.cache_ttl_seconds is not None:
            size = f"{api.cache_size_gb:g}"
            price = f"apigateway.cache.{size}gb"
            yield Quantity(price, HOURS_PER_MONTH, "fixed", path, f"cache of {size} GB")
        total = sum((n for _, n in _served(environment, api, demand)), Decimal(0))
        if total:
            demand.assume(f"a request writes {_ACCESS_LOG_KB} KB of access log")
        gigabytes = total * _ACCESS_LOG_KB / KB_PER_GB
        yield from logs(gigabytes, api.access_log_retention_days, path, None)


def firewalls(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Web ACLs, their rules, and the requests that they look at."""
    for firewall in environment.firewalls.values():
        path = f"firewalls.{firewall.name}"
        guarded = [api for api in environment.apis.values() if api.firewall == firewall.name]
        before = [cdn for cdn in environment.cdns.values() if cdn.firewall == firewall.name]
        balancers = any(one.firewall == firewall.name for one in environment.load_balancers.values())
        # CloudFront takes web ACLs of its own scope: before both kinds, a firewall is made twice.
        acls = 2 if before and (guarded or balancers) else 1
        what = "web ACL" if acls == 1 else "web ACLs, one of them for CDNs"
        yield Quantity("waf.acls", Decimal(acls), "fixed", path, what)
        yield Quantity("waf.rules", Decimal(acls * count_rules(firewall)), "fixed", path, "rules")
        requests = sum((api_requests(environment, api, demand) for api in guarded), Decimal(0))
        requests += sum((cdn_requests(environment, cdn, demand) for cdn in before), Decimal(0))
        if balancers:
            demand.assume(f"{path}: requests to load balancers are not counted")
        yield Quantity("waf.requests", requests, "variable", path, "requests looked at")
        if "bot_control" in firewall.managed:
            yield Quantity("waf.bot-control", Decimal(acls), "fixed", path, "bot control")
            yield Quantity("waf.bot-requests", requests, "variable", path, "requests looked at for bots")


def pools(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Users who sign in."""
    for name in environment.identity:
        if environment.identity[name].machines:
            demand.assume(
                f"identity.{name}.machines are not counted: some 6 $ a month each, 2.25 $ for 1,000 tokens"
            )
        users = demand.said("identity", name, "active_users_per_month")
        if users is None:
            demand.assume(f"identity.{name} costs nothing: `usage` says no `active_users_per_month`")
            continue
        yield Quantity("cognito.users", users, "variable", f"identity.{name}", "active users")


def count_rules(firewall: ResolvedFirewall) -> int:
    """Rules of a web ACL; a managed group of rules counts as one."""
    wanted = (
        firewall.rate_limit_per_5_minutes,
        firewall.sql_injection,
        firewall.cross_site_scripting,
        firewall.blocked_countries,
        firewall.allow_ips,
        firewall.block_ips,
    )
    return sum(1 for rule in wanted if rule) + len(firewall.managed)


def api_requests(environment: ResolvedEnvironment, api: ResolvedApi, demand: Demand) -> Decimal:
    """Requests of an API a month."""
    return sum((requests for _, requests in _served(environment, api, demand)), Decimal(0))


def cdn_requests(environment: ResolvedEnvironment, cdn: ResolvedCdn, demand: Demand) -> Decimal:
    """Requests of a CDN a month; where nobody says so, those of the APIs behind it."""
    said = demand.said("cdns", cdn.name, "requests_per_month")
    if said is not None:
        return said
    demand.assume(f"cdns.{cdn.name} gets the requests of its APIs, and none for files or load balancers")
    behind = sorted({api.api for api in cdn.apis.values()})
    return sum((api_requests(environment, environment.apis[name], demand) for name in behind), Decimal(0))


def _served(
    environment: ResolvedEnvironment, api: ResolvedApi, demand: Demand
) -> Iterator[tuple[ResolvedFunction, Decimal]]:
    for function in environment.functions:
        own = sum(1 for route in function.routes if route.api == api.name)
        if own:
            yield function, demand.api_requests(function) * own / len(function.routes)
