"""Functions: invocations, duration, provisioned concurrency, their logs and traces; and dashboards.

Units as on Lambda's and CloudWatch's pricing pages: a GB-second is 1,024 MB for a second; the free tier
does not apply to functions with provisioned concurrency.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.dashboards import dashboard_names
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction
from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.quantities import Quantity
from platform_cli.operate.cost.schedules import DAYS_PER_MONTH, HOURS_PER_MONTH

MB_PER_GB = Decimal(1024)
KB_PER_GB = Decimal(1024 * 1024)
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
FREE_STORAGE_MB = 512
"""Ephemeral storage that every function has without a charge."""
_TRACED_BEYOND_FIRST = Decimal("0.05")


def functions(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """All functions."""
    for function in environment.functions:
        yield from _function(function, demand, masked=bool(environment.logs.mask))


def dashboards(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:  # noqa: ARG001
    """Dashboards that are made: the tool's, and the blueprint's own."""
    for name in dashboard_names(environment):
        yield Quantity("cloudwatch.dashboards", Decimal(1), "fixed", f"dashboards.{name}", "dashboard")


def logs(gb_a_month: Decimal, retention_days: int, path: str, service: str | None) -> Iterator[Quantity]:
    """Log that is taken in, and kept."""
    yield Quantity("cloudwatch.logs-in", gb_a_month, "variable", path, "log taken in", service)
    kept = gb_a_month * retention_days / DAYS_PER_MONTH
    what = f"log kept for {retention_days} days"
    yield Quantity("cloudwatch.logs-stored", kept, "variable", path, what, service)


def _function(function: ResolvedFunction, demand: Demand, *, masked: bool) -> Iterator[Quantity]:
    path = f"services.{function.service}.functions.{function.name}"
    requests = demand.requests(function)
    seconds = requests * demand.duration_ms(function) / 1000
    gb_seconds = seconds * function.memory_mb / MB_PER_GB
    provisioned = function.provisioned_concurrency
    price = "lambda.duration" if provisioned is None else "lambda.provisioned-duration"
    service, free = function.service, provisioned is None
    yield Quantity("lambda.requests", requests, "variable", path, "invocations", service, free)
    what = f"duration at {function.memory_mb} MB, {function.architecture}"
    yield Quantity(f"{price}.{function.architecture}", gb_seconds, "variable", path, what, service, free)
    if provisioned is not None:
        demand.assume("provisioned concurrency stays at its minimum, and serves every invocation")
        ready = provisioned.min * function.memory_mb / MB_PER_GB * SECONDS_PER_MONTH
        what = f"{provisioned.min} × {function.memory_mb} MB kept ready"
        yield Quantity(f"lambda.provisioned.{function.architecture}", ready, "fixed", path, what, service)
    extra = max(0, function.ephemeral_storage_mb - FREE_STORAGE_MB) / MB_PER_GB * seconds
    what = f"ephemeral storage above {FREE_STORAGE_MB} MB"
    yield Quantity("lambda.ephemeral-storage", extra, "variable", path, what, service)
    log_gb = requests * demand.log_kb(function) / KB_PER_GB
    yield from logs(log_gb, function.log_retention_days, path, service)
    if masked:
        what = "log looked through for personal data"
        yield Quantity("cloudwatch.logs-masked", log_gb, "variable", path, what, service)
    if function.tracing and requests > 0:
        yield Quantity("xray.traces", _traces(requests, demand), "variable", path, "traces", service)


def _traces(requests: Decimal, demand: Demand) -> Decimal:
    # The default sampling rule: the first request of each second, and 5 % of the others.
    demand.assume(
        "traces are sampled by default: one request a second and 5 % of the rest, a trace a function"
    )
    first = min(requests, SECONDS_PER_MONTH)
    return first + (requests - first) * _TRACED_BEYOND_FIRST


def snapshots(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """What SnapStart keeps of functions, for as long as their version is active."""
    for function in environment.functions:
        if not function.snap_start:
            continue
        demand.assume("starts from snapshots of SnapStart are not counted")
        path = f"services.{function.service}.functions.{function.name}"
        kept = function.memory_mb / MB_PER_GB * SECONDS_PER_MONTH
        what = "snapshot kept, in GB-seconds"
        yield Quantity("lambda.snapshots", kept, "fixed", path, what, function.service)
