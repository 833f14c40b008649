"""The metrics that AWS publishes of functions, APIs, tables and queues, as lines.

`tests/stacks/alarms/test_published.py` holds each name with its dimensions against AWS's own lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedTable,
)
from platform_cli.stacks.alarms.alarm import Alarm
from platform_cli.stacks.dashboards.parts import (
    AVERAGE,
    BAD,
    DOUBTFUL,
    SECOND,
    SLOWEST,
    TRAFFIC,
    Graph,
    Line,
    Metric,
    Threshold,
    colour_of,
    single,
)
from platform_cli.stacks.stages import HTTP_STAGE, REST_STAGE

LAMBDA, GATEWAY, DYNAMODB, SQS = "AWS/Lambda", "AWS/ApiGateway", "AWS/DynamoDB", "AWS/SQS"
OPERATIONS = {"GetItem": TRAFFIC, "Query": AVERAGE, "PutItem": SECOND, "UpdateItem": "#e377c2"}
"""Of a table, those whose latency is shown, what handlers wait for most, with their colours."""


def limits_in(
    system: ResolvedEnvironment, alarms: Iterable[Alarm], name: str, label: str = "alarm"
) -> tuple[Threshold, ...]:
    """Where alarms go on, as the blueprint has them; of several that differ, the one that is on first.

    Args:
        system: The environment.
        alarms: Of the things that are shown.
        name: Last word of the key of the rule.
        label: At the line.
    """
    if not system.alarms.wanted:
        return ()
    mine = [alarm for alarm in alarms if alarm.rule.name == name and not alarm.deviations]
    if not mine:
        return ()
    first = min(mine, key=lambda one: one.threshold if one.rule.bad == "above" else -one.threshold)
    if len({alarm.threshold for alarm in mine}) > 1:
        label = f"first {label}"
    if first.rule.bad == "below":
        label = f"{label} below"
    return (Threshold(first.threshold, label, BAD if first.severity == "critical" else DOUBTFUL),)


def of_function(function: ResolvedFunction, name: str, statistic: str = "Sum") -> Metric:
    """A metric of a function."""
    return Metric(LAMBDA, name, (("FunctionName", function.physical_name),), statistic)


def each_function(
    functions: Iterable[ResolvedFunction],
    name: str,
    statistic: str = "Sum",
    *,
    with_service: bool = False,
) -> tuple[Line, ...]:
    """A metric of each function; a function has the same colour in every graph of a dashboard."""
    return tuple(
        single(
            function.address if with_service else function.name,
            colour_of(number),
            of_function(function, name, statistic),
        )
        for number, function in enumerate(functions)
    )


def total(
    label: str, colour: str, functions: Sequence[ResolvedFunction], name: str, statistic: str = "Sum"
) -> Line:
    """A metric of several functions, added up."""
    metrics = tuple((f"f{i}", of_function(function, name, statistic)) for i, function in enumerate(functions))
    return Line(label, colour, metrics, " + ".join(f"FILL({{f{i}}}, 0)" for i in range(len(functions))))


def error_rate(label: str, colour: str, functions: Sequence[ResolvedFunction]) -> Line:
    """Percent of the calls of functions that fail."""
    metrics = [(f"e{i}", of_function(function, "Errors")) for i, function in enumerate(functions)]
    metrics += [(f"c{i}", of_function(function, "Invocations")) for i, function in enumerate(functions)]
    errors = " + ".join(f"FILL({{e{i}}}, 0)" for i in range(len(functions)))
    calls = " + ".join(f"FILL({{c{i}}}, 0)" for i in range(len(functions)))
    return Line(label, colour, tuple(metrics), f"IF({calls} > 0, 100 * ({errors}) / ({calls}), 0)")


def of_api(api: ResolvedApi, ids: Mapping[str, str], name: str, statistic: str = "Sum") -> Metric:
    """A metric of an API; REST APIs and HTTP APIs have other dimensions, and other names for some."""
    if api.kind == "rest":
        names = {"5xx": "5XXError", "4xx": "4XXError"}
        at = (("ApiName", api.physical_name), ("Stage", REST_STAGE))
        return Metric(GATEWAY, names.get(name, name), at, statistic)
    return Metric(GATEWAY, name, (("ApiId", ids[api.name]), ("Stage", HTTP_STAGE)), statistic)


def api_requests(apis: Iterable[ResolvedApi], ids: Mapping[str, str]) -> tuple[Line, ...]:
    """Requests of each API."""
    return tuple(
        single(api.name, colour_of(number), of_api(api, ids, "Count", "SampleCount"))
        for number, api in enumerate(apis)
    )


def api_rate(label: str, colour: str, apis: Sequence[ResolvedApi], ids: Mapping[str, str], bad: str) -> Line:
    """Percent of the requests of all APIs that are answered with `4xx` or `5xx`."""
    metrics = [(f"b{i}", of_api(api, ids, bad)) for i, api in enumerate(apis)]
    metrics += [(f"c{i}", of_api(api, ids, "Count", "SampleCount")) for i, api in enumerate(apis)]
    failed = " + ".join(f"FILL({{b{i}}}, 0)" for i in range(len(apis)))
    calls = " + ".join(f"FILL({{c{i}}}, 0)" for i in range(len(apis)))
    return Line(label, colour, tuple(metrics), f"IF({calls} > 0, 100 * ({failed}) / ({calls}), 0)")


def all_requests(apis: Sequence[ResolvedApi], ids: Mapping[str, str], colour: str) -> Line:
    """Requests of all APIs together."""
    metrics = tuple((f"c{i}", of_api(api, ids, "Count", "SampleCount")) for i, api in enumerate(apis))
    return Line("Requests", colour, metrics, " + ".join(f"FILL({{c{i}}}, 0)" for i in range(len(apis))))


def api_latency(api: ResolvedApi, ids: Mapping[str, str]) -> Graph:
    """How long an API takes: the average against the slowest hundredth."""
    return Graph(
        f"{api.name}: latency",
        (
            single("average", AVERAGE, of_api(api, ids, "Latency", "Average")),
            single("p99", SLOWEST, of_api(api, ids, "Latency", "p99")),
        ),
        "ms",
    )


def table_latency(table: ResolvedTable) -> Graph:
    """How long DynamoDB takes for the calls of a table: average, and the slowest query.

    It tells no percentiles of its latency («DynamoDB metrics and dimensions», 2026-11).
    """
    at = ("TableName", table.physical_name)
    lines = [
        single(
            f"{operation} average",
            colour,
            Metric(DYNAMODB, "SuccessfulRequestLatency", (at, ("Operation", operation)), "Average"),
        )
        for operation, colour in OPERATIONS.items()
    ]
    slowest = Metric(DYNAMODB, "SuccessfulRequestLatency", (at, ("Operation", "Query")), "Maximum")
    return Graph(table.name, (*lines, single("Query, slowest", SLOWEST, slowest)), "ms")


def table_throttles(tables: Iterable[ResolvedTable]) -> tuple[Line, ...]:
    """Reads and writes that tables turned away."""
    lines = []
    for table in tables:
        at = (("TableName", table.physical_name),)
        lines.append(single(f"{table.name} reads", DOUBTFUL, Metric(DYNAMODB, "ReadThrottleEvents", at)))
        lines.append(single(f"{table.name} writes", BAD, Metric(DYNAMODB, "WriteThrottleEvents", at)))
    return tuple(lines)


def of_queue(physical_name: str, name: str, statistic: str = "Maximum") -> Metric:
    """A metric of a queue."""
    return Metric(SQS, name, (("QueueName", physical_name),), statistic)
