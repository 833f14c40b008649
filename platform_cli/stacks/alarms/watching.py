"""Which alarms the things of an environment have."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.resolved import (
    LIVE,
    QueueTrigger,
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedQueue,
    StreamTrigger,
)
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarms_of
from platform_cli.stacks.alarms.flags import reader_alarms
from platform_cli.stacks.alarms.guarding import backup_alarms
from platform_cli.stacks.alarms.messaging import SHARD_BYTES
from platform_cli.stacks.alarms.rule import DERIVED
from platform_cli.stacks.backups import is_used
from platform_cli.stacks.derived import api_namespace, function_namespace
from platform_cli.stacks.rights import keeps_failures

LONGEST_AGE_SECONDS = 900
"""Seconds that a message may wait, unless being tried again takes longer."""
FEWEST_RESERVED = 5
"""Below it, four fifths of the reserved concurrency are less than one call short of all."""


def function_alarms(system: ResolvedEnvironment, function: ResolvedFunction) -> Iterator[Alarm]:
    """The alarms of a function, and of the queue that keeps what it failed on."""
    origin = f"services.{function.service}.functions.{function.name}"
    reserved = function.reserved_concurrency or 0
    subject = Subject(
        "function",
        function.address,
        origin,
        {
            "FunctionName": function.physical_name,
            "QueueName": names_of(system).failures_queue(function.service, function.name),
            "Resource": f"{function.physical_name}:{LIVE}",
            "LogGroupName": names_of(system).log_group(function.service, function.name),
        },
        {
            "timeout_milliseconds": function.timeout_seconds * 1000,
            "memory_mb": function.memory_mb,
            "reserved_concurrency": reserved,
        },
        {DERIVED: function_namespace(names_of(system), function.service, function.name)},
    )
    names = ["errors", "throttles", "duration", "memory", "cold_starts"]
    if any(isinstance(trigger, StreamTrigger) for trigger in function.triggers):
        names.append("iterator_age")
    if keeps_failures(function):
        names.append("failures")
    if reserved >= FEWEST_RESERVED:
        names.append("concurrency")
    if function.provisioned_concurrency:
        names.append("unused")
    if system.logs.mask:
        names.append("personal_data")
    yield from alarms_of(system, subject, names, function.alarms)


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
        namespaces={DERIVED: api_namespace(names_of(system), api.name)},
    )
    refused = ["client_errors"] if system.alarms.speak_of("apis.client_errors", subject.origin) else []
    yield from alarms_of(system, subject, ("errors", *refused, "latency", "denied", "throttled"))


def data_alarms(system: ResolvedEnvironment) -> Iterator[Alarm]:
    """The alarms of tables, queues, topics, streams and backups, and on who reads flags."""
    for _, table in sorted(system.tables.items()):
        if table.external:
            continue
        dimensions = {"TableName": table.physical_name}
        origin = table.origin
        unused = ["unused_reads", "unused_writes"] if table.capacity else []
        latency = ["latency"] if system.alarms.speak_of("tables.latency", origin) else []
        names = ["throttles", "errors", "hot_partition", *latency, *unused]
        yield from alarms_of(system, Subject("table", table.name, origin, dimensions), names)
        for index in sorted(table.indexes):
            watched = Subject(
                "index",
                f"{table.name}.{index}",
                f"{origin}.indexes.{index}",
                {**dimensions, "GlobalSecondaryIndexName": index},
            )
            yield from alarms_of(system, watched, ("throttles", "hot_partition", *unused))
        for region in table.replicas:
            replica = Subject(
                "replica",
                f"{table.name}.{region}",
                f"{origin}.replicas",
                {**dimensions, "ReceivingRegion": region},
            )
            yield from alarms_of(system, replica, ("replication",))
    put_aside = records_put_aside(system)
    for _, queue in sorted(system.queues.items()):
        subject = Subject(
            "queue",
            queue.name,
            f"queues.{queue.name}",
            {"QueueName": queue.physical_name},
            thresholds={"age": _longest_age(queue)},
        )
        yield from alarms_of(system, subject, ("age", "depth"))
        if queue.dead_letter:
            dead = Subject(
                "dead-letters",
                queue.name,
                f"queues.{queue.name}.dead_letter",
                {"QueueName": queue.dead_letter.physical_name},
            )
            yield from alarms_of(system, dead, ("dead_letters",))
        elif queue.name in put_aside:
            aside = Subject("dead-letters", queue.name, subject.origin, subject.dimensions)
            yield from alarms_of(system, aside, ("dead_letters",))
    for _, topic in sorted(system.topics.items()):
        watched = Subject("topic", topic.name, f"topics.{topic.name}", {"TopicName": topic.physical_name})
        yield from alarms_of(system, watched, ("undelivered",))
    for _, stream in sorted(system.streams.items()):
        shards = stream.shards or 0
        watched = Subject(
            "stream",
            stream.name,
            f"streams.{stream.name}",
            {"StreamName": stream.physical_name},
            {"shard_bytes": shards * SHARD_BYTES},
        )
        # A single shard is the least that a stream can have.
        names = ["age", "throttles", *(["unused"] if shards > 1 else [])]
        yield from alarms_of(system, watched, names)
    for _, plan in sorted(system.backups.items()):
        if is_used(plan, system):
            yield from backup_alarms(system, plan)
    yield from reader_alarms(system)


def records_put_aside(system: ResolvedEnvironment) -> frozenset[str]:
    """The queues that keep what a function could not do with the records of streams, and that nobody takes.

    A queue with a function of its own is emptied, and what that cannot handle goes on to its dead letters.
    """
    triggers = [trigger for function in system.functions for trigger in function.triggers]
    taken = {trigger.queue for trigger in triggers if isinstance(trigger, QueueTrigger)}
    failed = {trigger.on_failure for trigger in triggers if isinstance(trigger, StreamTrigger)}
    return frozenset(name for name in failed - taken if name)


def delivery_alarms(system: ResolvedEnvironment, queue: ResolvedQueue, rule_name: str) -> Iterator[Alarm]:
    """The alarm of the rule that puts events of a bus into a queue.

    What a bus cannot hand to a function lies in the function's queue of failures, and that has an alarm.
    """
    assert queue.subscription
    assert queue.subscription.bus
    bus = system.buses[queue.subscription.bus].physical_name
    dimensions = {"EventBusName": bus, "RuleName": rule_name}
    subject = Subject("queue", queue.name, f"queues.{queue.name}.from", dimensions)
    yield from alarms_of(system, subject, ("undelivered",))


def _longest_age(queue: ResolvedQueue) -> float:
    """A message may be tried as often as the queue allows before it counts as stuck."""
    tries = queue.dead_letter.max_receives if queue.dead_letter else 1
    return max(LONGEST_AGE_SECONDS, tries * queue.visibility_timeout_seconds + queue.delay_seconds)
