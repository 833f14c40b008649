"""Projections: from an event store, into a table that nobody else writes."""

from __future__ import annotations

from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.event_stores import named
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.model.triggers import ProjectionTrigger
from platform_cli.blueprint.nodes import Path

_WRITING = frozenset({"write", "read_write"})


def check_projections(context: Context) -> None:
    """What projections go from and into, and who else writes there."""
    kept: dict[str, str] = {}
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        for index, trigger in enumerate(function.triggers):
            if isinstance(trigger, ProjectionTrigger):
                _check(context, address, trigger, (*path, "triggers", index), kept)
    for service, _, name, function, path in context.functions():
        _check_writers(context, service, f"{service}.{name}", function, path, kept)


def _check(
    context: Context, address: str, trigger: ProjectionTrigger, place: Path, kept: dict[str, str]
) -> None:
    projection = trigger.projection
    for key, reference, section in (
        ("of", projection.of, "event_stores"),
        ("into", projection.into, "tables"),
    ):
        if reference is None:
            continue
        where = (*place, "projection", key)
        name = named(reference, section)
        if name is None:
            context.report(
                "invalid-projection",
                f'the projection {address} goes {key} "{reference}"',
                where,
                hint=f"write {key}: {section}.NAME",
            )
        elif (
            context.require(section, name, where, f"the projection {address} goes {key}")
            and section == "tables"
        ):
            _check_table(context, address, name, where, kept)
    if trigger.tumbling_window_seconds is not None:
        context.report(
            "invalid-projection",
            f"the projection {address} has a tumbling window, which gives events up at its end",
            (*place, "tumbling_window_seconds"),
            key=True,
            hint="let a function without `into` put the events into a stream, and have the window there",
        )


def _check_table(context: Context, address: str, name: str, where: Path, kept: dict[str, str]) -> None:
    first = kept.setdefault(name, address)
    if first != address:
        context.report(
            "shared-projection",
            f"the projections {first} and {address} both keep table {name}",
            where,
            hint="give each a table of its own: replaying one would undo the other",
        )
    if name in context.blueprint.external.tables:
        context.report(
            "invalid-projection",
            f"the projection {address} keeps table {name}, which is external",
            where,
            hint="a projection keeps a table of the blueprint, which it may write from the beginning",
        )


def _check_writers(
    context: Context, service: str, address: str, function: Function, path: Path, kept: dict[str, str]
) -> None:
    for key, line in function.access.items():
        target = parse_access(key, service)
        if target is None or target.kind != "tables" or line.verb not in _WRITING:
            continue
        keeper = kept.get(target.name)
        if keeper is not None and keeper != address:
            context.report(
                "written-beside-projection",
                f"function {address} writes table {target.name}, which the projection {keeper} keeps",
                (*path, "access", key),
                key=True,
                hint="read it, and append what happens to the event store: a replay forgets other writes",
            )
