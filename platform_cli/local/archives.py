"""Archives of event buses: MiniStack 1.5.33 has them, and replays them, but its CloudFormation does not.

So the local template notes at each bus what its archive is like, and the archive is made by the API once the
deployment is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.assembly.model import StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.local.templates import properties, references, resources

ARCHIVE_NOTE = "platform:archive"
"""Key of a bus's metadata with the days that its archive keeps events; 0 is for ever."""
LONGEST_NAME = 48
"""Characters of an archive's name (CreateArchive, 2026-11)."""
_BUS, _ARCHIVE = "AWS::Events::EventBus", "AWS::Events::Archive"


def note_archives(template: dict[str, Any]) -> None:
    """Turn archives of the template's own buses into notes at the buses, in place."""
    buses = resources(template, _BUS)
    for logical_id, archive in resources(template, _ARCHIVE).items():
        described = properties(archive)
        bus = next((name for name, _ in references(described.get("SourceArn")) if name in buses), None)
        if bus is None or described.get("EventPattern"):
            continue
        buses[bus].setdefault("Metadata", {})[ARCHIVE_NOTE] = described.get("RetentionDays", 0)
        del template["Resources"][logical_id]


def set_archives(stack: StackArtifact, clients: Clients) -> Iterator[str]:
    """Give the buses of a deployed stack the archives that are noted at them, and take others away.

    Args:
        stack: As it was deployed.
        clients: Of the local AWS.

    Yields:
        Logical ids of the buses for which something was done.
    """
    buses = resources(stack.template, _BUS)
    if not buses:
        return
    events = clients.client("events")
    for logical_id, bus in buses.items():
        name = properties(bus).get("Name")
        if not isinstance(name, str):
            continue
        arn = events.describe_event_bus(Name=name)["Arn"]
        found = {one["ArchiveName"]: one for one in events.list_archives(EventSourceArn=arn)["Archives"]}
        ours = name[:LONGEST_NAME]
        days = (bus.get("Metadata") or {}).get(ARCHIVE_NOTE)
        if _bring_about(events, arn, ours, found.get(ours), days):
            yield logical_id


def _bring_about(
    events: Any, bus_arn: str, name: str, found: Mapping[str, Any] | None, days: int | None
) -> bool:
    if days is None:
        if found is not None:
            events.delete_archive(ArchiveName=name)
        return found is not None
    if found is None:
        events.create_archive(ArchiveName=name, EventSourceArn=bus_arn, RetentionDays=days)
        return True
    if found.get("RetentionDays", 0) != days:
        events.update_archive(ArchiveName=name, RetentionDays=days)
        return True
    return False
