"""Queues, topics, triggers and schedules."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.fifo import check_dead_letters, check_fifo
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.model import triggers
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolution.events import VISIBILITY_FACTOR
from platform_cli.blueprint.schedules import ScheduleError, check_schedule

_FIFO_BATCH = 10
"""Lambda's largest batch of a FIFO queue, and of a standard queue without a window (2026-11)."""


def check_queues(context: Context) -> None:
    """What queues take."""
    for name, queue in context.blueprint.queues.items():
        check_fifo(context, name, queue)
        check_dead_letters(context, name, queue)
        subscription = queue.subscription
        if subscription is None or not context.is_sound("queues", name, "from"):
            continue
        path = ("queues", name, "from")
        if (subscription.bus is None) == (subscription.topic is None):
            count = "neither a bus nor a topic" if subscription.bus is None else "a bus and a topic"
            context.report(
                "invalid-subscription",
                f"queue {name} takes from {count}",
                path,
                key=True,
                hint="name one; a second source needs a queue of its own",
            )
        elif subscription.topic is not None:
            for key in ("detail_types", "sources"):
                if getattr(subscription, key):
                    context.report(
                        "invalid-subscription",
                        f"queue {name} takes from a topic, and `{key}` goes with a bus",
                        (*path, key),
                        key=True,
                    )
            topic = context.blueprint.topics.get(subscription.topic)
            if topic is not None and queue.fifo and not topic.fifo:
                context.report(
                    "fifo-mismatch",
                    f"queue {name} is FIFO, and topic {subscription.topic} is not",
                    (*path, "topic"),
                    hint=f"write `fifo: true` for topic {subscription.topic}",
                )


def check_consumers(context: Context) -> None:
    """Functions that take from queues: timeouts, batches, and who else takes."""
    consumers: dict[str, str] = {}
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        timeout = function.timeout_seconds or context.blueprint.defaults.timeout_seconds
        for index, trigger in enumerate(function.triggers):
            if not isinstance(trigger, triggers.QueueTrigger):
                continue
            place = (*path, "triggers", index)
            first = consumers.setdefault(trigger.queue, address)
            if first != address:
                context.report(
                    "competing-consumers",
                    f"functions {first} and {address} both take from queue {trigger.queue}",
                    (*place, "queue"),
                    hint="give each a queue of its own, with the same `from`",
                )
            _check_visibility(context, address, timeout, trigger)
            _check_batch(context, address, trigger, place)


def _check_visibility(context: Context, address: str, timeout: int, trigger: triggers.QueueTrigger) -> None:
    queue = context.blueprint.queues.get(trigger.queue)
    if queue is None or queue.visibility_timeout_seconds is None:
        return
    visibility = queue.visibility_timeout_seconds
    advised = VISIBILITY_FACTOR * timeout + trigger.batch_window_seconds
    if visibility >= advised:
        return
    environment = context.blueprint.environments.get(context.environment or "")
    if visibility >= timeout and environment is not None and environment.target == "local":
        # A longer timeout for a slow laptop is no reason to change what runs on AWS.
        return
    context.report(
        "visibility-below-timeout" if visibility < timeout else "visibility-below-advice",
        f"queue {trigger.queue} hides messages for {visibility} s, "
        f"and function {address} may run for {timeout} s",
        ("queues", trigger.queue, "visibility_timeout_seconds"),
        hint=f"write visibility_timeout_seconds: {advised} (six times the timeout"
        + (", plus the batch window" if trigger.batch_window_seconds else "")
        + "), or leave it out",
    )


def _check_batch(context: Context, address: str, trigger: triggers.QueueTrigger, place: Path) -> None:
    queue = context.blueprint.queues.get(trigger.queue)
    if queue is not None and queue.fifo:
        if trigger.batch_size > _FIFO_BATCH or trigger.batch_window_seconds:
            key = "batch_size" if trigger.batch_size > _FIFO_BATCH else "batch_window_seconds"
            context.report(
                "fifo-batch-size",
                f"queue {trigger.queue} is FIFO, and {key} of function {address} is {getattr(trigger, key)}",
                (*place, key),
                hint=f"write batch_size: {_FIFO_BATCH} or less, and no batch_window_seconds",
            )
    elif trigger.batch_size > _FIFO_BATCH and trigger.batch_window_seconds == 0:
        context.report(
            "batch-needs-window",
            f"function {address} takes {trigger.batch_size} messages at once, and does not wait for them",
            (*place, "batch_size"),
            hint="write batch_window_seconds: 1 or more beside it",
        )


def check_driven(context: Context) -> None:
    """Triggers of the other kinds, and triggers that stand twice."""
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        seen: list[triggers.Trigger] = []
        for index, trigger in enumerate(function.triggers):
            place = (*path, "triggers", index)
            if any(_same_source(trigger, other) for other in seen):
                context.report(
                    "duplicate-trigger",
                    f"function {address} has this trigger twice",
                    (*place, _kind(trigger)),
                    hint="remove one of them",
                )
            seen.append(trigger)
            match trigger:
                case triggers.ScheduleTrigger():
                    _check_schedule(context, trigger, place)
                case triggers.TableStreamTrigger(table_stream=table):
                    _check_table_stream(context, address, table, place)
                case triggers.TopicTrigger(topic=topic_name):
                    topic = context.blueprint.topics.get(topic_name)
                    if topic is not None and topic.fifo:
                        context.report(
                            "fifo-mismatch",
                            f"topic {topic_name} is FIFO, and cannot call function {address}",
                            (*place, "topic"),
                            hint="put a FIFO queue between them",
                        )
                case _:
                    pass


def _kind(trigger: triggers.Trigger) -> str:
    return next(kind for kind in triggers.TRIGGER_KINDS if hasattr(trigger, kind))


def _same_source(one: triggers.Trigger, other: triggers.Trigger) -> bool:
    kind = _kind(one)
    if isinstance(one, triggers.ProjectionTrigger) and isinstance(other, triggers.ProjectionTrigger):
        return one.projection.of == other.projection.of
    if kind in ("queue", "stream", "table_stream", "topic"):
        return type(one) is type(other) and getattr(one, kind) == getattr(other, kind)
    return one == other


def _check_table_stream(context: Context, address: str, name: str, place: Path) -> None:
    if name in context.blueprint.external.tables:
        context.report(
            "table-without-stream",
            f'function {address} is driven by table "{name}", which is external',
            (*place, "table_stream"),
            hint="only tables of the blueprint can drive functions",
        )
        return
    table = context.blueprint.tables.get(name)
    if table is not None and table.stream is None and context.is_sound("tables", name):
        context.report(
            "table-without-stream",
            f'function {address} is driven by table "{name}", which has no stream',
            (*place, "table_stream"),
            hint=f"write `stream: new_and_old_images` for table {name}",
        )


def _check_schedule(context: Context, trigger: triggers.ScheduleTrigger, place: Path) -> None:
    try:
        check_schedule(trigger.schedule)
    except ScheduleError as error:
        context.report("invalid-schedule", str(error), (*place, "schedule"), hint=error.hint)
    try:
        ZoneInfo(trigger.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zones = available_timezones()
        # A machine without the IANA database cannot tell; AWS will.
        if zones:
            context.report(
                "unknown-timezone",
                f'"{trigger.timezone}" is no time zone',
                (*place, "timezone"),
                hint=nearest_hint(trigger.timezone, zones),
            )
