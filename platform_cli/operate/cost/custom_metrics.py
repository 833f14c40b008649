"""Metrics beyond those that AWS publishes by itself: what handlers write, and what is read from logs.

CloudWatch takes the price of a month for a metric that had data in each hour of it, and less in proportion;
each value of a dimension makes a metric of its own (CloudWatch price list and PutMetricFilter, 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.log_metrics import (
    COLD_STARTS,
    MEMORY_USED,
    MOST_MEASURED,
    OF_APIS,
    OF_PROMISES,
    START_TIME,
)
from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedService,
)
from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.quantities import Quantity
from platform_cli.operate.cost.schedules import HOURS_PER_MONTH

_PRICE = "cloudwatch.metrics"


def custom_metrics(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """All of them: the tool's own where somebody is told of alarms, and those that the blueprint declares."""
    for service in environment.services.values():
        yield from _of_service(environment, service, demand)
    routed = {route.api for function in environment.functions for route in function.routes}
    for name in sorted(routed):
        yield from _of_api(environment, environment.apis[name], demand)


def _of_service(
    environment: ResolvedEnvironment, service: ResolvedService, demand: Demand
) -> Iterator[Quantity]:
    for function in service.functions.values():
        count = len(_own_of(environment, service, function))
        path = f"services.{service.name}.functions.{function.name}"
        yield _quantity(count, demand.requests(function), path, service.name, demand)
    measured = [function for function in service.functions.values() if _answers(service, function)]
    if environment.alarms.wanted and service.states_objectives and len(measured) > MOST_MEASURED:
        calls = sum((demand.requests(function) for function in measured), Decimal(0))
        count = len(OF_PROMISES) if service.objectives.budget_percent is not None else 0
        yield _quantity(count, calls, f"services.{service.name}.objectives", service.name, demand)
    for metric in service.metrics.values():
        read = metric.logs.functions if metric.logs else service.functions
        calls = sum((demand.requests(service.functions[name]) for name in read), Decimal(0))
        if metric.logs and metric.logs.dimensions:
            demand.assume("a metric with dimensions is counted once, though each of their values is one")
        yield _quantity(1, calls, f"services.{service.name}.metrics.{metric.name}", service.name, demand)


def _of_api(environment: ResolvedEnvironment, api: ResolvedApi, demand: Demand) -> Iterator[Quantity]:
    served = [f for f in environment.functions if any(route.api == api.name for route in f.routes)]
    requests = sum((demand.api_requests(function) for function in served), Decimal(0))
    count = len(api.metrics) + (len(OF_APIS) if environment.alarms.wanted else 0)
    yield _quantity(count, requests, f"apis.{api.name}", None, demand)


def _own_of(
    environment: ResolvedEnvironment, service: ResolvedService, function: ResolvedFunction
) -> tuple[str, ...]:
    """What the tool reads from the log of a function, as `stacks.constructs.derived` does."""
    if not environment.alarms.wanted:
        return ()
    timed = service.objectives.cold_start_ms is not None and _answers(service, function)
    return (MEMORY_USED, COLD_STARTS, START_TIME) if timed else (MEMORY_USED, COLD_STARTS)


def _answers(service: ResolvedService, function: ResolvedFunction) -> bool:
    """Whether a function answers users; where none of a service does, all are looked at."""
    return bool(function.routes) or not any(other.routes for other in service.functions.values())


def _quantity(count: int, calls: Decimal, path: str, service: str | None, demand: Demand) -> Quantity:
    if count and calls:
        demand.assume("metrics from logs and of the business have data in as many hours as there are calls")
    what = "custom metric" if count == 1 else f"{count} custom metrics"
    share = min(calls, HOURS_PER_MONTH) / HOURS_PER_MONTH
    return Quantity(_PRICE, count * share, "variable", path, what, service)
