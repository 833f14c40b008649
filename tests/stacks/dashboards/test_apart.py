"""Dashboards of many services are in stacks of their own: a template has at most 1 MB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from platform_cli.blueprint.dashboards import MOST_FUNCTIONS_A_STACK, boards_apart, dashboard_names
from platform_cli.blueprint.resolved import ResolvedAlarms, ResolvedEnvironment
from platform_cli.stacks.concerns import concerns_of

A_SERVICE = 50


def system_of(factory: Callable[..., Any], services: int) -> ResolvedEnvironment:
    make = factory(environment="prod", protect=True)
    made = []
    for number in range(services):
        name = f"service-{'abcdefgh'[number]}"
        made.append(make.service(name, *(make.function(name, f"run-{n}") for n in range(A_SERVICE))))
    system: ResolvedEnvironment = make.environment(
        services=make.named(*made), alarms=ResolvedAlarms(critical=("oncall@example.com",))
    )
    return system


def test_what_fits_stays_in_the_overview(factory: Callable[..., Any]) -> None:
    system = system_of(factory, MOST_FUNCTIONS_A_STACK // A_SERVICE)
    assert boards_apart(system) == ()
    assert not [one for one in concerns_of(system) if one.kind == "boards"]


def test_what_does_not_fit_is_apart_each_once_and_each_stack_fits(factory: Callable[..., Any]) -> None:
    system = system_of(factory, 7)
    groups = boards_apart(system)

    services = [name for name in dashboard_names(system) if name.startswith("service-")]
    assert [name for names in groups for name in names] == services
    assert len(services) == 7
    assert max(len(names) * A_SERVICE for names in groups) <= MOST_FUNCTIONS_A_STACK
    concerns = [one for one in concerns_of(system) if one.kind == "boards"]
    assert [one.stack_name(system) for one in concerns] == ["shop-prod-boards-1", "shop-prod-boards-2"]
