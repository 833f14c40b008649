"""Which stacks a system has, and which of them each needs before it. Pure, and cheap to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from platform_cli.blueprint.dashboards import boards_apart, dashboard_names, shows_edge
from platform_cli.blueprint.naming import BOARDS, EDGE, OVERVIEW
from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedBucket,
    ResolvedCdn,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedLoadBalancer,
    ResolvedService,
    ResolvedTable,
    StreamTrigger,
)
from platform_cli.stacks import outputs
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.backups import is_used, keyed_kinds
from platform_cli.stacks.edge import guarded_apis
from platform_cli.stacks.keys import key_uses, replica_uses

_HOME = {
    "tables": "data",
    "event_stores": "data",
    "buckets": "data",
    "streams": "data",
    "flags": "data",
    "identity": "identity",
    "buses": "events",
    "queues": "events",
    "topics": "events",
    "databases": "databases",
    "caches": "databases",
}
"""The foundation stack that holds each kind of thing; settings are in none, functions in their service's, and
secrets in one or the other."""

_TRIGGER_HOME = {
    "queue": "events",
    "bus": "events",
    "topic": "events",
    "stream": "data",
    "table_stream": "data",
    "bucket": "data",
}


_NEEDS = {
    "databases": {"network", "observability", "recovery"},
    "data": {"recovery"},
    "events": {"observability"},
    "identity": {"observability"},
    "firewalls": {"observability"},
    "analytics": {"observability", "network", "data"},
}
"""Which foundation stacks are deployed after others."""


@dataclass(frozen=True)
class Concern:
    """A stack to be.

    Attributes:
        kind: `data`, `identity`, `events`, `firewalls`, `network`, `databases`, `observability`, `global`,
            `recovery`, `service`, `api`, `cdn`, `balancer`, `boards`, `edge` or
            `overview`.
        name: Of the service, API, CDN or load balancer, or the region of `recovery`; empty for the rest.
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
    needs = {
        **_NEEDS,
        "data": _NEEDS["data"] | _before_data(system),
        "firewalls": _NEEDS["firewalls"] | _before_logs(system),
        "identity": _NEEDS["identity"] | _before_identity(system),
    }
    foundation = [
        Concern(concern.kind, concern.name, _present(foundation, needs.get(concern.kind, set())))
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
    cdns = [Concern("cdn", name, _needs_of_cdn(cdn, foundation)) for name, cdn in sorted(system.cdns.items())]
    balancers = [
        Concern("balancer", name, _needs_of_balancer(balancer, foundation))
        for name, balancer in sorted(system.load_balancers.items())
    ]
    before_last = (*foundation, *services, *apis, *balancers, *cdns)
    boards = [
        Concern(BOARDS, str(number), tuple(one.key for one in services))
        for number, _ in enumerate(boards_apart(system), start=1)
    ]
    last = (
        *_edge(system, foundation, cdns),
        *_overview(system, foundation, (*services, *apis), (*balancers, *cdns)),
    )
    return (*before_last, *boards, *last)


def _edge(
    system: ResolvedEnvironment, foundation: Iterable[Concern], cdns: Iterable[Concern]
) -> Iterable[Concern]:
    """What watches CDNs."""
    if system.alarms.wanted and system.cdns:
        yield Concern(EDGE, needs=(*_present(foundation, {"observability"}), *(cdn.key for cdn in cdns)))


def _overview(
    system: ResolvedEnvironment,
    foundation: Iterable[Concern],
    inner: Sequence[Concern],
    edge: Iterable[Concern],
) -> Iterable[Concern]:
    """Dashboards, queries to all logs, and the system's own objectives, which are watched at its APIs."""
    objectives = system.objectives
    watched = objectives.budget_percent is not None or objectives.p99_ms is not None
    promised = system.alarms.wanted and watched
    if dashboard_names(system) or (promised and any(one.kind == "api" for one in inner)):
        before = (*inner, *(edge if shows_edge(system) else ()))
        needs = (*_present(foundation, {"observability"}), *(one.key for one in before))
        yield Concern(OVERVIEW, needs=needs)


def _before_logs(system: ResolvedEnvironment) -> set[str]:
    """The key that logs may be under."""
    return {"data"} if system.logs.encryption == "customer_managed" else set()


def _before_data(system: ResolvedEnvironment) -> set[str]:
    """The alarms that take flags back are there before, and the key of databases that a plan backs up."""
    before = {"observability"} if system.flags and system.flags_release.alarms else set()
    if any("databases" in keyed_kinds(plan, system) for plan in system.backups.values()):
        before.add("databases")
    return before


def recovery_regions(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The other regions in which something of ours must be before the data: vaults, keys, buckets."""
    regions = {plan.copy_to for plan in system.backups.values() if plan.copy_to and is_used(plan, system)}
    for table in system.tables.values():
        regions |= {region for region in table.replicas if replica_uses(system, region)}
    for bucket in system.buckets.values():
        regions |= set(bucket.replicas)
    for secret in system.secrets.values():
        regions |= {region for region in secret.replicas if replica_uses(system, region)}
    return tuple(sorted(regions))


def _before_identity(system: ResolvedEnvironment) -> set[str]:
    return {"data"} if any(identity.security_stream for identity in system.identity.values()) else set()


def regional_firewalls(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The firewalls in the environment's own region: before load balancers, and REST APIs with routes."""
    routed = {route.api for function in system.functions for route in function.routes}
    apis = (api for name, api in system.apis.items() if name in routed and api.kind == "rest")
    firewalls = {api.firewall for api in apis} | {b.firewall for b in system.load_balancers.values()}
    return tuple(sorted(firewall for firewall in firewalls if firewall))


def _foundation(system: ResolvedEnvironment) -> dict[str, bool]:
    return {
        # First: alarms of the others tell its topics.
        "observability": system.alarms.wanted or bool(system.budgets or system.cost_anomalies),
        "network": any(not network.external for network in system.networks.values()),
        "databases": bool(system.databases or system.caches),
        "data": bool(
            _kept(system)
            or any(not secret.database for secret in system.secrets.values())
            or system.streams
            or system.flags
            or key_uses(system)
            or any(is_used(plan, system) for plan in system.backups.values())
        ),
        "identity": bool(system.identity),
        "events": bool(system.buses or system.queues or system.topics),
        "firewalls": bool(regional_firewalls(system) or guarded_apis(system)),
        "analytics": bool(system.analytics),
        "global": any(cdn.needs_global for cdn in system.cdns.values()),
    }


def _kept(system: ResolvedEnvironment) -> list[ResolvedTable | ResolvedBucket]:
    things: list[ResolvedTable | ResolvedBucket] = [*system.tables.values(), *system.buckets.values()]
    return [thing for thing in things if not thing.external]


def _needs_of_service(service: ResolvedService, system: ResolvedEnvironment) -> set[str]:
    needed = {home for function in service.functions.values() for home in _homes(function)}
    needed |= {"observability", *_before_logs(system)}
    for function in service.functions.values():
        if function.encryption == "customer_managed":
            needed.add("data")
        read = {access.name for access in function.access if access.kind == "secrets"}
        needed |= {
            outputs.secret_home(secret.database)
            for name, secret in system.secrets.items()
            if name in read or secret.rotation_function == function.address
        }
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
    wanted = {"identity", "observability", *_before_logs(system)}
    if api.kind == "rest" and (api.firewall or api.name in guarded_apis(system)):
        wanted.add("firewalls")
    if api.security_stream:
        wanted.add("data")
    return (*_present(foundation, wanted), *(f"service {name}" for name in sorted(serving)))


def _needs_of_cdn(cdn: ResolvedCdn, foundation: Iterable[Concern]) -> tuple[str, ...]:
    wanted = {"global"} if cdn.needs_global else set()
    if any(api.guarded for api in cdn.apis.values()):
        wanted.add("firewalls")
    apis = sorted({api.api for api in cdn.apis.values()})
    balancers = sorted({behind.load_balancer for behind in cdn.load_balancers.values()})
    return (
        *_present(foundation, wanted),
        *(f"api {name}" for name in apis),
        *(f"balancer {name}" for name in balancers),
    )


def _needs_of_balancer(balancer: ResolvedLoadBalancer, foundation: Iterable[Concern]) -> tuple[str, ...]:
    wanted = {"network", "observability"} | ({"firewalls"} if balancer.firewall else set())
    serving = sorted({address.split(".", 1)[0] for address in balancer.functions.values()})
    return (*_present(foundation, wanted), *(f"service {name}" for name in serving))


def _present(foundation: Iterable[Concern], wanted: set[str]) -> tuple[str, ...]:
    return tuple(concern.key for concern in foundation if concern.kind in wanted)
