"""What requests pass: APIs with their access logs and caches, firewalls, user pools."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import (
    ResolvedApi,
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
        yield Quantity("waf.acls", Decimal(1), "fixed", path, "web ACL")
        yield Quantity("waf.rules", Decimal(count_rules(firewall)), "fixed", path, "rules")
        guarded = [api for api in environment.apis.values() if api.firewall == firewall.name]
        requests = sum((n for api in guarded for _, n in _served(environment, api, demand)), Decimal(0))
        yield Quantity("waf.requests", requests, "variable", path, "requests looked at")


def pools(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Users who sign in."""
    for name in environment.identity:
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


def _served(
    environment: ResolvedEnvironment, api: ResolvedApi, demand: Demand
) -> Iterator[tuple[ResolvedFunction, Decimal]]:
    for function in environment.functions:
        own = sum(1 for route in function.routes if route.api == api.name)
        if own:
            yield function, demand.api_requests(function) * own / len(function.routes)
