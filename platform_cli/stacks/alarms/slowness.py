"""Alarms on promises of time: how long answers take, and how long functions take to start.

A percentile of the slowest hundredth needs a thousand samples to say something, so it is taken over an hour:
with less than a thousand requests an hour CloudWatch leaves the alarm as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from platform_cli.blueprint.requests import dimensions_of_api, measured_functions
from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedService,
)
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarms_by
from platform_cli.stacks.alarms.rule import FUNCTION, NO_REQUESTS, AlarmRule, Measure
from platform_cli.stacks.derived import START_TIME, function_namespace

HOUR_SECONDS = 3600


def slowness_alarms(system: ResolvedEnvironment, service: ResolvedService) -> Iterator[Alarm]:
    """An alarm on the slowest hundredth of the calls of each function that answers users."""
    limit = service.objectives.p99_ms
    for function in measured_functions(service) if limit is not None else ():
        assert limit is not None
        rule = _slow("AWS/Lambda", Measure("duration", "Duration", "p99", FUNCTION), limit)
        origin = f"services.{service.name}.objectives"
        subject = Subject("objective", function.address, origin, {"FunctionName": function.physical_name})
        yield from alarms_by(system, subject, rule)


def entrance_alarms(
    system: ResolvedEnvironment, apis: Iterable[ResolvedApi], ids: Mapping[str, str]
) -> Iterator[Alarm]:
    """An alarm on the slowest hundredth of the requests to each API, for the objective of the system.

    Args:
        system: The environment.
        apis: Those that have routes.
        ids: What AWS calls the HTTP APIs, by name.
    """
    limit = system.objectives.p99_ms
    for api in apis if limit is not None else ():
        assert limit is not None
        measure = Measure(
            "latency",
            "Latency",
            "p99",
            (),
            dimensions_of_api(api, ids),
        )
        subject = Subject("objective", api.name, "objectives", {})
        yield from alarms_by(system, subject, _slow("AWS/ApiGateway", measure, limit))


def start_alarms(system: ResolvedEnvironment, service: ResolvedService) -> Iterator[Alarm]:
    """An alarm on the starts of each function that answers users, by the service's objective or the system's.

    No metric of AWS's, nor one of the system's entrances, tells how long starts take: it is read from logs.
    """
    limit = service.objectives.cold_start_ms
    for function in measured_functions(service) if limit is not None else ():
        assert limit is not None
        rule = AlarmRule(
            "objectives.cold_start",
            function_namespace(names_of(system), service.name, function.name),
            (Measure("start", START_TIME.name, "Maximum", ()),),
            None,
            limit,
            "ms, for the slowest start",
            "warning",
            "functions take longer to start than is promised",
            "where nothing starts, nothing starts slowly",
            evaluation_periods=3,
            datapoints=2,
        )
        origin = f"services.{service.name}.functions.{function.name}"
        yield from alarms_by(system, Subject("objective", function.address, origin, {}), rule)


def _slow(namespace: str, measure: Measure, limit: float) -> AlarmRule:
    return AlarmRule(
        "objectives.p99",
        namespace,
        (measure,),
        None,
        limit,
        "ms, for the slowest hundredth of an hour",
        "warning",
        "answers take longer than is promised",
        NO_REQUESTS,
        period_seconds=HOUR_SECONDS,
    )
