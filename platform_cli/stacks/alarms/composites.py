"""One alarm for a whole service: on as long as any of its alarms is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedService
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.alarms.alarm import Alarm, describe
from platform_cli.stacks.alarms.business import business_alarms
from platform_cli.stacks.alarms.catalog import UNHEALTHY, UNHEALTHY_SEVERITY
from platform_cli.stacks.alarms.objectives import BurnRate, objective_alarms, service_requests
from platform_cli.stacks.alarms.rule import Severity
from platform_cli.stacks.alarms.slowness import slowness_alarms, start_alarms
from platform_cli.stacks.alarms.watching import function_alarms

MOST_CHILDREN = 100
"""Alarms that a composite alarm may be made of (PutCompositeAlarm, 2026-11)."""
RULE_CHARACTERS = 10_240
"""Characters of the expression of a composite alarm (PutCompositeAlarm, 2026-11)."""


@dataclass(frozen=True)
class Composite:
    """An alarm that is on as long as any of others is; `part` counts from 1 where one cannot hold all."""

    name: str
    part: int
    description: str
    severity: Severity
    children: tuple[str, ...]


@dataclass(frozen=True)
class ServiceAlarms:
    """Every alarm of a service: of its functions, its metrics, and what it promises."""

    functions: tuple[Alarm, ...]
    metrics: tuple[Alarm, ...]
    promises: tuple[Alarm, ...]
    burn_rates: tuple[BurnRate, ...]

    @property
    def all(self) -> tuple[Alarm, ...]:
        """All but the burn rates, which are made of some of them."""
        return (*self.functions, *self.metrics, *self.promises)


def service_alarms(system: ResolvedEnvironment, service: ResolvedService) -> ServiceAlarms:
    """The alarms of a service, where there are any."""
    promises = list(start_alarms(system, service))
    burn_rates: tuple[BurnRate, ...] = ()
    if service.states_objectives:
        promises += slowness_alarms(system, service)
        requests = service_requests(system, service)
        origin = f"services.{service.name}.objectives"
        found = objective_alarms(system, service.objectives, requests, origin)
        promises += found.alarms
        burn_rates = found.burn_rates
    return ServiceAlarms(
        tuple(alarm for f in service.functions.values() for alarm in function_alarms(system, f)),
        tuple(business_alarms(system, service)),
        tuple(promises),
        burn_rates,
    )


def service_composites(system: ResolvedEnvironment, service: ResolvedService) -> tuple[Composite, ...]:
    """One alarm for the whole service, or several where it has more alarms than one can hold.

    It is made of those of its functions, of its metrics and of what it promises; of a burn rate, of the alarm
    over both windows. Its parts, of severity info, tell the contacts of that severity alone.
    """
    change = system.alarms.change_of(UNHEALTHY, f"services.{service.name}")
    mine = service_alarms(system, service)
    children = [alarm.name for alarm in mine.all if alarm.severity != "info"]
    children += [burn.name for burn in mine.burn_rates if burn.severity != "info"]
    if change.enabled is False or not children:
        return ()
    name = names_of(system).alarm("service", service.name, "unhealthy")
    groups = list(_groups(children))
    return tuple(
        Composite(
            name if part == 1 else f"{name}-{part}",
            part,
            describe(
                system, f"Service {service.name}", "one of its alarms is on", UNHEALTHY.replace(".", "-")
            ),
            change.severity or UNHEALTHY_SEVERITY,
            tuple(group),
        )
        for part, group in enumerate(groups, start=1)
    )


def _groups(children: Sequence[str]) -> Iterator[list[str]]:
    """As many as CloudWatch takes in one composite alarm, by number and by characters."""
    group: list[str] = []
    for child in children:
        if len(group) == MOST_CHILDREN or len(any_of([*group, child])) > RULE_CHARACTERS:
            yield group
            group = []
        group.append(child)
    yield group


def any_of(children: Iterable[str]) -> str:
    """The expression of a composite alarm that is on as long as one of these is."""
    return " OR ".join(f'ALARM("{child}")' for child in children)
