"""The archives of an environment's buses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.resolved import ResolvedBus, ResolvedEnvironment
from platform_cli.deploy.answers import expecting, pages
from platform_cli.errors import ExitCode, PlatformError


@dataclass(frozen=True)
class Archive:
    """An archive.

    Attributes:
        bus: The bus's name in the blueprint.
        bus_arn: The bus.
        name: What AWS calls the archive.
        arn: The archive.
        state: `ENABLED`, `CREATING`, …
        retention_days: Days that events are kept; None is for ever.
        events: How many it has, as AWS last counted.
        size_bytes: What they take, as AWS last counted.
        created: Since when it keeps events.
    """

    bus: str
    bus_arn: str
    name: str
    arn: str
    state: str
    retention_days: int | None
    events: int
    size_bytes: int
    created: datetime


def find_bus(environment: ResolvedEnvironment, name: str) -> ResolvedBus:
    """A bus by its name in the blueprint, also as `buses.NAME`.

    Raises:
        PlatformError: `unknown-bus`.
    """
    short = name.removeprefix("buses.")
    if short not in environment.buses:
        raise PlatformError(
            f'there is no bus "{short}"',
            hint=nearest_hint(short, environment.buses, otherwise="declare it under `buses`"),
            code="unknown-bus",
            exit_code=ExitCode.USAGE,
        )
    return environment.buses[short]


def bus_arn(bus: ResolvedBus, clients: Clients) -> str:
    """The ARN of a deployed bus.

    Raises:
        PlatformError: `bus-not-deployed`.
    """
    with (
        aws_errors(f"reading the bus {bus.name}", target=clients.target),
        expecting("ResourceNotFoundException"),
    ):
        return str(clients.client("events").describe_event_bus(Name=bus.physical_name)["Arn"])
    raise PlatformError(
        f"the bus {bus.name} ({bus.physical_name}) is not there",
        hint="`platform deploy` makes it",
        code="bus-not-deployed",
    )


def list_archives(
    environment: ResolvedEnvironment, clients: Clients, bus: str | None = None
) -> tuple[Archive, ...]:
    """The archives of one bus, or of all, by bus.

    Raises:
        PlatformError: `unknown-bus`, `bus-not-deployed`, or what AWS refuses.
    """
    buses = [find_bus(environment, bus)] if bus else [one for _, one in sorted(environment.buses.items())]
    return tuple(archive for one in buses for archive in _of_bus(one, clients))


def archive_of(environment: ResolvedEnvironment, clients: Clients, bus: str) -> Archive:
    """The archive of a bus that has one.

    Raises:
        PlatformError: `unknown-bus`, `bus-not-deployed`, `no-archive`, or what AWS refuses.
    """
    found = list_archives(environment, clients, bus)
    if not found:
        name = bus.removeprefix("buses.")
        raise PlatformError(
            f"the bus {name} has no archive, so that nothing of it can be replayed",
            hint=f"write `archive_days: 30` for bus {name} and deploy; it keeps what comes from then on",
            code="no-archive",
        )
    return found[0]


def _of_bus(bus: ResolvedBus, clients: Clients) -> Iterator[Archive]:
    arn = bus_arn(bus, clients)
    events = clients.client("events")
    with aws_errors(f"listing the archives of bus {bus.name}", target=clients.target):
        for one in pages(events.list_archives, "Archives", EventSourceArn=arn):
            name = one["ArchiveName"]
            yield Archive(
                bus=bus.name,
                bus_arn=arn,
                name=name,
                arn=f"{arn.split(':event-bus/')[0]}:archive/{name}",
                state=one.get("State", "ENABLED"),
                retention_days=one.get("RetentionDays") or None,
                events=int(one.get("EventCount", 0)),
                size_bytes=int(one.get("SizeBytes", 0)),
                created=one["CreationTime"],
            )
