"""The overview of a system: is it well, and if not, where to look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.alarms.alarm import Alarm
from platform_cli.stacks.alarms.objectives import Requests
from platform_cli.stacks.alarms.watching import (
    api_alarms,
    data_alarms,
    function_alarms,
    records_put_aside,
)
from platform_cli.stacks.dashboards.entrances import entrance_graphs
from platform_cli.stacks.dashboards.figures import (
    SQS,
    all_requests,
    api_latency,
    api_rate,
    api_requests,
    error_rate,
    limits_in,
    of_queue,
    table_throttles,
    total,
)
from platform_cli.stacks.dashboards.parts import (
    BAD,
    DOUBTFUL,
    TRAFFIC,
    Graph,
    Line,
    Metric,
    Text,
    Widget,
    alarm_states,
    colour_of,
    section,
    single,
)
from platform_cli.stacks.dashboards.promises import objective_row
from platform_cli.stacks.stages import HTTP_STAGE

MOST_FUNCTIONS = 60
"""On the overview; with more, its services are shown on their own dashboards alone."""
MOST_ALARMS = 100
"""In one field of states (Dashboard Body Structure, 2026-11)."""


def overview(
    system: ResolvedEnvironment,
    ids: Mapping[str, str],
    alarms: Sequence[str],
    requests: Sequence[Requests],
    others: Iterable[tuple[str, str]],
) -> tuple[Widget, ...]:
    """What stands on it.

    Args:
        system: The environment.
        ids: What AWS calls the HTTP APIs.
        alarms: ARNs, the most telling first.
        requests: Of the system's objectives.
        others: Names and physical names of the other dashboards, to lead there.
    """
    links = " · ".join(f"[{name}](#dashboards:name={physical})" for name, physical in others)
    routed = {route.api for function in system.functions for route in function.routes}
    apis = [api for name, api in sorted(system.apis.items()) if name in routed]
    title = f"# {system.system} in {system.environment}"
    return (
        Text(f"{title}\n{links}" if links else title, height=2),
        *alarm_states(alarms[:MOST_ALARMS]),
        *section("Now", _now(system, ids)),
        *objective_row(system, system.objectives, requests),
        *section(
            "Entrances",
            [
                Graph("Requests", api_requests(apis, ids), "in 5 minutes", view="areas"),
                Graph(
                    "Share of failed requests",
                    (
                        api_rate("5xx, ours", BAD, apis, ids, "5xx"),
                        api_rate("4xx, the caller's", DOUBTFUL, apis, ids, "4xx"),
                    )
                    if apis
                    else (),
                    "%",
                    limits_in(
                        system,
                        [alarm for api in apis for alarm in api_alarms(system, api, "", HTTP_STAGE)],
                        "errors",
                    ),
                ),
                *(api_latency(api, ids) for api in apis),
                *entrance_graphs(system, ids),
            ],
        ),
        *section("Services", _services(system)),
        *section("What waits", _waiting(system)),
    )


def _now(system: ResolvedEnvironment, ids: Mapping[str, str]) -> list[Widget]:
    routed = {route.api for function in system.functions for route in function.routes}
    apis = [api for name, api in sorted(system.apis.items()) if name in routed]
    functions = system.functions[:MOST_FUNCTIONS]
    lines: list[Line] = []
    if apis:
        lines += [all_requests(apis, ids, TRAFFIC), api_rate("5xx, %", BAD, apis, ids, "5xx")]
    if functions and len(system.functions) <= MOST_FUNCTIONS:
        lines.append(total("Failed calls", BAD, functions, "Errors"))
        lines.append(total("Throttled calls", DOUBTFUL, functions, "Throttles"))
    if dead := _dead_letter_queues(system):
        lines.append(_dead_letters(tuple(dead.values())))
    return [Graph("The last hour", tuple(lines), view="numbers", width=24, height=3, period_seconds=3600)]


def _services(system: ResolvedEnvironment) -> list[Widget]:
    if len(system.functions) > MOST_FUNCTIONS:
        return [Text("Too many functions for one look: see the dashboards of the services.", height=1)]
    services = [service for service in system.services.values() if service.functions]
    calls = tuple(
        total(service.name, colour_of(number), tuple(service.functions.values()), "Invocations")
        for number, service in enumerate(services)
    )
    errors = tuple(
        error_rate(service.name, colour_of(number), tuple(service.functions.values()))
        for number, service in enumerate(services)
    )
    alarms = [alarm for function in system.functions for alarm in function_alarms(system, function)]
    return [
        Graph("Calls", calls, "in 5 minutes", width=12),
        Graph("Share of failed calls", errors, "%", limits_in(system, alarms, "errors"), width=12),
    ]


def _waiting(system: ResolvedEnvironment) -> list[Widget]:
    queues = sorted(system.queues.items())
    ages = tuple(
        single(name, colour_of(number), of_queue(queue.physical_name, "ApproximateAgeOfOldestMessage"))
        for number, (name, queue) in enumerate(queues)
    )
    dead = tuple(
        single(name, BAD, of_queue(keeps, "ApproximateNumberOfMessagesVisible"))
        for name, keeps in _dead_letter_queues(system).items()
    )
    tables = [table for _, table in sorted(system.tables.items()) if not table.external]
    alarms = list(data_alarms(system))
    return [
        Graph("Oldest message", ages, "s", limits_in(system, _on(alarms, "queue"), "age")),
        Graph("Dead letters", dead, "messages", limits_in(system, alarms, "dead_letters")),
        Graph("Throttled reads and writes", table_throttles(tables), "in 5 minutes"),
    ]


def _on(alarms: Iterable[Alarm], kind: str) -> list[Alarm]:
    return [alarm for alarm in alarms if alarm.subject.kind == kind]


def _dead_letter_queues(system: ResolvedEnvironment) -> Mapping[str, str]:
    """What AWS calls the queues with what nobody could handle, by the queue of the blueprint."""
    aside = records_put_aside(system)
    return {
        name: queue.dead_letter.physical_name if queue.dead_letter else queue.physical_name
        for name, queue in sorted(system.queues.items())
        if queue.dead_letter or name in aside
    }


def _dead_letters(names: Sequence[str]) -> Line:
    metrics = tuple(
        (f"q{i}", Metric(SQS, "ApproximateNumberOfMessagesVisible", (("QueueName", name),), "Maximum"))
        for i, name in enumerate(names)
    )
    return Line("Dead letters", BAD, metrics, " + ".join(f"FILL({{q{i}}}, 0)" for i in range(len(names))))
