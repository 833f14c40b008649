"""Which dashboards an environment has: the tool's own, and those of the blueprint.

In: a resolved environment. Out: names. Never: what is on them.
"""

from __future__ import annotations

from platform_cli.blueprint.resolved import ResolvedEnvironment

OVERVIEW = "overview"
BUSINESS = "business"
PERFORMANCE = "performance"
INFRASTRUCTURE = "infrastructure"
SERVICE_PREFIX = "service-"


def built_in_dashboards(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The dashboards that the tool knows how to make for a system, made or not."""
    business = any(service.metrics for service in system.services.values())
    business = business or any(api.metrics for api in system.apis.values())
    services = (f"{SERVICE_PREFIX}{name}" for name, service in system.services.items() if service.functions)
    return (OVERVIEW, *((BUSINESS,) if business else ()), PERFORMANCE, INFRASTRUCTURE, *sorted(services))


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

    others = (name for name, own in sorted(system.dashboards.items()) if own.enabled is not False)
    return (*filter(made, known), *(name for name in others if name not in known))
