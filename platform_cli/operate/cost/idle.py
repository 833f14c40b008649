"""Rules about what is paid for and not used: concurrency, tables, capacity, shards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from platform_cli.blueprint.resolved import (
    ResolvedCapacity,
    ResolvedEnvironment,
    ResolvedScaling,
    ResolvedTable,
)
from platform_cli.operate.cost.advice import Advice, Case, with_function
from platform_cli.operate.cost.compute import SECONDS_PER_MONTH

LOW_USE = 0.2
"""Below this share of what is paid for, capacity is too large."""
_SHARD_BYTES_PER_SECOND = 1_000_000
_SHARD_RECORDS_PER_SECOND = 1_000


def idle_concurrency(case: Case) -> Iterator[Advice]:
    """Environments kept ready that nobody uses."""
    for function in case.environment.functions:
        provisioned = function.provisioned_concurrency
        if provisioned is None or function.address not in case.seen.ready_peaks:
            continue
        peak = case.seen.ready_peaks[function.address] or 0.0
        if peak >= provisioned.min * LOW_USE:
            continue
        wanted = ceil(peak)
        fewer = provisioned.model_copy(update={"min": wanted}) if wanted else None
        advised = with_function(case.environment, function.address, {"provisioned_concurrency": fewer})
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


def unread_tables(case: Case) -> Iterator[Advice]:
    """Tables that nobody reads."""
    for name, table in case.environment.tables.items():
        reads = case.monthly("tables", name, "reads_per_month")
        # What happened is kept to be replayed, read or not.
        if table.external or table.event_store or reads is None or reads > 0:
            continue
        age = case.seen.measurement.table_ages_days.get(name)
        # A table that is not deployed yet, or was made within the period, had no time to be read.
        if age is None or age < case.seen.window_days:
            continue
        writes = case.monthly("tables", name, "writes_per_month") or 0
        message = f"nobody read table {name} {case.period}"
        message += "" if writes else ", nor wrote to it"
        rest = {key: value for key, value in case.environment.tables.items() if key != name}
        advised = case.environment.model_copy(update={"tables": rest})
        change = "take the table away, or keep it knowingly; its data is gone with it"
        yield Advice("unread-table", ("tables", name), message, change, case.saving(advised))


def idle_capacity(case: Case) -> Iterator[Advice]:
    """Provisioned capacity of tables, used below a fifth."""
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


def idle_shards(case: Case) -> Iterator[Advice]:
    """Shards of streams, used below a fifth."""
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
