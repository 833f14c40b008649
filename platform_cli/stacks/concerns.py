"""Which stacks a system has, and which of them each needs before it. Pure, and cheap to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedBucket,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedService,
    ResolvedTable,
    StreamTrigger,
)
from platform_cli.stacks.addresses import names_of

_HOME = {
    "tables": "data",
    "buckets": "data",
    "secrets": "data",
    "streams": "data",
    "flags": "data",
    "identity": "identity",
    "buses": "events",
    "queues": "events",
    "topics": "events",
    "databases": "databases",
    "caches": "databases",
}
"""The foundation stack that holds each kind of thing; settings are in none, functions in their service's."""

_TRIGGER_HOME = {
    "queue": "events",
    "bus": "events",
    "topic": "events",
    "stream": "data",
    "table_stream": "data",
    "bucket": "data",
}


_NEEDS = {"databases": {"network"}}
"""Which foundation stacks are deployed after others."""


@dataclass(frozen=True)
class Concern:
    """A stack to be.

    Attributes:
        kind: `data`, `identity`, `events`, `network`, `databases`, `service` or `api`.
        name: Of the service or API; empty for the foundation.
        needs: Keys of the concerns that are deployed before.
    """

    kind: str
    name: str = ""
    needs: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`data`, `service orders`."""
        return f"{self.kind} {self.name}".strip()

    def stack_name(self, system: ResolvedEnvironment) -> str:
        """Name of the stack."""
        return names_of(system).stack(self.kind, self.name or None)


def concerns_of(system: ResolvedEnvironment) -> tuple[Concern, ...]:
    """The stacks that are not empty, each after those it needs."""
    foundation = [Concern(kind) for kind, present in _foundation(system).items() if present]
    foundation = [
        Concern(concern.kind, needs=_present(foundation, _NEEDS.get(concern.kind, set())))
        for concern in foundation
    ]
    services = [
        Concern("service", name, _present(foundation, _needs_of_service(service)))
        for name, service in sorted(system.services.items())
        if service.functions
    ]
    apis = [
        Concern("api", name, _needs_of_api(system, api, foundation))
        for name, api in sorted(system.apis.items())
        if any(route.api == name for function in system.functions for route in function.routes)
    ]
    return (*foundation, *services, *apis)


def uses_key(system: ResolvedEnvironment) -> bool:
    """Whether something of ours asks for the customer-managed key."""
    return any(thing.encryption == "customer_managed" for thing in _kept(system))


def _foundation(system: ResolvedEnvironment) -> dict[str, bool]:
    return {
        "data": bool(_kept(system) or system.secrets or system.streams or system.flags),
        "identity": bool(system.identity),
        "events": bool(system.buses or system.queues or system.topics),
        "network": any(not network.external for network in system.networks.values()),
        "databases": bool(system.databases or system.caches),
    }


def _kept(system: ResolvedEnvironment) -> list[ResolvedTable | ResolvedBucket]:
    things: list[ResolvedTable | ResolvedBucket] = [*system.tables.values(), *system.buckets.values()]
    return [thing for thing in things if not thing.external]


def _needs_of_service(service: ResolvedService) -> set[str]:
    return {home for function in service.functions.values() for home in _homes(function)}


def _homes(function: ResolvedFunction) -> Iterable[str]:
    for access in function.access:
        if access.kind in _HOME:
            yield _HOME[access.kind]
    if function.network:
        yield "network"
    for trigger in function.triggers:
        if trigger.kind in _TRIGGER_HOME:
            yield _TRIGGER_HOME[trigger.kind]
        if isinstance(trigger, StreamTrigger) and trigger.on_failure:
            yield "events"


def _needs_of_api(
    system: ResolvedEnvironment, api: ResolvedApi, foundation: Iterable[Concern]
) -> tuple[str, ...]:
    serving = {
        function.service
        for function in system.functions
        if any(route.api == api.name for route in function.routes)
    }
    return (*_present(foundation, {"identity"}), *(f"service {name}" for name in sorted(serving)))


def _present(foundation: Iterable[Concern], wanted: set[str]) -> tuple[str, ...]:
    return tuple(concern.key for concern in foundation if concern.kind in wanted)
