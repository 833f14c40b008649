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
from platform_cli.stacks.backups import is_used
from platform_cli.stacks.keys import key_uses, replica_uses

_HOME = {
    "tables": "data",
    "buckets": "data",
    "secrets": "data",
    "streams": "data",
    "flags": "data",
    "identity": "identity",
    "event_stores": "data",
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


_NEEDS = {
    "databases": {"network", "observability"},
    "data": {"recovery"},
    "events": {"observability"},
    "firewalls": {"observability"},
}
"""Which foundation stacks are deployed after others."""


@dataclass(frozen=True)
class Concern:
    """A stack to be.

    Attributes:
        kind: `data`, `identity`, `events`, `firewalls`, `network`, `databases`, `observability`, `recovery`,
            `service` or `api`.
        name: Of the service or API, or the region of `recovery`; empty for the rest of the foundation.
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
    foundation = [Concern("recovery", region) for region in recovery_regions(system)]
    foundation += [Concern(kind) for kind, present in _foundation(system).items() if present]
    foundation = [
        Concern(concern.kind, concern.name, _present(foundation, _NEEDS.get(concern.kind, set())))
        for concern in foundation
    ]
    services = [
        Concern("service", name, _present(foundation, _needs_of_service(service, system)))
        for name, service in sorted(system.services.items())
        if service.functions
    ]
    apis = [
        Concern("api", name, _needs_of_api(system, api, foundation))
        for name, api in sorted(system.apis.items())
        if any(route.api == name for function in system.functions for route in function.routes)
    ]
    return (*foundation, *services, *apis)


def recovery_regions(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The other regions in which something of ours must be before the data: vaults of copies, and keys."""
    regions = {plan.copy_to for plan in system.backups.values() if plan.copy_to and is_used(plan, system)}
    for table in system.tables.values():
        regions |= {region for region in table.replicas if replica_uses(system, region)}
    return tuple(sorted(regions))


def regional_firewalls(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The firewalls before something in the environment's own region: REST APIs that have routes."""
    routed = {route.api for function in system.functions for route in function.routes}
    apis = (api for name, api in system.apis.items() if name in routed and api.kind == "rest")
    return tuple(sorted({api.firewall for api in apis if api.firewall}))


def _foundation(system: ResolvedEnvironment) -> dict[str, bool]:
    return {
        # First: alarms of the others tell its topics.
        "observability": system.alarms.wanted or bool(system.budgets),
        "data": bool(
            _kept(system)
            or system.secrets
            or system.streams
            or system.flags
            or key_uses(system)
            or any(is_used(plan, system) for plan in system.backups.values())
        ),
        "identity": bool(system.identity),
        "events": bool(system.buses or system.queues or system.topics),
        "firewalls": bool(regional_firewalls(system)),
        "network": any(not network.external for network in system.networks.values()),
        "databases": bool(system.databases or system.caches),
    }


def _kept(system: ResolvedEnvironment) -> list[ResolvedTable | ResolvedBucket]:
    things: list[ResolvedTable | ResolvedBucket] = [*system.tables.values(), *system.buckets.values()]
    return [thing for thing in things if not thing.external]


def _needs_of_service(service: ResolvedService, system: ResolvedEnvironment) -> set[str]:
    needed = {home for function in service.functions.values() for home in _homes(function)}
    needed.add("observability")
    rotates = {secret.rotation_function for secret in system.secrets.values()}
    for function in service.functions.values():
        if function.encryption == "customer_managed" or function.address in rotates:
            needed.add("data")
    return needed


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
    wanted = {"identity", "observability"}
    if api.kind == "rest" and api.firewall:
        wanted.add("firewalls")
    return (*_present(foundation, wanted), *(f"service {name}" for name in sorted(serving)))


def _present(foundation: Iterable[Concern], wanted: set[str]) -> tuple[str, ...]:
    return tuple(concern.key for concern in foundation if concern.kind in wanted)
