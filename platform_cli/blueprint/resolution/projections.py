"""What a projection may use without a line of `access`: the events it follows, and the table it keeps."""

from __future__ import annotations

from collections.abc import Iterable

from platform_cli.blueprint.event_stores import named
from platform_cli.blueprint.model import triggers
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.resolved import ResolvedAccess


def projected_access(function: Function, said: Iterable[ResolvedAccess]) -> list[ResolvedAccess]:
    """The lines that its projections bring, where the function does not say them itself."""
    known = {(line.kind, line.name) for line in said}
    found: list[ResolvedAccess] = []
    for trigger in function.triggers:
        if not isinstance(trigger, triggers.ProjectionTrigger):
            continue
        for kind, reference, verb in (
            ("event_stores", trigger.projection.of, "read"),
            ("tables", trigger.projection.into, "read_write"),
        ):
            name = named(reference, kind)
            if name is not None and (kind, name) not in known:
                known.add((kind, name))
                found.append(ResolvedAccess(kind=kind, name=name, verb=verb))
    return found
