"""How many functions read one stream: what they share is little."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model import triggers
from platform_cli.blueprint.nodes import Path

TABLE_READERS = 2
"""Readers of a shard of a table's stream before they are throttled (Lambda guide, «DynamoDB», 2026-11)."""
REPLICATED_READERS = 1
"""The same of a table with replicas, whose copies are kept by its stream."""
SHARED_READERS = 2
"""Functions that share a Kinesis stream without much harm: all together have 2 MB a second of a shard."""


def check_readers(context: Context) -> None:
    """Streams that more functions read than they are made for."""
    places: dict[tuple[str, str], list[Path]] = {}
    for _, _, _, function, path in context.functions():
        for index, trigger in enumerate(function.triggers):
            source = _source(trigger)
            if source is not None:
                places.setdefault(source, []).append((*path, "triggers", index))
    for (kind, name), found in places.items():
        if kind == "streams":
            _check_shared(context, name, found)
        else:
            _check_changes(context, kind, name, found)


def _source(trigger: object) -> tuple[str, str] | None:
    """The section and name of what a trigger reads together with others."""
    if isinstance(trigger, triggers.TableStreamTrigger):
        return "tables", trigger.table_stream
    if isinstance(trigger, triggers.ProjectionTrigger):
        return "event_stores", trigger.projection.of.partition(".")[2]
    if isinstance(trigger, triggers.StreamTrigger) and not trigger.enhanced_fan_out:
        return "streams", trigger.stream
    return None


def _check_changes(context: Context, kind: str, name: str, found: list[Path]) -> None:
    table = context.blueprint.tables.get(name) if kind == "tables" else None
    replicated = bool(table and table.replicas)
    most = REPLICATED_READERS if replicated else TABLE_READERS
    if len(found) <= most:
        return
    what = f"table {name}" if kind == "tables" else f"event store {name}"
    context.report(
        "too-many-readers",
        f"{what} has replicas, and {len(found)} functions read its changes: AWS advises one"
        if replicated
        else f"{len(found)} functions read the changes of {what}: "
        f"AWS gives a shard's records to {most} at a time",
        found[most],
        hint="let one function put them into a Kinesis stream or onto a bus, and the others take them there",
    )


def _check_shared(context: Context, name: str, found: list[Path]) -> None:
    if len(found) > SHARED_READERS and name in context.blueprint.streams:
        context.report(
            "shared-throughput",
            f"{len(found)} functions share the 2 MB a second that stream {name} gives of each shard",
            found[SHARED_READERS],
            hint="write enhanced_fan_out: true for those that must not wait",
        )
