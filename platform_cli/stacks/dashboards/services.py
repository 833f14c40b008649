"""The dashboard of a service: its functions, what drives them, what it promises and counts."""

from __future__ import annotations

from collections.abc import Sequence

from platform_cli.blueprint.resolved import (
    QueueTrigger,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedService,
    StreamTrigger,
)
from platform_cli.stacks.alarms.objectives import Requests
from platform_cli.stacks.alarms.watching import function_alarms
from platform_cli.stacks.dashboards.business import metric_graphs
from platform_cli.stacks.dashboards.figures import (
    each_function,
    error_rate,
    limits_in,
    of_function,
    of_queue,
    total,
)
from platform_cli.stacks.dashboards.parts import (
    AVERAGE,
    BAD,
    DOUBTFUL,
    SLOWEST,
    TRAFFIC,
    Graph,
    Text,
    Widget,
    alarm_states,
    colour_of,
    section,
    single,
)
from platform_cli.stacks.dashboards.promises import objective_row

MOST_ALARMS = 100


def service_board(
    system: ResolvedEnvironment, service: ResolvedService, alarms: Sequence[str], requests: Sequence[Requests]
) -> tuple[Widget, ...]:
    """What stands on it.

    Args:
        system: The environment.
        service: The service.
        alarms: ARNs, the most telling first.
        requests: Of the service's objectives.
    """
    functions = tuple(service.functions.values())
    return (
        Text(f"# {service.name} of {system.system} in {system.environment}"),
        *alarm_states(alarms[:MOST_ALARMS]),
        *section(
            "Now",
            [
                Graph(
                    "The last hour",
                    (
                        total("Calls", TRAFFIC, functions, "Invocations"),
                        error_rate("Failed, %", BAD, functions),
                        total("Throttled", DOUBTFUL, functions, "Throttles"),
                    ),
                    view="numbers",
                    width=24,
                    height=3,
                    period_seconds=3600,
                )
            ],
        ),
        *objective_row(system, service.objectives, requests),
        *section("Business", metric_graphs(service.metrics.values())),
        *section(
            "Functions",
            [
                Graph("Calls", each_function(functions, "Invocations"), "in 5 minutes", view="areas"),
                Graph("Failed calls", each_function(functions, "Errors"), "in 5 minutes"),
                Graph("Throttled calls", each_function(functions, "Throttles"), "in 5 minutes"),
                Graph(
                    "At the same time", each_function(functions, "ConcurrentExecutions", "Maximum"), "calls"
                ),
                *(duration(function) for function in functions),
            ],
        ),
        *section("What drives it", _driven(system, functions)),
    )


def duration(function: ResolvedFunction) -> Graph:
    """How long a function takes: the average against the slowest hundredth.

    Its timeout stands in the title: as a line, it would press all others against the axis.
    """
    return Graph(
        f"{function.name}: duration, timeout {function.timeout_seconds} s",
        (
            single("average", AVERAGE, of_function(function, "Duration", "Average")),
            single("p99", SLOWEST, of_function(function, "Duration", "p99")),
        ),
        "ms",
    )


def _driven(system: ResolvedEnvironment, functions: Sequence[ResolvedFunction]) -> list[Widget]:
    queues = sorted(
        {trigger.queue for f in functions for trigger in f.triggers if isinstance(trigger, QueueTrigger)}
    )
    found: list[Widget] = []
    for name in queues:
        queue = system.queues[name]
        lines = [
            single("waiting", TRAFFIC, of_queue(queue.physical_name, "ApproximateNumberOfMessagesVisible")),
            single(
                "oldest, s",
                DOUBTFUL,
                of_queue(queue.physical_name, "ApproximateAgeOfOldestMessage"),
                right=True,
            ),
        ]
        if queue.dead_letter:
            dead = of_queue(queue.dead_letter.physical_name, "ApproximateNumberOfMessagesVisible")
            lines.append(single("dead letters", BAD, dead))
        found.append(Graph(f"Queue {name}", tuple(lines), "messages", right_unit="s"))
    reading = [f for f in functions if any(isinstance(trigger, StreamTrigger) for trigger in f.triggers)]
    ages = tuple(
        single(f.name, colour_of(number), of_function(f, "IteratorAge", "Maximum"))
        for number, f in enumerate(reading)
    )
    alarms = [alarm for f in reading for alarm in function_alarms(system, f)]
    return [*found, Graph("Behind its stream", ages, "ms", limits_in(system, alarms, "iterator_age"))]
