"""Which alarms an environment has, with names, thresholds and whom they tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from platform_cli.blueprint.resolved import (
    ResolvedAlarmChange,
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedQueue,
    ResolvedService,
    StreamTrigger,
)
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.alarm_rules import (
    UNHEALTHY,
    UNHEALTHY_SEVERITY,
    AlarmRule,
    Severity,
    rule_of,
)
from platform_cli.stacks.rights import failures_queue, keeps_failures

LONGEST_AGE_SECONDS = 900
"""Seconds that a message may wait, unless being tried again takes longer."""
MOST_CHILDREN = 100
"""Alarms that a composite alarm may be made of (PutCompositeAlarm, 2026-11)."""
RULE_CHARACTERS = 10_240
"""Characters of the expression of a composite alarm (PutCompositeAlarm, 2026-11)."""
RUNBOOKS = "docs/alarms.md#{alarm}"
"""Where it says what to do, as long as the blueprint names no place of its own."""
_WHAT = {
    "function": "Function",
    "http-api": "API",
    "rest-api": "API",
    "table": "Table",
    "index": "Index",
    "queue": "Queue",
    "dead-letters": "Queue",
    "stream": "Stream",
}
_SHORT = {"http-api": "api", "rest-api": "api", "dead-letters": "queue"}


@dataclass(frozen=True)
class Subject:
    """Something that alarms watch.

    Attributes:
        kind: A key of `alarm_rules.RULES`.
        name: As messages call it: `orders.create`, `main.GSI1`.
        origin: Dotted path of the blueprint that it comes from.
        dimensions: Values of all dimensions that its rules name.
        scales: What a threshold in percent is a percentage of.
        thresholds: Where they follow from the thing itself, by the last word of the rule's key.
    """

    kind: str
    name: str
    origin: str
    dimensions: Mapping[str, str]
    scales: Mapping[str, float] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Alarm:
    """An alarm to be; `threshold` in the unit of the metric, or of the rule's expression."""

    name: str
    rule: AlarmRule
    subject: Subject
    description: str
    severity: Severity
    threshold: float
    period_seconds: int
    evaluation_periods: int
    datapoints: int


@dataclass(frozen=True)
class Composite:
    """An alarm that is on as long as any of others is; `part` counts from 1 where one cannot hold all."""

    name: str
    part: int
    description: str
    severity: Severity
    children: tuple[str, ...]


def function_alarms(system: ResolvedEnvironment, function: ResolvedFunction) -> Iterator[Alarm]:
    """The alarms of a function, and of the queue that keeps what it failed on."""
    origin = f"services.{function.service}.functions.{function.name}"
    subject = Subject(
        "function",
        function.address,
        origin,
        {"FunctionName": function.physical_name, "QueueName": failures_queue(function)},
        {"timeout_milliseconds": function.timeout_seconds * 1000},
    )
    names = ["errors", "throttles", "duration"]
    if any(isinstance(trigger, StreamTrigger) for trigger in function.triggers):
        names.append("iterator_age")
    if keeps_failures(function):
        names.append("failures")
    yield from _alarms(system, subject, names, function.alarms)


def service_composites(
    system: ResolvedEnvironment, service: ResolvedService, alarms: Sequence[Alarm]
) -> tuple[Composite, ...]:
    """One alarm for the whole service, or several where it has more alarms than one can hold."""
    change = system.alarms.changes.get(UNHEALTHY, ResolvedAlarmChange())
    children = [alarm.name for alarm in alarms if alarm.severity != "info"]
    if change.enabled is False or not children:
        return ()
    name = names_of(system).alarm("service", service.name, "unhealthy")
    groups = list(_groups(children))
    return tuple(
        Composite(
            name if part == 1 else f"{name}-{part}",
            part,
            _describe(
                system, f"Service {service.name}", "one of its alarms is on", UNHEALTHY.replace(".", "-")
            ),
            change.severity or UNHEALTHY_SEVERITY,
            tuple(group),
        )
        for part, group in enumerate(groups, start=1)
    )


def api_alarms(system: ResolvedEnvironment, api: ResolvedApi, api_id: str, stage: str) -> Iterator[Alarm]:
    """The alarms of an API.

    Args:
        system: The environment.
        api: The API.
        api_id: What AWS calls it.
        stage: Its stage.
    """
    subject = Subject(
        "rest-api" if api.kind == "rest" else "http-api",
        api.name,
        f"apis.{api.name}",
        {"ApiId": api_id, "ApiName": api.physical_name, "Stage": stage},
    )
    yield from _alarms(system, subject, ("errors", "latency"))


def data_alarms(system: ResolvedEnvironment) -> Iterator[Alarm]:
    """The alarms of tables with their indexes, of queues and of streams."""
    for _, table in sorted(system.tables.items()):
        if table.external:
            continue
        dimensions = {"TableName": table.physical_name}
        origin = f"tables.{table.name}"
        yield from _alarms(system, Subject("table", table.name, origin, dimensions), ("throttles", "errors"))
        for index in sorted(table.indexes):
            watched = Subject(
                "index",
                f"{table.name}.{index}",
                f"{origin}.indexes.{index}",
                {**dimensions, "GlobalSecondaryIndexName": index},
            )
            yield from _alarms(system, watched, ("throttles",))
    for _, queue in sorted(system.queues.items()):
        subject = Subject(
            "queue",
            queue.name,
            f"queues.{queue.name}",
            {"QueueName": queue.physical_name},
            thresholds={"age": _longest_age(queue)},
        )
        yield from _alarms(system, subject, ("age", "depth"))
        if queue.dead_letter:
            dead = Subject(
                "dead-letters",
                queue.name,
                f"queues.{queue.name}.dead_letter",
                {"QueueName": queue.dead_letter.physical_name},
            )
            yield from _alarms(system, dead, ("dead_letters",))
    for _, stream in sorted(system.streams.items()):
        watched = Subject(
            "stream", stream.name, f"streams.{stream.name}", {"StreamName": stream.physical_name}
        )
        yield from _alarms(system, watched, ("age", "throttles"))


def delivery_alarms(system: ResolvedEnvironment, queue: ResolvedQueue, rule_name: str) -> Iterator[Alarm]:
    """The alarm of the rule that puts events of a bus into a queue.

    What a bus cannot hand to a function lies in the function's queue of failures, and that has an alarm.
    """
    assert queue.subscription
    assert queue.subscription.bus
    bus = system.buses[queue.subscription.bus].physical_name
    dimensions = {"EventBusName": bus, "RuleName": rule_name}
    subject = Subject("queue", queue.name, f"queues.{queue.name}.from", dimensions)
    yield from _alarms(system, subject, ("undelivered",))


def _alarms(
    system: ResolvedEnvironment,
    subject: Subject,
    names: Iterable[str],
    own: Mapping[str, ResolvedAlarmChange] | None = None,
) -> Iterator[Alarm]:
    for name in names:
        rule = rule_of(subject.kind, name)
        change = _merged(system.alarms.changes.get(rule.key), (own or {}).get(name))
        if change.enabled is not False:
            yield _alarm(system, subject, rule, change)


def _alarm(
    system: ResolvedEnvironment, subject: Subject, rule: AlarmRule, change: ResolvedAlarmChange
) -> Alarm:
    bad = change.threshold
    if bad is None:
        bad = subject.thresholds.get(rule.name, rule.threshold)
    looked_at = change.evaluation_periods or max(rule.evaluation_periods, change.datapoints or 0)
    kind = _SHORT.get(subject.kind, subject.kind)
    return Alarm(
        name=names_of(system).alarm(kind, subject.name, rule.name.replace("_", "-")),
        rule=rule,
        subject=subject,
        description=_describe(
            system,
            f"{_WHAT[subject.kind]} {subject.name}",
            f"{rule.meaning} (more than {bad:g} {rule.unit})",
            rule.slug,
        ),
        severity=change.severity or rule.severity,
        threshold=bad * subject.scales[rule.scale] / 100 if rule.scale else bad,
        period_seconds=change.period_seconds or rule.period_seconds,
        evaluation_periods=looked_at,
        datapoints=change.datapoints or min(rule.datapoints, looked_at),
    )


def _merged(general: ResolvedAlarmChange | None, own: ResolvedAlarmChange | None) -> ResolvedAlarmChange:
    """What stands at the function, and behind it what stands for all functions."""
    values = general.model_dump() if general else {}
    values |= {key: value for key, value in (own.model_dump() if own else {}).items() if value is not None}
    return ResolvedAlarmChange(**values)


def _describe(system: ResolvedEnvironment, what: str, wrong: str, slug: str) -> str:
    runbook = (system.alarms.runbook_url or RUNBOOKS).replace("{alarm}", slug)
    return f"{what} of {names_of(system).prefix}: {wrong}. Runbook: {runbook}"


def _longest_age(queue: ResolvedQueue) -> float:
    """A message may be tried as often as the queue allows before it counts as stuck."""
    tries = queue.dead_letter.max_receives if queue.dead_letter else 1
    return max(LONGEST_AGE_SECONDS, tries * queue.visibility_timeout_seconds + queue.delay_seconds)


def _groups(children: Sequence[str]) -> Iterator[list[str]]:
    """As many as CloudWatch takes in one composite alarm, by number and by characters."""
    group: list[str] = []
    for child in children:
        if len(group) == MOST_CHILDREN or len(any_of([*group, child])) > RULE_CHARACTERS:
            yield group
            group = []
        group.append(child)
    yield group


def any_of(children: Iterable[str]) -> str:
    """The expression of a composite alarm that is on as long as one of these is."""
    return " OR ".join(f'ALARM("{child}")' for child in children)
