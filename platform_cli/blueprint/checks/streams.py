"""Triggers that read streams: consumers of their own, filters, and where failed batches go."""

from __future__ import annotations

import json

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.event_stores import INSERTED
from platform_cli.blueprint.findings import nearest_name
from platform_cli.blueprint.model import triggers
from platform_cli.blueprint.nodes import Path

MOST_CONSUMERS = 20
"""Registered consumers of a stream (Kinesis guide, «Enhanced fan-out», 2026-11)."""
MOST_FILTERS = 5
"""Filters of one trigger; AWS raises it to 10 on request (Lambda guide, «Event filtering», 2026-11)."""
_LONGEST_FILTER = 4096
"""Characters of a filter's pattern (CreateEventSourceMapping, 2026-11)."""
_SHORTEST_RETENTION_SECONDS = 24 * 3600
"""What a table's stream keeps, always."""
_PARTS = {
    "queue": ("body",),
    "stream": ("approximateArrivalTimestamp", "data", "partitionKey", "sequenceNumber"),
    "projection": ("dynamodb", "eventName"),
    "table_stream": (
        "awsRegion",
        "dynamodb",
        "eventID",
        "eventName",
        "eventSource",
        "userIdentity",
    ),
}
"""What of a message or record a filter can look at, by kind of trigger."""


def check_sources(context: Context) -> None:
    """Filters, and what only triggers of streams have."""
    consumers: dict[str, int] = {}
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        for index, trigger in enumerate(function.triggers):
            place = (*path, "triggers", index)
            if isinstance(trigger, triggers.QueueTrigger | triggers.RecordTrigger):
                _check_filters(context, address, trigger, place)
            if isinstance(trigger, triggers.RecordTrigger):
                _check_failures(context, address, trigger, place)
                _check_age(context, address, trigger, place)
                _check_window(context, address, trigger, place)
            if isinstance(trigger, triggers.StreamTrigger) and trigger.enhanced_fan_out:
                consumers[trigger.stream] = consumers.get(trigger.stream, 0) + 1
                if consumers[trigger.stream] == MOST_CONSUMERS + 1:
                    context.report(
                        "too-many-consumers",
                        f"stream {trigger.stream} has more than {MOST_CONSUMERS} consumers of their own",
                        (*place, "enhanced_fan_out"),
                        hint="leave `enhanced_fan_out` out where a function can share the stream with others",
                    )


def _check_filters(
    context: Context, address: str, trigger: triggers.QueueTrigger | triggers.RecordTrigger, place: Path
) -> None:
    kind = next(kind for kind in _PARTS if hasattr(trigger, kind))
    if len(trigger.filters) > MOST_FILTERS:
        context.report(
            "invalid-filter",
            f"function {address} has {len(trigger.filters)} filters, and AWS takes {MOST_FILTERS}",
            (*place, "filters"),
            hint="a pattern can name several values for one key: one filter may do for two",
        )
    for number, pattern in enumerate(trigger.filters):
        where = (*place, "filters", number)
        if not pattern:
            context.report("invalid-filter", f"a filter of function {address} matches nothing", where)
        if len(json.dumps(pattern, ensure_ascii=False)) > _LONGEST_FILTER:
            context.report(
                "invalid-filter",
                f"a filter of function {address} is longer than {_LONGEST_FILTER} characters",
                where,
            )
        if kind == "projection" and pattern.get("eventName", INSERTED["eventName"]) != INSERTED["eventName"]:
            context.report(
                "invalid-filter",
                f"a filter of projection {address} wants other changes than inserted events",
                (*where, "eventName"),
                hint="leave `eventName` out: a projection takes inserted events alone, whatever it filters",
            )
        for key in pattern:
            if key not in _PARTS[kind] and not key.startswith("$"):
                match = nearest_name(key, _PARTS[kind])
                context.report(
                    "invalid-filter",
                    f'a filter of function {address} looks at "{key}", which nothing there has',
                    (*where, key),
                    key=True,
                    hint=f'did you mean "{match}"?' if match else _where_content_is(kind, key),
                )


def _where_content_is(kind: str, key: str) -> str:
    outer = {"queue": "body", "stream": "data"}.get(kind, "dynamodb")
    inner = f"{{ NewImage: {{ {key}: … }} }}" if outer == "dynamodb" else f"{{ {key}: … }}"
    return f"what you wrote into it is below `{outer}`: {{ {outer}: {inner} }}"


def _check_failures(context: Context, address: str, trigger: triggers.RecordTrigger, place: Path) -> None:
    if trigger.on_failure is None:
        return
    queue = context.blueprint.queues.get(trigger.on_failure)
    if queue is not None and queue.fifo:
        context.report(
            "fifo-mismatch",
            f"function {address} reports failures to queue {trigger.on_failure}, which is FIFO",
            (*place, "on_failure"),
            hint="name a standard queue: Lambda tells no FIFO queue of failures",
        )


def _check_age(context: Context, address: str, trigger: triggers.RecordTrigger, place: Path) -> None:
    if trigger.max_age_seconds is None:
        return
    kept = _SHORTEST_RETENTION_SECONDS
    source = "the stream of a table"
    if isinstance(trigger, triggers.StreamTrigger):
        stream = context.blueprint.streams.get(trigger.stream)
        if stream is None:
            return
        kept, source = stream.retention_hours * 3600, f"stream {trigger.stream}"
    if trigger.max_age_seconds > kept:
        context.report(
            "age-beyond-retention",
            f"function {address} gives records up after {trigger.max_age_seconds} s, "
            f"and {source} keeps them for {kept} s",
            (*place, "max_age_seconds"),
            hint=f"write max_age_seconds: {kept} or less, or keep records longer",
        )


def _check_window(context: Context, address: str, trigger: triggers.RecordTrigger, place: Path) -> None:
    if trigger.tumbling_window_seconds is None or trigger.parallelization == 1:
        return
    context.report(
        "window-in-parallel",
        f"function {address} carries a state through a window, and would get {trigger.parallelization} "
        "batches of a shard at the same time",
        (*place, "parallelization"),
        hint="leave `parallelization` out; more shards, or `batch_size`, make a window faster",
    )
