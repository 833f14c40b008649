"""The types of events on buses: their schemas and examples, and who takes types that no bus carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.event_schemas import Problem, event_problems, read_json, schema_problem
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.model import triggers
from platform_cli.blueprint.model.events import EventType
from platform_cli.blueprint.nodes import Path

_MOST_PROBLEMS = 3
"""Of one example: those after the first few often follow from them."""


def check_event_types(context: Context) -> None:
    """Schemas and examples of the events of buses."""
    for bus_name, bus in context.blueprint.buses.items():
        for detail_type, event in bus.events.items():
            _check_type(context, detail_type, event, ("buses", bus_name, "events", detail_type))


def check_taken_types(context: Context) -> None:
    """Queues and functions that take types of events from a bus which declares others."""
    for name, queue in context.blueprint.queues.items():
        taken = queue.subscription
        if taken is not None and taken.bus is not None:
            place: Path = ("queues", name, "from", "detail_types")
            _check_taken(context, f"queue {name} takes", taken.bus, taken.detail_types, place)
    for service, _, name, function, path in context.functions():
        for index, trigger in enumerate(function.triggers):
            if isinstance(trigger, triggers.BusTrigger):
                place = (*path, "triggers", index, "detail_types")
                what = f"function {service}.{name} is called by"
                _check_taken(context, what, trigger.bus, trigger.detail_types, place)


def _check_taken(context: Context, what: str, bus_name: str, taken: Iterable[str], place: Path) -> None:
    bus = context.blueprint.buses.get(bus_name)
    if bus is None or not bus.events or not context.is_sound("buses", bus_name, "events"):
        return
    for number, detail_type in enumerate(taken):
        if detail_type not in bus.events:
            context.report(
                "unknown-event",
                f'{what} events of type "{detail_type}", which bus {bus_name} does not carry',
                (*place, number),
                hint=nearest_hint(
                    detail_type, bus.events, otherwise=f"declare it under buses.{bus_name}.events"
                ),
            )


def _check_type(context: Context, detail_type: str, event: EventType, path: Path) -> None:
    schema = _schema_of(context, detail_type, event, path)
    for number, name in enumerate(event.examples):
        place = (*path, "examples", number)
        example = read_json(context.root, name)
        if isinstance(example, Problem):
            message = f'the example "{name}" of event {detail_type} {example.message}'
            context.report("invalid-event-example", message, place, hint=example.hint)
        elif schema is not None:
            for wrong in event_problems(schema, example)[:_MOST_PROBLEMS]:
                context.report(
                    "invalid-event-example",
                    f'the example "{name}" of event {detail_type} does not fit its schema: {wrong}',
                    place,
                    hint="correct the one that is wrong",
                )


def _schema_of(context: Context, detail_type: str, event: EventType, path: Path) -> Mapping[str, Any] | None:
    if event.schema_file is None:
        return None
    content = read_json(context.root, event.schema_file)
    problem = content if isinstance(content, Problem) else schema_problem(content)
    if problem is None and isinstance(content, dict):
        return content
    assert problem
    context.report(
        "invalid-event-schema",
        f'the schema "{event.schema_file}" of event {detail_type} {problem.message}',
        (*path, "schema"),
        hint=problem.hint,
    )
    return None
