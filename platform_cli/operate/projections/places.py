"""Which projections a system has, and what Lambda says of their triggers."""

from __future__ import annotations

from dataclasses import dataclass

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment, StreamTrigger
from platform_cli.deploy.answers import expecting, pages
from platform_cli.errors import ExitCode, PlatformError


@dataclass(frozen=True)
class Projection:
    """A function that follows an event store.

    Attributes:
        address: `service.function`.
        function_name: As Lambda knows it.
        store: The event store's name in the blueprint.
        store_table: As DynamoDB knows the table with its events.
        into: The table that it keeps, by its name in the blueprint; None where it only follows.
    """

    address: str
    function_name: str
    store: str
    store_table: str
    into: str | None


@dataclass(frozen=True)
class Trigger:
    """What Lambda says of a projection's trigger.

    Attributes:
        state: `Enabled`, `Disabled`, `Creating`; `missing` where there is none.
        last_result: Of the last batch: `OK`, `PROBLEM: …`; empty where nobody says.
    """

    state: str
    last_result: str = ""


def projections_of(environment: ResolvedEnvironment) -> tuple[Projection, ...]:
    """All projections, by their addresses."""
    return tuple(
        Projection(
            address=function.address,
            function_name=function.called_name,
            store=trigger.projection_of,
            store_table=environment.tables[trigger.source].physical_name,
            into=trigger.projection_into,
        )
        for function in sorted(environment.functions, key=lambda function: function.address)
        for trigger in function.triggers
        if isinstance(trigger, StreamTrigger) and trigger.projection_of is not None
    )


def find_projection(environment: ResolvedEnvironment, address: str) -> Projection:
    """The projection `service.function`.

    Raises:
        PlatformError: `unknown-projection`, with the nearest one.
    """
    known = {projection.address: projection for projection in projections_of(environment)}
    if address in known:
        return known[address]
    raise PlatformError(
        f'there is no projection "{address}"',
        hint=known_hint(address, known),
        code="unknown-projection",
        exit_code=ExitCode.USAGE,
    )


def trigger_of(projection: Projection, clients: Clients) -> Trigger:
    """What Lambda says of the trigger of a projection.

    Raises:
        PlatformError: What AWS refuses.
    """
    found: list[Trigger] = []
    with (
        aws_errors(f"looking at the trigger of {projection.address}", target=clients.target),
        expecting("ResourceNotFoundException"),
    ):
        mappings = pages(
            clients.client("lambda").list_event_source_mappings,
            "EventSourceMappings",
            paging=("Marker", "NextMarker"),
            FunctionName=projection.function_name,
        )
        found = [
            Trigger(mapping.get("State") or "unknown", mapping.get("LastProcessingResult") or "")
            for mapping in mappings
            if f":table/{projection.store_table}/stream/" in mapping.get("EventSourceArn", "")
        ]
    return found[0] if found else Trigger("missing")
