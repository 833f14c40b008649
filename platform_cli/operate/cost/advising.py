"""Where money is wasted, what to write instead, and what that saves.

In: a resolved environment, what it did lately, prices. Out: advice, the greatest saving first. Pure. A
saving is the difference of two estimates, the blueprint as it is and the blueprint as advised, under the
measured use and without the free tier, so that it does not depend on what else runs in the account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from platform_cli.blueprint.resolved import (
    ResolvedCapacity,
    ResolvedEnvironment,
    ResolvedScaling,
    ResolvedTable,
)
from platform_cli.operate.cost.compute import SECONDS_PER_MONTH
from platform_cli.operate.cost.demand import exact
from platform_cli.operate.cost.estimate import NOTHING, estimate
from platform_cli.operate.cost.prices import PriceTable
from platform_cli.operate.cost.waste import LogGroup, WasteObservation

LOW_USE = 0.2
"""Below this share of what is paid for, capacity is too large."""
_LOG_DAYS = 30
_SHARD_BYTES_PER_SECOND = 1_000_000
_SHARD_RECORDS_PER_SECOND = 1_000


@dataclass(frozen=True)
class Advice:
    """One thing to change.

    Attributes:
        code: Stable, `idle-provisioned-concurrency`.
        path: The place in the blueprint; empty for what is not in it.
        message: What was seen.
        change: What to write, or do.
        saving_usd: US dollars a month; None where no price is known.
    """

    code: str
    path: tuple[str, ...]
    message: str
    change: str
    saving_usd: Decimal | None


@dataclass(frozen=True)
class _Case:
    """What the rules look at."""

    environment: ResolvedEnvironment
    seen: WasteObservation
    prices: PriceTable
    cost: Callable[[ResolvedEnvironment], Decimal]

    @property
    def period(self) -> str:
        """`in 14 days`."""
        return f"in {self.seen.measurement.days} days"

    def saving(self, advised: ResolvedEnvironment) -> Decimal:
        """What the advised blueprint costs less."""
        return self.cost(self.environment) - self.cost(advised)

    def unit_usd(self, price_id: str) -> Decimal | None:
        """The price of a unit in the first tier."""
        price = self.prices.price(price_id, self.environment.region)
        return None if price is None else price.tiers[0].usd

    def monthly(self, section: str, name: str, field: str) -> float | None:
        """A measured figure; None where it was not measured."""
        thing = getattr(self.seen.measurement.usage, section).get(name)
        value = getattr(thing, field) if thing is not None else None
        return None if value is None else float(value)


Rule = Callable[[_Case], Iterator[Advice]]


def advise(
    environment: ResolvedEnvironment, seen: WasteObservation, prices: PriceTable, today: date
) -> tuple[Advice, ...]:
    """Find waste.

    Args:
        environment: As the blueprint has it.
        seen: What it did.
        prices: What things cost.
        today: Of the estimates.

    Returns:
        Advice by saving, the greatest first; what saves nothing is left out.
    """
    measured = environment.model_copy(update={"usage": seen.measurement.usage})

    def cost(blueprint: ResolvedEnvironment) -> Decimal:
        return estimate(blueprint, prices, today, free_tier=False).total_usd

    case = _Case(measured, seen, prices, cost)
    found = [advice for rule in RULES for advice in rule(case)]
    useful = [advice for advice in found if advice.saving_usd is None or advice.saving_usd > NOTHING]
    return tuple(sorted(useful, key=lambda a: (-(a.saving_usd or NOTHING), a.path, a.code)))


def _idle_concurrency(case: _Case) -> Iterator[Advice]:
    for function in case.environment.functions:
        provisioned = function.provisioned_concurrency
        if provisioned is None or function.address not in case.seen.ready_peaks:
            continue
        peak = case.seen.ready_peaks[function.address] or 0.0
        if peak >= provisioned.min * LOW_USE:
            continue
        wanted = ceil(peak)
        fewer = provisioned.model_copy(update={"min": wanted}) if wanted else None
        advised = _with_function(case.environment, function.address, {"provisioned_concurrency": fewer})
        path = ("services", function.service, "functions", function.name, "concurrency", "provisioned")
        if wanted:
            message = (
                f"{function.address} used {wanted} of {provisioned.min} environments kept ready {case.period}"
            )
            change = f"write min: {wanted}"
        else:
            message = (
                f"{function.address} used none of {provisioned.min} environments kept ready {case.period}"
            )
            change = "take `provisioned` away"
        yield Advice("idle-provisioned-concurrency", path, message, change, case.saving(advised))


def _unread_tables(case: _Case) -> Iterator[Advice]:
    for name, table in case.environment.tables.items():
        reads = case.monthly("tables", name, "reads_per_month")
        if table.external or reads is None or reads > 0:
            continue
        writes = case.monthly("tables", name, "writes_per_month") or 0
        message = f"nobody read table {name} {case.period}"
        message += "" if writes else ", nor wrote to it"
        rest = {key: value for key, value in case.environment.tables.items() if key != name}
        advised = case.environment.model_copy(update={"tables": rest})
        change = "take the table away, or keep it knowingly; its data is gone with it"
        yield Advice("unread-table", ("tables", name), message, change, case.saving(advised))


def _idle_capacity(case: _Case) -> Iterator[Advice]:
    for name, table in case.environment.tables.items():
        if table.capacity is None or table.external:
            continue
        used = {
            kind: _use(case.monthly("tables", name, f"{kind}s_per_month"), scaling)
            for kind, scaling in (("read", table.capacity.read), ("write", table.capacity.write))
        }
        low = {kind: share for kind, share in used.items() if share is not None and share < LOW_USE}
        if not low:
            continue
        shares = " and ".join(f"{share:.0%} of its {kind} capacity" for kind, share in low.items())
        choices = [
            ("write capacity: on_demand", _with_table(case.environment, table, None)),
            (*_smaller(case.environment, table, low),),
        ]
        change, advised = min(choices, key=lambda choice: case.cost(choice[1]))
        message = f"table {name} used {shares} {case.period}"
        path = ("tables", name, "capacity")
        yield Advice("idle-table-capacity", path, message, change, case.saving(advised))


def _idle_shards(case: _Case) -> Iterator[Advice]:
    for name, stream in case.environment.streams.items():
        records = case.monthly("streams", name, "records_per_month")
        if stream.shards is None or stream.shards < 2 or records is None:
            continue
        a_second = records / float(SECONDS_PER_MONTH)
        size = (case.monthly("streams", name, "record_kb") or 1.0) * 1024
        needed = max(a_second / _SHARD_RECORDS_PER_SECOND, a_second * size / _SHARD_BYTES_PER_SECOND)
        if needed >= stream.shards * LOW_USE:
            continue
        wanted = max(1, ceil(needed / LOW_USE))
        fewer = stream.model_copy(update={"shards": wanted})
        advised = case.environment.model_copy(update={"streams": {**case.environment.streams, name: fewer}})
        message = (
            f"stream {name} used {needed / stream.shards:.0%} of its {stream.shards} shards {case.period}"
        )
        change = f"write shards: {wanted}"
        yield Advice("idle-shards", ("streams", name, "capacity"), message, change, case.saving(advised))


def _endless_logs(case: _Case) -> Iterator[Advice]:
    by_group = {f"/aws/lambda/{f.physical_name}": f for f in case.environment.functions}
    for group in case.seen.log_groups:
        if group.retention_days is not None:
            continue
        function = by_group.get(group.name)
        if function is None:
            path: tuple[str, ...] = ()
            change = "delete it, or set a retention: no function of the blueprint writes to it"
        else:
            path = ("services", function.service, "functions", function.name)
            change = f"deploy: the blueprint keeps its log for {function.log_retention_days} days"
        days = _LOG_DAYS if function is None else function.log_retention_days
        message = f"log group {group.name} keeps {group.stored_gb:.1f} GB for ever"
        yield Advice("endless-log", path, message, change, _log_saving(case, group, days))


def _needless_nat(case: _Case) -> Iterator[Advice]:
    for name, network in case.environment.networks.items():
        if not network.nat_gateways:
            continue
        inside = any(function.network == name for function in case.environment.functions)
        if inside and case.seen.nat_bytes.get(name) != 0:
            continue
        message = (
            f"the NAT gateways of network {name} passed nothing on {case.period}"
            if inside
            else f"no function runs in network {name}, which has NAT gateways"
        )
        without = network.model_copy(update={"nat_gateways": 0})
        advised = case.environment.model_copy(
            update={"networks": {**case.environment.networks, name: without}}
        )
        path = ("networks", name, "nat_gateways")
        yield Advice("needless-nat", path, message, "write nat_gateways: 0", case.saving(advised))


def _dearer_architecture(case: _Case) -> Iterator[Advice]:
    for function in case.environment.functions:
        if function.architecture != "x86_64":
            continue
        advised = _with_function(case.environment, function.address, {"architecture": "arm64"})
        path = ("services", function.service, "functions", function.name, "architecture")
        message = f"{function.address} runs on x86_64, whose seconds cost more"
        change = "write architecture: arm64, if its compiled dependencies have such wheels"
        yield Advice("dearer-architecture", path, message, change, case.saving(advised))


def _dearer_api(case: _Case) -> Iterator[Advice]:
    for name, api in case.environment.apis.items():
        if api.kind != "rest" or api.firewall or api.allowed_ips or api.cache_ttl_seconds is not None:
            continue
        http = api.model_copy(update={"kind": "http"})
        advised = case.environment.model_copy(update={"apis": {**case.environment.apis, name: http}})
        message = f"API {name} is of kind rest, and uses nothing that only such an API has"
        change = "write kind: http (a new API with a new address)"
        yield Advice("dearer-api", ("apis", name, "kind"), message, change, case.saving(advised))


def _dearer_engine(case: _Case) -> Iterator[Advice]:
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


RULES: tuple[Rule, ...] = (
    _idle_concurrency,
    _unread_tables,
    _idle_capacity,
    _idle_shards,
    _endless_logs,
    _needless_nat,
    _dearer_architecture,
    _dearer_api,
    _dearer_engine,
)


def _use(units_per_month: float | None, scaling: ResolvedScaling) -> float | None:
    if units_per_month is None:
        return None
    return units_per_month / float(SECONDS_PER_MONTH) / scaling.min


def _smaller(
    environment: ResolvedEnvironment, table: ResolvedTable, low: Mapping[str, float]
) -> tuple[str, ResolvedEnvironment]:
    """The same table with a minimum of which a fifth would have been used."""
    assert table.capacity is not None
    changes = {}
    for kind, share in low.items():
        scaling: ResolvedScaling = getattr(table.capacity, kind)
        changes[kind] = scaling.model_copy(update={"min": max(1, ceil(scaling.min * share / LOW_USE))})
    words = ", ".join(f"{kind}: {{ min: {scaling.min} }}" for kind, scaling in changes.items())
    capacity = table.capacity.model_copy(update=changes)
    return f"write {words}", _with_table(environment, table, capacity)


def _with_table(
    environment: ResolvedEnvironment, table: ResolvedTable, capacity: ResolvedCapacity | None
) -> ResolvedEnvironment:
    changed = table.model_copy(update={"capacity": capacity})
    return environment.model_copy(update={"tables": {**environment.tables, table.name: changed}})


def _with_function(
    environment: ResolvedEnvironment, address: str, changes: Mapping[str, Any]
) -> ResolvedEnvironment:
    service_name, _, name = address.partition(".")
    service = environment.services[service_name]
    function = service.functions[name].model_copy(update=changes)
    changed = service.model_copy(update={"functions": {**service.functions, name: function}})
    return environment.model_copy(update={"services": {**environment.services, service_name: changed}})


def _log_saving(case: _Case, group: LogGroup, days: int) -> Decimal | None:
    """What is older than the retention, of a log that grew evenly."""
    price = case.unit_usd("cloudwatch.logs-stored")
    if price is None or group.age_days <= days:
        return None if price is None else NOTHING
    older = exact(group.stored_gb) * (1 - exact(days) / exact(group.age_days))
    return older * price
