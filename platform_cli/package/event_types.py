"""The types of events that a service may publish, packed beside its code so that it can check its own."""

from __future__ import annotations

import json
from pathlib import Path

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedService
from platform_cli.package.archives import Entry

FILE_NAME = "event_types.json"
"""In the archive, beside the packages: bus, type of event, and the schema of its `detail` or null."""


def declared_events(service: ResolvedService, environment: ResolvedEnvironment) -> tuple[Entry, ...]:
    """The file with the events of all buses that functions of the service publish to; none without any.

    Buses have the names of the blueprint, so that the code is the same in every environment.
    """
    published = {
        access.name
        for function in service.functions.values()
        for access in function.access
        if access.kind == "buses"
    }
    declared = {
        name: {
            event.detail_type: None if event.schema_text is None else json.loads(event.schema_text)
            for event in environment.buses[name].events
        }
        for name in sorted(published)
        if environment.buses[name].events
    }
    if not declared:
        return ()
    text = json.dumps(declared, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return (Entry(FILE_NAME, Path("blueprint.yaml"), content=text.encode()),)
