"""Buses, queues, topics and streams, and the triggers of functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from platform_cli.blueprint.event_stores import INSERTED, named, table_name
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model import triggers as source
from platform_cli.blueprint.model.events import Queue, StreamShards
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import (
    BucketTrigger,
    BusTrigger,
    QueueTrigger,
    ResolvedBus,
    ResolvedDeadLetter,
    ResolvedEventType,
    ResolvedQueue,
    ResolvedStream,
    ResolvedSubscription,
    ResolvedTopic,
    ScheduleTrigger,
    StreamTrigger,
    TopicTrigger,
    Trigger,
)

VISIBILITY_FACTOR = 6
"""AWS advises six times the function's timeout (Lambda guide, «Using Lambda with Amazon SQS», 2026-11)."""
_SMALLEST_VISIBILITY_SECONDS = 30
_LARGEST_VISIBILITY_SECONDS = 43200


def resolve_buses(
    blueprint: Blueprint, names: Names, schemas: Mapping[str, str] | None = None
) -> dict[str, ResolvedBus]:
    """Buses; `schemas` has the content of the files with the schemas of events, by path."""
    return {
        name: ResolvedBus(
            name=name,
            physical_name=names.resource(name),
            archive_days=bus.archive_days,
            events=tuple(
                ResolvedEventType(
                    detail_type=detail_type,
                    description=event.description,
                    schema_text=(schemas or {}).get(event.schema_file) if event.schema_file else None,
                )
                for detail_type, event in sorted(bus.events.items())
            ),
        )
        for name, bus in sorted(blueprint.buses.items())
    }


def resolve_topics(blueprint: Blueprint, names: Names) -> dict[str, ResolvedTopic]:
    """Topics."""
    return {
        name: ResolvedTopic(
            name=name,
            physical_name=names.topic(name, fifo=topic.fifo),
            fifo=topic.fifo,
            content_deduplication=topic.content_deduplication is not False,
            encryption=topic.encryption,
        )
        for name, topic in sorted(blueprint.topics.items())
    }


def resolve_streams(blueprint: Blueprint, names: Names) -> dict[str, ResolvedStream]:
    """Streams."""
    return {
        name: ResolvedStream(
            name=name,
            physical_name=names.resource(name),
            shards=stream.capacity.shards if isinstance(stream.capacity, StreamShards) else None,
            retention_hours=stream.retention_hours,
            encryption=stream.encryption,
        )
        for name, stream in sorted(blueprint.streams.items())
    }


def resolve_queues(blueprint: Blueprint, names: Names) -> dict[str, ResolvedQueue]:
    """Queues; a visibility timeout that is not said follows from the functions that take from the queue."""
    needed = advised_visibility(blueprint)
    return {
        name: _queue(name, queue, needed.get(name, 0), names)
        for name, queue in sorted(blueprint.queues.items())
    }


def advised_visibility(blueprint: Blueprint) -> dict[str, int]:
    """For each queue that drives functions, in seconds: six times the longest timeout, plus the window."""
    needed: dict[str, int] = {}
    for service in blueprint.services.values():
        for function in service.functions.values():
            timeout = function.timeout_seconds or blueprint.defaults.timeout_seconds
            for trigger in function.triggers:
                if isinstance(trigger, source.QueueTrigger):
                    seconds = VISIBILITY_FACTOR * timeout + trigger.batch_window_seconds
                    needed[trigger.queue] = max(needed.get(trigger.queue, 0), seconds)
    return needed


def _queue(name: str, queue: Queue, needed: int, names: Names) -> ResolvedQueue:
    visibility = queue.visibility_timeout_seconds
    if visibility is None:
        visibility = min(max(needed, _SMALLEST_VISIBILITY_SECONDS), _LARGEST_VISIBILITY_SECONDS)
    dead = queue.dead_letter
    return ResolvedQueue(
        name=name,
        physical_name=names.queue(name, fifo=queue.fifo),
        fifo=queue.fifo,
        visibility_timeout_seconds=visibility,
        retention_days=queue.retention_days,
        delay_seconds=queue.delay_seconds,
        subscription=_subscription(queue) if queue.subscription else None,
        dead_letter=ResolvedDeadLetter(
            physical_name=names.queue(name, dead_letter=True, fifo=queue.fifo),
            max_receives=dead.max_receives,
            retention_days=dead.retention_days,
        )
        if dead
        else None,
        content_deduplication=queue.content_deduplication is not False,
        high_throughput=bool(queue.high_throughput),
        encryption=queue.encryption,
    )


def _subscription(queue: Queue) -> ResolvedSubscription:
    subscription = queue.subscription
    assert subscription
    grouped = queue.fifo and subscription.bus
    return ResolvedSubscription(
        bus=subscription.bus,
        topic=subscription.topic,
        detail_types=tuple(sorted(subscription.detail_types)),
        sources=tuple(sorted(subscription.sources)),
        message_group=(subscription.message_group or subscription.bus) if grouped else None,
    )


def resolve_trigger(trigger: source.Trigger) -> Trigger:
    """A trigger with every option."""
    match trigger:
        case source.QueueTrigger():
            return QueueTrigger(
                queue=trigger.queue,
                batch_size=trigger.batch_size,
                batch_window_seconds=trigger.batch_window_seconds,
                max_concurrency=trigger.max_concurrency,
                filters=tuple(_json(pattern) for pattern in trigger.filters),
            )
        case source.StreamTrigger():
            return _records(trigger, "stream", trigger.stream)
        case source.TableStreamTrigger():
            return _records(trigger, "table_stream", trigger.table_stream)
        case source.ProjectionTrigger():
            return _projection(trigger)
        case source.BusTrigger():
            return BusTrigger(
                bus=trigger.bus,
                detail_types=tuple(sorted(trigger.detail_types)),
                sources=tuple(sorted(trigger.sources)),
            )
        case source.ScheduleTrigger():
            return ScheduleTrigger(
                schedule=trigger.schedule,
                timezone=trigger.timezone,
                enabled=trigger.enabled,
                input=None if trigger.input is None else _json(trigger.input),
            )
        case source.BucketTrigger():
            return BucketTrigger(
                bucket=trigger.bucket,
                events=tuple(sorted(set(trigger.events))),
                prefix=trigger.prefix,
                suffix=trigger.suffix,
            )
        case source.TopicTrigger():
            policy = trigger.filter_policy
            return TopicTrigger(topic=trigger.topic, filter_policy=None if policy is None else _json(policy))


def _records(trigger: source.RecordTrigger, kind: Any, name: str) -> StreamTrigger:
    return StreamTrigger(
        kind=kind,
        source=name,
        batch_size=trigger.batch_size,
        batch_window_seconds=trigger.batch_window_seconds,
        starting_position=trigger.starting_position,
        bisect_on_error=trigger.bisect_on_error,
        max_retries=trigger.max_retries,
        max_age_seconds=trigger.max_age_seconds,
        parallelization=trigger.parallelization,
        tumbling_window_seconds=trigger.tumbling_window_seconds,
        on_failure=trigger.on_failure,
        filters=tuple(_json(pattern) for pattern in trigger.filters),
        enhanced_fan_out=isinstance(trigger, source.StreamTrigger) and trigger.enhanced_fan_out,
    )


def _projection(trigger: source.ProjectionTrigger) -> StreamTrigger:
    """A projection is driven by the stream of the event store's table, by inserted events alone."""
    store = named(trigger.projection.of, "event_stores")
    assert store is not None
    table = _records(trigger, "table_stream", table_name(store))
    return table.model_copy(
        update={
            "projection_of": store,
            "projection_into": named(trigger.projection.into, "tables"),
            "filters": tuple(_json({**pattern, **INSERTED}) for pattern in trigger.filters or ({},)),
        }
    )


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
