"""How many alarms an environment has, as CloudWatch bills them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.alarms.alarm import Alarm
from platform_cli.stacks.alarms.analytics import analytics_alarms
from platform_cli.stacks.alarms.business import api_metric_alarms
from platform_cli.stacks.alarms.composites import service_alarms, service_composites
from platform_cli.stacks.alarms.entrances import (
    balancer_alarms,
    cdn_alarms,
    cdn_firewall_alarms,
    certificate_alarms,
    firewall_alarms,
)
from platform_cli.stacks.alarms.guarding import cache_alarms, client_alarms, database_alarms
from platform_cli.stacks.alarms.objectives import (
    ObjectiveAlarms,
    objective_alarms,
    system_requests,
)
from platform_cli.stacks.alarms.slowness import entrance_alarms
from platform_cli.stacks.alarms.watching import api_alarms, data_alarms, delivery_alarms
from platform_cli.stacks.concerns import regional_firewalls
from platform_cli.stacks.edge import global_firewalls

_UNKNOWN = "known-after-deployment"
"""In the place of ids that AWS makes: they change no number."""
_METRICS_OF_A_BAND = 2
"""Upper and lower end of what is expected, which an alarm on anomalies pays beside its own metrics."""


@dataclass(frozen=True)
class AlarmCount:
    """What is paid for alarms.

    Attributes:
        metrics: Metrics that alarms evaluate.
        composites: Alarms on other alarms.
    """

    metrics: int
    composites: int


def count_alarms(system: ResolvedEnvironment) -> AlarmCount:
    """Count the alarms of an environment, by what they are paid for."""
    if not system.alarms.wanted:
        return AlarmCount(0, 0)
    alarms = list(standing_alarms(system))
    composites = 0
    for service in system.services.values():
        own = service_alarms(system, service)
        alarms += own.all
        composites += len(own.burn_rates) + len(service_composites(system, service))
    promised = _of_system(system)
    alarms += promised.alarms
    composites += len(promised.burn_rates)
    return AlarmCount(sum(map(_metrics, alarms)), composites)


def _metrics(alarm: Alarm) -> int:
    return len(alarm.rule.measures) + (_METRICS_OF_A_BAND if alarm.deviations else 0)


def standing_alarms(system: ResolvedEnvironment) -> Iterator[Alarm]:
    """The alarms of all that no service owns; names and thresholds are right, ids that AWS makes are not."""
    yield from data_alarms(system)
    routed = {route.api for function in system.functions for route in function.routes}
    for name in sorted(routed):
        yield from api_alarms(system, system.apis[name], _UNKNOWN, _UNKNOWN)
        yield from api_metric_alarms(system, system.apis[name])
    for queue in system.queues.values():
        if queue.subscription and queue.subscription.bus:
            yield from delivery_alarms(system, queue, _UNKNOWN)
    for database in system.databases.values():
        yield from database_alarms(system, database)
    for application in system.analytics.values():
        if application.enabled:
            yield from analytics_alarms(system, application)
    for cache in system.caches.values():
        yield from cache_alarms(system, cache)
    for name in regional_firewalls(system):
        yield from firewall_alarms(system, system.firewalls[name])
    for name in global_firewalls(system):
        yield from cdn_firewall_alarms(system, system.firewalls[name])
    for cdn in system.cdns.values():
        yield from cdn_alarms(system, cdn, _UNKNOWN)
    for balancer in system.load_balancers.values():
        yield from balancer_alarms(system, balancer, _UNKNOWN, dict.fromkeys(balancer.functions, _UNKNOWN))
    for section in ("apis", "cdns", "load_balancers"):
        for name, thing in getattr(system, section).items():
            if thing.domain and (section != "apis" or name in routed):
                yield from certificate_alarms(system, thing.domain, f"{section}.{name}", _UNKNOWN)
    for identity in system.identity.values():
        for client in identity.clients:
            yield from client_alarms(system, identity, client, _UNKNOWN, _UNKNOWN)


def _of_system(system: ResolvedEnvironment) -> ObjectiveAlarms:
    routed = {route.api for function in system.functions for route in function.routes}
    apis = [api for name, api in sorted(system.apis.items()) if name in routed]
    ids = {api.name: _UNKNOWN for api in apis}
    found = objective_alarms(system, system.objectives, system_requests(apis, ids), "objectives")
    return replace(found, alarms=(*found.alarms, *entrance_alarms(system, apis, ids)))
