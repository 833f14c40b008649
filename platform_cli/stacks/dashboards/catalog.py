"""All dashboards of an environment, in the order in which one reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from platform_cli.blueprint.dashboards import (
    BUSINESS,
    INFRASTRUCTURE,
    OVERVIEW,
    PERFORMANCE,
    SERVICE_PREFIX,
    built_in_dashboards,
    dashboard_names,
)
from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedDashboard,
    ResolvedEnvironment,
    ResolvedService,
)
from platform_cli.stacks.addresses import Addresses, names_of
from platform_cli.stacks.alarms.business import business_alarms
from platform_cli.stacks.alarms.composites import service_alarms, service_composites
from platform_cli.stacks.alarms.counting import standing_alarms
from platform_cli.stacks.alarms.objectives import (
    Requests,
    objective_alarms,
    service_requests,
    system_requests,
)
from platform_cli.stacks.alarms.rule import SEVERITIES
from platform_cli.stacks.alarms.slowness import entrance_alarms
from platform_cli.stacks.dashboards.body import MOST_METRICS, MOST_WIDGETS
from platform_cli.stacks.dashboards.business import business_board
from platform_cli.stacks.dashboards.infrastructure import infrastructure_board
from platform_cli.stacks.dashboards.overview import overview
from platform_cli.stacks.dashboards.parts import (
    Board,
    Graph,
    Line,
    Metric,
    Text,
    Widget,
    colour_of,
    section,
    single,
)
from platform_cli.stacks.dashboards.performance import performance_board
from platform_cli.stacks.dashboards.services import service_board
from platform_cli.stacks.edge import home_region

MOST_FUNCTIONS = 40
"""On the dashboard of performance, with six metrics each."""
_OF_APIS = ("http-api", "rest-api", "metric", "client", "flags")
"""Kinds of things that stand on other dashboards."""


def boards_of(
    system: ResolvedEnvironment, ids: Mapping[str, str], names: Sequence[str] | None = None
) -> tuple[Board, ...]:
    """The dashboards that are made, or those of some names.

    Args:
        system: The environment.
        ids: What AWS calls things that it names itself, by the keys of `invented_names`.
        names: Which; None for those that are made.
    """
    names = dashboard_names(system) if names is None else names
    known = built_in_dashboards(system)
    return tuple(
        board
        for name in names
        for board in _parts(name, system, _widgets(name, system, ids), built_in=name in known)
    )


def requests_of_system(system: ResolvedEnvironment, ids: Mapping[str, str]) -> tuple[Requests, ...]:
    """What the objectives of the system are measured by: its APIs that have routes."""
    return system_requests(routed_apis(system), ids)


def routed_apis(system: ResolvedEnvironment) -> tuple[ResolvedApi, ...]:
    """The APIs that have routes."""
    routed = {route.api for function in system.functions for route in function.routes}
    return tuple(api for name, api in sorted(system.apis.items()) if name in routed)


def dashboard_name(system: ResolvedEnvironment, name: str) -> str:
    """What AWS calls a dashboard; dashboards of an account share one space of names in all regions."""
    return names_of(system).resource(name)


def _widgets(name: str, system: ResolvedEnvironment, ids: Mapping[str, str]) -> tuple[Widget, ...]:
    own = _own(system.dashboards[name]) if name in system.dashboards else ()
    if name == OVERVIEW:
        made = (other for other in dashboard_names(system) if other != OVERVIEW)
        others = [(other, dashboard_name(system, other)) for other in made]
        requests = requests_of_system(system, ids)
        found = overview(system, ids, _alarms_of_system(system, ids, requests), requests, others)
    elif name == BUSINESS and name in built_in_dashboards(system):
        found = business_board(system)
    elif name == PERFORMANCE:
        found = performance_board(system, ids, system.functions[:MOST_FUNCTIONS])
    elif name == INFRASTRUCTURE:
        found = infrastructure_board(system, ids, _alarms_below(system))
    elif name in built_in_dashboards(system):
        service = system.services[name.removeprefix(SERVICE_PREFIX)]
        alarms = _alarms_of_service(system, service)
        found = service_board(system, service, alarms, service_requests(system, service))
    else:
        return own
    return (*found, *section("More", own))


def _parts(
    name: str, system: ResolvedEnvironment, widgets: Sequence[Widget], *, built_in: bool
) -> Iterator[Board]:
    """A dashboard, or several where one would have more than CloudWatch takes."""
    groups: list[list[Widget]] = [[]]
    for widget in (part for whole in widgets for part in _within(whole)):
        metrics = sum(_count(other) for other in groups[-1]) + _count(widget)
        if groups[-1] and (metrics > MOST_METRICS or len(groups[-1]) == MOST_WIDGETS):
            groups.append([])
        groups[-1].append(widget)
    title = name.removeprefix(SERVICE_PREFIX) if built_in else name
    for part, group in enumerate(groups, start=1):
        numbered = name if part == 1 else f"{name}-{part}"
        yield Board(numbered, dashboard_name(system, numbered), title, tuple(group))


def _within(widget: Widget) -> Iterator[Widget]:
    """A graph, or several where it would draw more metrics than CloudWatch takes."""
    if not isinstance(widget, Graph) or _count(widget) <= MOST_METRICS:
        yield widget
        return
    groups: list[list[Line]] = [[]]
    for line in widget.lines:
        if groups[-1] and sum(len(other.metrics) for other in (*groups[-1], line)) > MOST_METRICS:
            groups.append([])
        groups[-1].append(line)
    for lines in groups:
        yield replace(widget, lines=tuple(lines))


def _count(widget: Widget) -> int:
    return sum(len(line.metrics) for line in widget.lines) if isinstance(widget, Graph) else 0


def _own(dashboard: ResolvedDashboard) -> tuple[Widget, ...]:
    """The widgets that the blueprint says itself."""
    found: list[Widget] = []
    for widget in dashboard.widgets:
        if widget.kind == "text":
            found.append(Text(widget.text or "", widget.width, widget.height))
            continue
        lines = tuple(
            single(
                metric.label or metric.name,
                colour_of(number),
                Metric(metric.namespace, metric.name, tuple(metric.dimensions.items()), metric.statistic),
            )
            for number, metric in enumerate(widget.metrics)
        )
        found.append(
            Graph(
                widget.title or "",
                lines,
                view="numbers" if widget.kind == "number" else "lines",
                width=widget.width,
                height=widget.height,
                period_seconds=widget.period_seconds,
            )
        )
    return tuple(found)


def _alarms_of_service(system: ResolvedEnvironment, service: ResolvedService) -> tuple[str, ...]:
    if not system.alarms.wanted:
        return ()
    mine = service_alarms(system, service)
    names = [burn.name for burn in mine.burn_rates]
    names += [alarm.name for alarm in mine.metrics]
    names += [composite.name for composite in service_composites(system, service)]
    names += [alarm.name for alarm in (*mine.promises, *mine.functions)]
    # The windows of a burn rate say nothing by themselves.
    windows = {name for burn in mine.burn_rates for name in burn.children}
    return _arns(system, [name for name in names if name not in windows])


def _alarms_of_system(
    system: ResolvedEnvironment, ids: Mapping[str, str], requests: Sequence[Requests]
) -> tuple[str, ...]:
    """One field a service, and those of what services share, the worst first."""
    if not system.alarms.wanted:
        return ()
    objectives = objective_alarms(system, system.objectives, requests, "objectives")
    found = [burn.name for burn in objectives.burn_rates]
    found += [alarm.name for alarm in entrance_alarms(system, routed_apis(system), ids)]
    for service in system.services.values():
        found += [composite.name for composite in service_composites(system, service)]
        found += [alarm.name for alarm in business_alarms(system, service)]
    return _arns(system, [*found, *_shared(system)])


def _alarms_below(system: ResolvedEnvironment) -> tuple[str, ...]:
    """On what the dashboard of the infrastructure shows."""
    if not system.alarms.wanted:
        return ()
    return _arns(system, _shared(system, without=_OF_APIS))


def _shared(system: ResolvedEnvironment, without: Iterable[str] = ()) -> list[str]:
    """The alarms of what no service owns, the worst first; a field of states shows one region."""
    elsewhere = ("cdn", "cdn-firewall") if home_region(system) else ()
    hidden = {*without, *elsewhere}
    alarms = [alarm for alarm in standing_alarms(system) if alarm.subject.kind not in hidden]
    return [alarm.name for alarm in sorted(alarms, key=lambda one: SEVERITIES.index(one.severity))]


def _arns(system: ResolvedEnvironment, names: Iterable[str]) -> tuple[str, ...]:
    at = Addresses.of(system)
    return tuple(at.arn("cloudwatch", f"alarm:{name}") for name in names)
