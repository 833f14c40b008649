"""What carries messages: queues, topics, buses, streams."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import (
    QueueTrigger,
    ResolvedEnvironment,
    ResolvedFunction,
    ScheduleTrigger,
    StreamTrigger,
)
from platform_cli.operate.cost.compute import KB_PER_GB
from platform_cli.operate.cost.demand import DEFAULT_EVENT_KB, Demand
from platform_cli.operate.cost.quantities import Quantity, sole_user
from platform_cli.operate.cost.schedules import DAYS_PER_MONTH, HOURS_PER_MONTH, runs_per_month

_REQUESTS_A_MESSAGE = 3
"""Sent, received, deleted."""
_POLLERS = 5
_POLLS_AN_HOUR = 180
"""Lambda begins with five pollers a queue, each of which waits up to 20 seconds (Lambda developer guide)."""
_PUT_UNIT_KB = 25


def queues(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Requests of queues: three a message, and the polling of an empty queue."""
    for queue in environment.queues.values():
        path = f"queues.{queue.name}"
        service = sole_user(environment, "queues", queue.name)
        price = "sqs.requests.fifo" if queue.fifo else "sqs.requests"
        sent = demand.messages("queues", queue.name) * _REQUESTS_A_MESSAGE
        yield Quantity(price, sent, "variable", path, "messages sent, received and deleted", service)
        triggers = (t for f in environment.functions for t in f.triggers if isinstance(t, QueueTrigger))
        if any(trigger.queue == queue.name for trigger in triggers):
            demand.assume("Lambda polls each queue all the time: five pollers, 20 seconds a poll")
            polls = _POLLERS * _POLLS_AN_HOUR * HOURS_PER_MONTH
            yield Quantity(price, polls, "fixed", path, "polling by Lambda", service)


def topics(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Messages published; their delivery to queues and functions is free."""
    for name in environment.topics:
        service = sole_user(environment, "topics", name)
        messages = demand.messages("topics", name)
        yield Quantity("sns.requests", messages, "variable", f"topics.{name}", "messages", service)


def buses(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Events published, archives, and schedules."""
    for bus in environment.buses.values():
        path = f"buses.{bus.name}"
        service = sole_user(environment, "buses", bus.name)
        events = demand.messages("buses", bus.name)
        yield Quantity("eventbridge.events", events, "variable", path, "events", service)
        if bus.archive_days is not None:
            gigabytes = events * _event_kb(demand, bus.name) / KB_PER_GB
            what = "events taken into the archive"
            yield Quantity("eventbridge.archive-processing", gigabytes, "variable", path, what, service)
            # 0 keeps for ever: what a year brings is what is told of it.
            kept = gigabytes * (bus.archive_days or 365) / DAYS_PER_MONTH
            what = f"archive of {bus.archive_days or 365} days"
            yield Quantity("eventbridge.archive-storage", kept, "variable", path, what, service)
    for function in environment.functions:
        for trigger in function.triggers:
            if isinstance(trigger, ScheduleTrigger) and trigger.enabled:
                path = f"services.{function.service}.functions.{function.name}.triggers"
                runs = runs_per_month(trigger.schedule)
                what = f"runs of {trigger.schedule}"
                yield Quantity("scheduler.invocations", runs, "variable", path, what, function.service)


def streams(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Kinesis streams, on demand or by shards."""
    for stream in environment.streams.values():
        path = f"streams.{stream.name}"
        service = sole_user(environment, "streams", stream.name)
        records = demand.messages("streams", stream.name)
        size = demand.stored("streams", stream.name, "record_kb")
        if size is None:
            demand.assume("a record of a stream has 1 KB")
            size = Decimal(1)
        if stream.retention_hours > 24:
            demand.assume(f"keeping streams.{stream.name} for more than 24 hours is not priced")
        if stream.shards is None:
            yield Quantity("kinesis.on-demand", HOURS_PER_MONTH, "fixed", path, "stream", service)
            gigabytes = records * max(size, Decimal(1)) / KB_PER_GB
            yield Quantity("kinesis.on-demand-in", gigabytes, "variable", path, "data put", service)
            readers = len(_readers(environment, stream.name, own=False))
            what = f"data read by {readers} functions"
            yield Quantity("kinesis.on-demand-out", gigabytes * readers, "variable", path, what, service)
            for reader in _readers(environment, stream.name, own=True):
                what = f"data sent to {reader.address} alone"
                yield Quantity("kinesis.on-demand-fan-out", gigabytes, "variable", path, what, reader.service)
            continue
        hours = stream.shards * HOURS_PER_MONTH
        yield Quantity("kinesis.shards", hours, "fixed", path, f"{stream.shards} shards", service)
        units = records * max(Decimal(1), -(-size // _PUT_UNIT_KB))
        yield Quantity("kinesis.puts", units, "variable", path, "PUT payload units", service)
        for reader in _readers(environment, stream.name, own=True):
            what = f"{stream.shards} shards that send to {reader.address} alone"
            yield Quantity("kinesis.fan-out-hours", hours, "fixed", path, what, reader.service)
            gigabytes = records * size / KB_PER_GB
            what = f"data sent to {reader.address} alone"
            yield Quantity("kinesis.fan-out-data", gigabytes, "variable", path, what, reader.service)


def _readers(environment: ResolvedEnvironment, stream: str, *, own: bool) -> list[ResolvedFunction]:
    """A function for each trigger by the stream: those that read as consumers of their own, or the others."""
    return [
        function
        for function in environment.functions
        for trigger in function.triggers
        if isinstance(trigger, StreamTrigger)
        and (trigger.kind, trigger.source) == ("stream", stream)
        and trigger.enhanced_fan_out is own
    ]


def _event_kb(demand: Demand, bus: str) -> Decimal:
    said = demand.stored("buses", bus, "event_kb")
    if said is None:
        demand.assume(f"an event has {DEFAULT_EVENT_KB} KB")
        return DEFAULT_EVENT_KB
    return said


def applications(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Applications of Flink: by the unit and hour, and one unit more for each, whatever comes."""
    for application in environment.analytics.values():
        path = f"analytics.{application.name}"
        if not application.enabled:
            demand.assume(f"{path} is stopped, and costs nothing by the hour")
            continue
        if application.auto_scaling:
            demand.assume(f"{path} stays at the parallelism that it starts with")
        units = application.kpus + 1
        hours = units * HOURS_PER_MONTH
        yield Quantity("flink.kpu-hours", Decimal(hours), "fixed", path, f"{units} units of Flink (KPUs)")
        demand.assume("running storage and snapshots of applications of Flink are not priced")
