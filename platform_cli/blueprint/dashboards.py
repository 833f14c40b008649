"""Which dashboards an environment has: the tool's own, and those of the blueprint.

In: a resolved environment. Out: names. Never: what is on them.
"""

from __future__ import annotations

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedService

OVERVIEW = "overview"
BUSINESS = "business"
PERFORMANCE = "performance"
INFRASTRUCTURE = "infrastructure"
SERVICE_PREFIX = "service-"
BUILT_IN = (OVERVIEW, BUSINESS, PERFORMANCE, INFRASTRUCTURE)
"""Beside one for each service."""
MOST_FUNCTIONS_A_STACK = 200
"""How many functions the dashboards of one stack show by service."""


def built_in_dashboards(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The dashboards that the tool knows how to make for a system, made or not."""
    business = any(service.metrics for service in system.services.values())
    business = business or any(api.metrics for api in system.apis.values())
    services = (f"{SERVICE_PREFIX}{name}" for name, service in system.services.items() if service.functions)
    return (OVERVIEW, *((BUSINESS,) if business else ()), PERFORMANCE, INFRASTRUCTURE, *sorted(services))


def shows_edge(system: ResolvedEnvironment) -> bool:
    """Whether a dashboard shows CDNs and load balancers, which only AWS gives names for metrics."""
    return not {OVERVIEW, INFRASTRUCTURE}.isdisjoint(dashboard_names(system))


def boards_apart(system: ResolvedEnvironment) -> tuple[tuple[str, ...], ...]:
    """Dashboards of services by the stacks that they have for themselves; none where all fit into one.

    A template has at most 1 MB, and a function takes some 2.7 kB of its service's dashboard.
    """
    names = [name for name in dashboard_names(system) if name in _of_services(system)]
    sizes = {name: len(_of_services(system)[name].functions) for name in names}
    if sum(sizes.values()) <= MOST_FUNCTIONS_A_STACK:
        return ()
    groups: list[list[str]] = [[]]
    for name in names:
        if groups[-1] and sum(sizes[other] for other in (*groups[-1], name)) > MOST_FUNCTIONS_A_STACK:
            groups.append([])
        groups[-1].append(name)
    return tuple(map(tuple, groups))


def _of_services(system: ResolvedEnvironment) -> dict[str, ResolvedService]:
    return {f"{SERVICE_PREFIX}{name}": service for name, service in system.services.items()}


def dashboard_names(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The dashboards that are made.

    A protected environment that tells somebody of its alarms has all that the tool knows; another one has
    the overview, since each beyond the third of an account costs. `enabled` says otherwise for each.
    Dashboards of the blueprint's own are always made.
    """
    known = built_in_dashboards(system)
    default = set(known if system.protect else (OVERVIEW,)) if system.alarms.wanted else set()

    def made(name: str) -> bool:
        own = system.dashboards.get(name)
        return name in default if own is None or own.enabled is None else own.enabled

    others = (
        name for name, own in sorted(system.dashboards.items()) if own.enabled is not False and own.widgets
    )
    return (*filter(made, known), *(name for name in others if name not in known))
