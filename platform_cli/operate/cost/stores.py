"""What is kept: tables, buckets, secrets, keys, backups, flags.

Units as on DynamoDB's pricing page: a write request unit is 1 KB, a read request unit 4 KB; an index
takes every write of its table once more; reading a table's stream from Lambda is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedScaling, ResolvedTable
from platform_cli.operate.cost.compute import SECONDS_PER_MONTH
from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.quantities import Quantity, sole_user
from platform_cli.operate.cost.schedules import DAYS_PER_MONTH, HOURS_PER_MONTH

_SECRET_CALLS_PER_MONTH = HOURS_PER_MONTH * 12
_STANDARD_SETTING_BYTES = 4096
"""The largest value of Parameter Store's standard tier (Parameter Store guide, November 2026)."""
_DAYS = {"daily": Decimal(1), "weekly": Decimal(7), "monthly": DAYS_PER_MONTH}


def tables(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Tables of ours: requests or capacity, storage, point-in-time recovery, replicas."""
    for table in environment.tables.values():
        if table.external:
            demand.assume("things under `external` are paid for elsewhere")
            continue
        path = f"tables.{table.name}"
        service = sole_user(environment, "tables", table.name)
        meters = _on_demand(table, demand) if table.capacity is None else _provisioned(table, demand)
        yield from meters
        gigabytes = demand.storage_gb("tables", table.name) * (1 + len(table.replicas))
        yield Quantity("dynamodb.storage", gigabytes, "fixed", path, "storage", service)
        if table.point_in_time_recovery:
            what = "point-in-time recovery"
            yield Quantity("dynamodb.point-in-time-recovery", gigabytes, "fixed", path, what, service)


def buckets(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Buckets of ours, all of their content in the standard class."""
    for bucket in environment.buckets.values():
        if bucket.external:
            demand.assume("things under `external` are paid for elsewhere")
            continue
        path = f"buckets.{bucket.name}"
        service = sole_user(environment, "buckets", bucket.name)
        if bucket.infrequent_after_days or bucket.archive_after_days or bucket.intelligent_tiering:
            demand.assume(f"all of buckets.{bucket.name} is in S3's standard class, whatever its lifecycle")
        gigabytes = demand.storage_gb("buckets", bucket.name)
        yield Quantity("s3.storage", gigabytes, "fixed", path, "storage", service)
        for field, price, what in (
            ("writes_per_month", "s3.writes", "writes"),
            ("reads_per_month", "s3.reads", "reads"),
        ):
            said = demand.said("buckets", bucket.name, field)
            if said is not None:
                yield Quantity(price, said, "variable", path, what, service)
                continue
            users = demand.writes if price == "s3.writes" else demand.reads
            for function, requests in users("buckets", bucket.name):
                demand.assume("an invocation reads and writes one object of each bucket that it may")
                yield Quantity(
                    price, requests, "variable", path, f"{what} by {function.address}", function.service
                )


def secrets(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Secrets, their replicas, and the calls that read them."""
    for secret in environment.secrets.values():
        path = f"secrets.{secret.name}"
        count = Decimal(1 + len(secret.replicas))
        what = "secret" if count == 1 else "secret with its replicas"
        service = sole_user(environment, "secrets", secret.name)
        yield Quantity("secretsmanager.secrets", count, "fixed", path, what, service)
        for function, requests in demand.uses("secrets", secret.name, ("read",)):
            demand.assume("a function reads a secret at most every five minutes, and keeps it in between")
            calls = min(requests, _SECRET_CALLS_PER_MONTH)
            what = f"calls by {function.address}"
            yield Quantity("secretsmanager.requests", calls, "variable", path, what, function.service)


def settings(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Settings that are too large for Parameter Store's standard tier, which costs nothing."""
    for setting in environment.settings:
        if len(setting.value.encode()) > _STANDARD_SETTING_BYTES:
            path = f"config.{setting.group}.{setting.key}"
            demand.assume("reading settings of more than 4 KB is not counted: 0.05 $ for 10,000 calls")
            yield Quantity("ssm.advanced-parameters", Decimal(1), "fixed", path, "setting of more than 4 KB")


def keys(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """The environment's own keys: of its data, of their copies in other regions, of logs beside it."""
    for path, what in _keys(environment):
        demand.assume(
            "calls of the encryption keys are not counted; tables, buckets and streams keep data keys"
        )
        yield Quantity("kms.keys", Decimal(1), "fixed", path, what)


def _keys(environment: ResolvedEnvironment) -> Iterator[tuple[str, str]]:
    own = [
        (f"{section}.{name}", thing)
        for section in ("tables", "buckets", "streams", "secrets", "backups")
        for name, thing in getattr(environment, section).items()
        if thing.encryption == "customer_managed" and not getattr(thing, "external", False)
    ]
    # Logins of databases stand with these, and so under their key.
    logins = [(path, thing) for path, thing in own if getattr(thing, "database", None)]
    data = [path for path, thing in own if not getattr(thing, "database", None)]
    keyed_logs = environment.logs.encryption == "customer_managed"
    functions = [f for f in environment.functions if f.encryption == "customer_managed"]
    if data:
        yield f"{data[0]}.encryption", "encryption key"
    elif functions:
        yield f"services.{functions[0].service}.functions.{functions[0].name}.encryption", "encryption key"
    elif keyed_logs and environment.functions:
        yield "logs.encryption", "encryption key"
    for sections, further, what in (
        (("queues", "topics"), [], "messages"),
        (("databases", "caches"), [path for path, _ in logins], "databases"),
    ):
        keyed = [
            f"{section}.{name}"
            for section in sections
            for name, thing in sorted(getattr(environment, section).items())
            if thing.encryption == "customer_managed"
        ]
        if keyed or further:
            yield f"{(*keyed, *further)[0]}.encryption", f"encryption key of {what}"
    copies = {region: f"{path}.replicas" for path, thing in own for region in getattr(thing, "replicas", ())}
    copies |= {thing.copy_to: f"{path}.copy_to" for path, thing in own if getattr(thing, "copy_to", None)}
    for region, path in sorted(copies.items()):
        yield path, f"encryption key in {region}"
    if keyed_logs and any(n.flow_logs and not n.external for n in environment.networks.values()):
        yield "logs.encryption", "encryption key of flow logs"
    if keyed_logs and environment.databases:
        yield "logs.encryption", "encryption key of logs of databases"
    if keyed_logs and any(cdn.firewall for cdn in environment.cdns.values()):
        yield "logs.encryption", "encryption key of firewall logs of CDNs"


def backups(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Backups of tables by a plan: each kept backup is a whole one."""
    for table in environment.tables.values():
        if table.external or table.backup is None:
            continue
        kept = sum(
            (Decimal(rule.cold_after_days or rule.keep_days) / _DAYS[rule.frequency])
            for rule in environment.backups[table.backup].rules
        )
        gigabytes = demand.storage_gb("tables", table.name) * kept
        demand.assume("cold backups and copies of backups are not priced")
        yield Quantity("dynamodb.backup", gigabytes, "fixed", f"tables.{table.name}.backup", "kept backups")
    for database in environment.databases.values():
        # Aurora keeps those of one day for nothing.
        if database.backup is not None or database.backup_retention_days > 1:
            demand.assume(f"backups of databases.{database.name} are not priced")


def flags(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Feature flags: how often they are fetched is not known."""
    if environment.flags:
        demand.assume("fetching feature flags (AppConfig) is not priced")
    yield from ()


def _on_demand(table: ResolvedTable, demand: Demand) -> Iterator[Quantity]:
    environment, path = demand.environment, f"tables.{table.name}"
    service = sole_user(environment, "tables", table.name)
    copies = 1 + len(table.indexes)
    reads = demand.said("tables", table.name, "reads_per_month")
    writes = demand.said("tables", table.name, "writes_per_month")
    if reads is not None:
        yield Quantity("dynamodb.reads", reads, "variable", path, "reads", service)
    else:
        for function, requests in demand.reads("tables", table.name):
            _assume_units(demand)
            what = f"reads by {function.address}"
            yield Quantity("dynamodb.reads", requests, "variable", path, what, function.service)
    if writes is not None:
        yield Quantity("dynamodb.writes", writes, "variable", path, "writes", service)
    else:
        for function, requests in demand.writes("tables", table.name):
            _assume_units(demand)
            if table.indexes:
                demand.assume("each write of a table is written to each of its indexes too")
            what = f"writes by {function.address}"
            yield Quantity("dynamodb.writes", requests * copies, "variable", path, what, function.service)
    replicated = _units(table, demand, "writes") * len(table.replicas)
    what = f"writes in {len(table.replicas)} replicas"
    yield Quantity("dynamodb.replicated-writes", replicated, "variable", path, what, service)


def _provisioned(table: ResolvedTable, demand: Demand) -> Iterator[Quantity]:
    assert table.capacity is not None
    path = f"tables.{table.name}"
    service = sole_user(demand.environment, "tables", table.name)
    # Every index has capacity of its own, scaled as the table's.
    writers = (1 + len(table.indexes)) * (1 + len(table.replicas))
    for kind, scaling, count in (
        ("reads", table.capacity.read, 1 + len(table.indexes)),
        ("writes", table.capacity.write, writers),
    ):
        units = scaled_units(_units(table, demand, kind), scaling)
        price = f"dynamodb.provisioned-{kind}"
        fixed = scaling.min * HOURS_PER_MONTH * count
        yield Quantity(price, fixed, "fixed", path, f"capacity for {kind}, at least {scaling.min}", service)
        more = (units - scaling.min) * HOURS_PER_MONTH * count
        yield Quantity(price, more, "variable", path, f"capacity for {kind} above {scaling.min}", service)


def scaled_units(requests_per_month: Decimal, scaling: ResolvedScaling) -> Decimal:
    """Capacity units that target tracking keeps for an even stream of requests."""
    needed = requests_per_month / SECONDS_PER_MONTH * 100 / scaling.target_percent
    return min(max(needed, Decimal(scaling.min)), Decimal(scaling.max))


def _units(table: ResolvedTable, demand: Demand, kind: str) -> Decimal:
    said = demand.said("tables", table.name, f"{kind}_per_month")
    if said is not None:
        return said
    users = demand.reads if kind == "reads" else demand.writes
    copies = 1 if kind == "reads" else 1 + len(table.indexes)
    return sum((n for _, n in users("tables", table.name)), Decimal(0)) * copies


def _assume_units(demand: Demand) -> None:
    demand.assume(
        "an invocation reads one item up to 4 KB and writes one up to 1 KB of each table that it may"
    )
