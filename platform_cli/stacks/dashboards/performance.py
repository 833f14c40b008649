"""The dashboard of speed: averages against the slowest, concurrency, cold starts, caches, data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedEnvironment, ResolvedFunction
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.dashboards.figures import (
    LAMBDA,
    api_latency,
    each_function,
    of_api,
    table_latency,
)
from platform_cli.stacks.dashboards.parts import (
    GOOD,
    TOGETHER,
    TRAFFIC,
    Graph,
    Line,
    Metric,
    Text,
    Widget,
    colour_of,
    section,
    single,
)
from platform_cli.stacks.dashboards.stores import cache_speed, database_speed
from platform_cli.stacks.derived import COLD_STARTS, function_namespace


def performance_board(
    system: ResolvedEnvironment, ids: Mapping[str, str], functions: Sequence[ResolvedFunction]
) -> tuple[Widget, ...]:
    """What stands on it.

    Args:
        system: The environment.
        ids: What AWS calls the HTTP APIs.
        functions: Those that it has room for.
    """
    routed = {route.api for function in system.functions for route in function.routes}
    apis = [api for name, api in sorted(system.apis.items()) if name in routed]
    tables = [table for _, table in sorted(system.tables.items()) if not table.external]
    by_service = {
        name: [function for function in functions if function.service == name] for name in system.services
    }
    account = single("whole account", TOGETHER, Metric(LAMBDA, "ConcurrentExecutions", (), "Maximum"))
    return (
        Text(f"# Performance of {system.system} in {system.environment}"),
        *section("Entrances: average against the slowest hundredth", [api_latency(api, ids) for api in apis]),
        *section(
            "Functions: average, and the slowest hundredth",
            [graph for name, mine in by_service.items() if mine for graph in _durations(name, mine)],
        ),
        *section(
            "Concurrency and cold starts",
            [
                Graph(
                    "Calls at the same time",
                    (*_of_each(functions, "ConcurrentExecutions"), account),
                    "calls",
                    width=12,
                ),
                Graph("Cold starts", _cold_starts(system, functions), "in 5 minutes", view="areas", width=12),
            ],
        ),
        *section("Caches", [*(_api_cache(api, ids) for api in apis), *cache_speed(system)]),
        *section("Databases", list(database_speed(system))),
        *section("Tables: latency", [table_latency(table) for table in tables]),
    )


def _durations(service: str, functions: Sequence[ResolvedFunction]) -> Iterable[Graph]:
    yield Graph(f"{service}: average", each_function(functions, "Duration", "Average"), "ms", width=12)
    yield Graph(f"{service}: p99", each_function(functions, "Duration", "p99"), "ms", width=12)


def _of_each(functions: Sequence[ResolvedFunction], name: str) -> tuple[Line, ...]:
    return each_function(functions, name, "Maximum", with_service=True)


def _cold_starts(system: ResolvedEnvironment, functions: Sequence[ResolvedFunction]) -> tuple[Line, ...]:
    """Read from Lambda's report of each call by a metric filter, which environments with alarms have."""
    if not system.alarms.wanted:
        return ()
    names = names_of(system)
    return tuple(
        single(
            function.address,
            colour_of(number),
            Metric(function_namespace(names, function.service, function.name), COLD_STARTS.name, ()),
        )
        for number, function in enumerate(functions)
    )


def _api_cache(api: ResolvedApi, ids: Mapping[str, str]) -> Widget | None:
    if api.kind != "rest" or api.cache_ttl_seconds is None:
        return None
    return Graph(
        f"Answers of {api.name}",
        (
            single("from the cache", GOOD, of_api(api, ids, "CacheHitCount")),
            single("from the function", TRAFFIC, of_api(api, ids, "CacheMissCount")),
        ),
        "in 5 minutes",
        view="areas",
    )
