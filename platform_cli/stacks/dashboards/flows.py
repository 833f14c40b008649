"""What carries work from one to another, as graphs: queues, buses, topics, streams, applications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_cli.blueprint.resolved import ResolvedBus, ResolvedEnvironment
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.alarms.alarm import Alarm
from platform_cli.stacks.alarms.analytics import analytics_alarms
from platform_cli.stacks.dashboards.figures import limits_in, of_queue
from platform_cli.stacks.dashboards.parts import (
    BAD,
    DOUBTFUL,
    GOOD,
    SECOND,
    TRAFFIC,
    Graph,
    Line,
    Metric,
    colour_of,
    single,
)
from platform_cli.stacks.rights import keeps_failures

VISIBLE = "ApproximateNumberOfMessagesVisible"
_AGE = "ApproximateAgeOfOldestMessage"
_KINESIS, _SNS, _FLINK = "AWS/Kinesis", "AWS/SNS", "AWS/KinesisAnalytics"
_MOST_LINES = 15
"""Of one graph, so that each has a colour of its own."""


def queue_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """What waits in each queue, how long, and what nobody could handle."""
    for name, queue in sorted(system.queues.items()):
        dead = queue.dead_letter
        yield Graph(
            name,
            (
                single("waiting", TRAFFIC, of_queue(queue.physical_name, VISIBLE)),
                single(
                    "being handled",
                    GOOD,
                    of_queue(queue.physical_name, "ApproximateNumberOfMessagesNotVisible"),
                ),
                *((single("dead letters", BAD, of_queue(dead.physical_name, VISIBLE)),) if dead else ()),
                single("oldest, s", DOUBTFUL, of_queue(queue.physical_name, _AGE), right=True),
            ),
            "messages",
            right_unit="s",
        )


def failure_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """What buses, topics, buckets and schedules could not hand to functions, or functions gave up."""
    keeping = [function for function in system.functions if keeps_failures(function)]
    names = names_of(system)
    for start in range(0, len(keeping), _MOST_LINES):
        yield Graph(
            "Events that functions gave up",
            tuple(
                single(
                    function.address,
                    colour_of(number),
                    of_queue(names.failures_queue(function.service, function.name), VISIBLE),
                )
                for number, function in enumerate(keeping[start : start + _MOST_LINES])
            ),
            "messages",
        )


def bus_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """What each bus hands on, and what it cannot. An archive is a rule as the others; it has no metric."""
    for name, bus in sorted(system.buses.items()):
        yield Graph(
            name,
            (
                _of_rules("matches of rules", TRAFFIC, bus, "TriggeredRules"),
                _of_rules("handed on", GOOD, bus, "Invocations"),
                _of_rules("to dead letters", DOUBTFUL, bus, "InvocationsSentToDlq"),
                _of_rules("failed", BAD, bus, "FailedInvocations"),
            ),
            "in 5 minutes",
        )


def _of_rules(label: str, colour: str, bus: ResolvedBus, name: str) -> Line:
    """Of all rules of a bus together: AWS makes their names, and has no metric of the bus alone.

    Double braces: what stands in single ones is replaced by the ids of metrics.
    """
    search = f'{{{{AWS/Events,EventBusName,RuleName}}}} EventBusName="{bus.physical_name}"'
    return Line(label, colour, (), f"SUM(SEARCH('{search} MetricName=\"{name}\"', 'Sum'))")


def topic_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """What is published to each topic, and what reaches those who take from it."""
    for name, topic in sorted(system.topics.items()):
        at = (("TopicName", topic.physical_name),)
        yield Graph(
            name,
            (
                single("published", TRAFFIC, Metric(_SNS, "NumberOfMessagesPublished", at)),
                single("delivered", GOOD, Metric(_SNS, "NumberOfNotificationsDelivered", at)),
                single("failed", BAD, Metric(_SNS, "NumberOfNotificationsFailed", at)),
            ),
            "in 5 minutes",
        )


def stream_graphs(system: ResolvedEnvironment, alarms: Sequence[Alarm]) -> Iterator[Graph]:
    """What comes into each stream, how far its readers are behind, what is turned away."""
    for name, stream in sorted(system.streams.items()):
        at = (("StreamName", stream.physical_name),)
        mine = [one for one in alarms if one.subject.kind == "stream" and one.subject.name == name]
        yield Graph(
            f"{name}: records",
            (single("in", TRAFFIC, Metric(_KINESIS, "IncomingRecords", at)),),
            "in 5 minutes",
            view="areas",
        )
        yield Graph(
            f"{name}: readers behind",
            (
                single(
                    "oldest record",
                    DOUBTFUL,
                    Metric(_KINESIS, "GetRecords.IteratorAgeMilliseconds", at, "Maximum"),
                ),
            ),
            "ms",
            limits_in(system, mine, "age"),
        )
        yield Graph(
            f"{name}: turned away",
            (
                single("reads", DOUBTFUL, Metric(_KINESIS, "ReadProvisionedThroughputExceeded", at)),
                single("writes", BAD, Metric(_KINESIS, "WriteProvisionedThroughputExceeded", at)),
            ),
            "in 5 minutes",
        )


def application_graphs(system: ResolvedEnvironment) -> Iterator[Graph]:
    """Size, failures and saved states of each application of Flink."""
    for name, application in sorted(system.analytics.items()):
        if not application.enabled:
            continue
        at = (("Application", application.physical_name),)
        limits = limits_in(system, analytics_alarms(system, application), "checkpoint_duration")
        yield Graph(f"{name}: size", (single("KPU", TRAFFIC, Metric(_FLINK, "KPUs", at, "Average")),), "KPU")
        yield Graph(
            f"{name}: down",
            (
                single("down", BAD, Metric(_FLINK, "downtime", at, "Average")),
                single("restarts", DOUBTFUL, Metric(_FLINK, "fullRestarts", at, "Maximum"), right=True),
            ),
            "ms",
            right_unit="since it was deployed",
        )
        yield Graph(
            f"{name}: saving its state",
            (single("duration", SECOND, Metric(_FLINK, "lastCheckpointDuration", at, "Maximum")),),
            "ms",
            limits,
        )
