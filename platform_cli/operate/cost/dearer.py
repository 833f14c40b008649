"""Rules about what costs more than it must: endless logs, needless NAT, dearer kinds of the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.operate.cost.advice import Advice, Case, with_function
from platform_cli.operate.cost.demand import exact
from platform_cli.operate.cost.estimate import NOTHING
from platform_cli.operate.cost.log_groups import LogGroup, writers_of

_LOG_DAYS = 30
"""What a log is assumed to be kept for that the blueprint does not know."""


def endless_logs(case: Case) -> Iterator[Advice]:
    """Log groups without a retention."""
    writers = writers_of(case.environment)
    for group in case.seen.log_groups:
        if group.retention_days is not None:
            continue
        writer = writers.get(group.name)
        if writer is None:
            path: tuple[str, ...] = ()
            change = "delete it, or set a retention: nothing of the blueprint writes to it"
        else:
            path = writer.path
            change = f"deploy: the blueprint keeps its log for {writer.days} days"
        days = _LOG_DAYS if writer is None else writer.days
        message = f"log group {group.name} keeps {group.stored_gb:.1f} GB for ever"
        yield Advice("endless-log", path, message, change, _log_saving(case, group, days))


def needless_nat(case: Case) -> Iterator[Advice]:
    """NAT gateways that nobody needs."""
    for name, network in case.environment.networks.items():
        if not network.nat_gateways:
            continue
        passed = case.seen.nat_bytes.get(name)
        inside = any(function.network == name for function in case.environment.functions) or any(
            application.network == name for application in case.environment.analytics.values()
        )
        # What has no metric may be new, or not deployed; who is known to need it keeps it.
        if passed or (inside and passed is None):
            continue
        message = (
            f"the NAT gateways of network {name} passed nothing on {case.period}"
            if inside
            else f"nothing that calls out runs in network {name}, which has NAT gateways"
        )
        without = network.model_copy(update={"nat_gateways": 0})
        advised = case.environment.model_copy(
            update={"networks": {**case.environment.networks, name: without}}
        )
        path = ("networks", name, "nat_gateways")
        yield Advice("needless-nat", path, message, "write nat_gateways: 0", case.saving(advised))


def dearer_architecture(case: Case) -> Iterator[Advice]:
    """Functions on x86_64."""
    for function in case.environment.functions:
        if function.architecture != "x86_64":
            continue
        advised = with_function(case.environment, function.address, {"architecture": "arm64"})
        path = ("services", function.service, "functions", function.name, "architecture")
        message = f"{function.address} runs on x86_64, whose seconds cost more"
        change = "write architecture: arm64, if its compiled dependencies have such wheels"
        yield Advice("dearer-architecture", path, message, change, case.saving(advised))


def dearer_api(case: Case) -> Iterator[Advice]:
    """REST APIs that could be HTTP APIs."""
    for name, api in case.environment.apis.items():
        routes = [r for function in case.environment.functions for r in function.routes if r.api == name]
        only_rest = (api.firewall, api.allowed_ips, api.cache_ttl_seconds, api.usage_plans)
        if api.kind != "rest" or any(only_rest) or any(route.request for route in routes):
            continue
        http = api.model_copy(update={"kind": "http"})
        advised = case.environment.model_copy(update={"apis": {**case.environment.apis, name: http}})
        message = f"API {name} is of kind rest, and uses nothing that only such an API has"
        change = "write kind: http (a new API with a new address)"
        yield Advice("dearer-api", ("apis", name, "kind"), message, change, case.saving(advised))


def dearer_engine(case: Case) -> Iterator[Advice]:
    """Caches that run Redis."""
    for name, cache in case.environment.caches.items():
        if cache.engine != "redis":
            continue
        valkey = cache.model_copy(update={"engine": "valkey"})
        advised = case.environment.model_copy(update={"caches": {**case.environment.caches, name: valkey}})
        known = all(
            case.unit_usd(f"elasticache.{e}.{cache.node_type}") is not None for e in ("redis", "valkey")
        )
        message = f"cache {name} runs Redis, whose nodes cost more than those of Valkey"
        saving = case.saving(advised) if known else None
        yield Advice("dearer-engine", ("caches", name, "engine"), message, "write engine: valkey", saving)


def _log_saving(case: Case, group: LogGroup, days: int) -> Decimal | None:
    """What is older than the retention, of a log that grew evenly."""
    price = case.unit_usd("cloudwatch.logs-stored")
    if price is None or group.age_days <= days:
        return None if price is None else NOTHING
    older = exact(group.stored_gb) * (1 - exact(days) / exact(group.age_days))
    return older * price
