"""Circles: events that come back to who sent them, and functions that invoke each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import SINGULAR, Context
from platform_cli.blueprint.checks.references import TRIGGER_SECTIONS
from platform_cli.blueprint.event_stores import named
from platform_cli.blueprint.model.triggers import ProjectionTrigger
from platform_cli.blueprint.nodes import Path

Thing = tuple[str, str]
"""A section and a name; functions by their address."""
Graph = dict[Thing, dict[Thing, Path | None]]
"""From a thing to what it sends to, with the place of the line that says so."""

_SENDING_VERBS = frozenset({"append", "publish", "put", "read_write", "send", "write"})
_SENDING_KINDS = frozenset({"buckets", "buses", "event_stores", "queues", "streams", "tables", "topics"})


def check_cycles(context: Context) -> None:
    """Report each circle once, at the line by which a function closes it."""
    events, invokes = _graphs(context)
    for circle in _circles(events):
        names = " → ".join(f"{SINGULAR[section]} {name}" for section, name in (*circle, circle[0]))
        place = events[circle[0]][circle[1 % len(circle)]]
        if place is not None:
            context.report(
                "event-loop",
                f"events go in a circle: {names}",
                place,
                key=True,
                hint="make sure that it ends, for example by detail_types that differ",
            )
    for circle in _circles(invokes):
        names = " → ".join(name for _, name in (*circle, circle[0]))
        place = invokes[circle[0]][circle[1 % len(circle)]]
        if place is not None:
            context.report(
                "invoke-cycle", f"functions invoke each other in a circle: {names}", place, key=True
            )


def _graphs(context: Context) -> tuple[Graph, Graph]:
    events: Graph = {}
    invokes: Graph = {}
    for name, queue in context.blueprint.queues.items():
        if queue.subscription is not None:
            for source in (("buses", queue.subscription.bus), ("topics", queue.subscription.topic)):
                if source[1] is not None:
                    events.setdefault((source[0], source[1]), {})[("queues", name)] = None
    for service, _, name, function, path in context.functions():
        me = ("functions", f"{service}.{name}")
        for key, line in function.access.items():
            target = parse_access(key, service)
            if target is None:
                continue
            place = (*path, "access", key)
            if target.kind in _SENDING_KINDS and line.verb in _SENDING_VERBS:
                events.setdefault(me, {})[(target.kind, target.name)] = place
            elif target.kind == "functions":
                invokes.setdefault(me, {})[(target.kind, target.name)] = place
        for trigger in function.triggers:
            if isinstance(trigger, ProjectionTrigger):
                store = named(trigger.projection.of, "event_stores") or ""
                events.setdefault(("event_stores", store), {})[me] = None
            for kind, section in TRIGGER_SECTIONS.items():
                source_name = getattr(trigger, kind, None)
                if source_name is not None:
                    events.setdefault((section, source_name), {})[me] = None
    return events, invokes


def _circles(graph: Graph) -> list[tuple[Thing, ...]]:
    """For each function the shortest circle through it, each set of things once."""
    found: dict[frozenset[Thing], tuple[Thing, ...]] = {}
    for start in sorted(thing for thing in graph if thing[0] == "functions"):
        circle = _shortest_circle(graph, start)
        if circle is not None:
            found.setdefault(frozenset(circle), circle)
    return list(found.values())


def _shortest_circle(
    graph: Mapping[Thing, Mapping[Thing, Path | None]], start: Thing
) -> tuple[Thing, ...] | None:
    before: dict[Thing, Thing] = {}
    queue = deque([start])
    while queue:
        thing = queue.popleft()
        for following in sorted(graph.get(thing, {})):
            if following == start:
                circle = [thing]
                while circle[-1] != start:
                    circle.append(before[circle[-1]])
                return tuple(reversed(circle))
            if following not in before:
                before[following] = thing
                queue.append(following)
    return None
