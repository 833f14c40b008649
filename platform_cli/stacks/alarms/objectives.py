"""Alarms on objectives: how fast the error budget burns, a day below the objective, slow answers.

A budget is the share of requests that may fail in 30 days. Burning it at a rate of 1 uses it up in exactly 30
days. The windows and rates are those of Google's «The Site Reliability Workbook», chapter 5 «Alerting on
SLOs», multiwindow, multi-burn-rate alerts (sre.google/workbook/alerting-on-slos, 2026-11): 14.4 over an hour,
which is 2 % of the budget, and 6 over six hours, which is 5 %. The short window, a twelfth of the long one,
ends the alarm soon after the trouble; both must be above. All metrics of one alarm of CloudWatch have one
period, so each window is an alarm of its own, and a composite alarm asks for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from platform_cli.blueprint.requests import RequestMetric, requests_of_api, requests_of_service
from platform_cli.blueprint.resolved import (
    ResolvedAlarmChange,
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedObjectives,
    ResolvedService,
)
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarm_of, alarms_by, describe
from platform_cli.stacks.alarms.rule import MOST_METRICS, NO_REQUESTS, AlarmRule, Measure, Severity

DAY_SECONDS = 86_400
T = TypeVar("T")


@dataclass(frozen=True)
class Burn:
    """A rate at which a budget must not burn.

    Attributes:
        key: `fast` or `slow`.
        rate: How many times faster than the budget lasts.
        windows: Names and seconds of the long and the short window.
        severity: Whom it tells.
    """

    key: str
    rate: float
    windows: tuple[tuple[str, int], tuple[str, int]]
    severity: Severity


BURNS = (
    Burn("fast", 14.4, (("1h", 3_600), ("5m", 300)), "critical"),
    Burn("slow", 6.0, (("6h", 21_600), ("30m", 1_800)), "warning"),
)


@dataclass(frozen=True)
class Requests:
    """Metrics that say how many requests there were, and how many of them failed.

    Attributes:
        name: `orders`, or with a number where one alarm cannot hold all APIs: `system-2`.
        failed: Metrics of failures, each with its namespace and dimensions.
        total: Metrics of requests.
        origin: Dotted path of the blueprint that promises something of them.
    """

    name: str
    failed: tuple[Measure, ...]
    total: tuple[Measure, ...]
    origin: str = "objectives"

    @property
    def rate(self) -> str:
        """Percent of requests that failed, as metric math; no request is no failure."""
        total = " + ".join(f"FILL({measure.id}, 0)" for measure in self.total)
        failed = " + ".join(f"FILL({measure.id}, 0)" for measure in self.failed)
        return f"IF({total} > 0, 100 * ({failed}) / ({total}), 0)"


@dataclass(frozen=True)
class BurnRate:
    """The composite alarm over the two windows of a burn rate; `key` is `fast_burn` or `slow_burn`."""

    key: str
    name: str
    description: str
    severity: Severity
    children: tuple[str, str]


@dataclass(frozen=True)
class ObjectiveAlarms:
    """The alarms on the objectives of a service or of the system."""

    origin: str
    alarms: tuple[Alarm, ...]
    burn_rates: tuple[BurnRate, ...]


def burns_of(system: ResolvedEnvironment, origin: str) -> tuple[Burn, ...]:
    """The rates for the promises of a place, as the blueprint changes them; without those that are off."""
    changed = ((burn, system.alarms.change_of(f"objectives.{burn.key}_burn", origin)) for burn in BURNS)
    return tuple(
        replace(burn, rate=change.threshold or burn.rate, severity=change.severity or burn.severity)
        for burn, change in changed
        if change.enabled is not False
    )


def service_requests(system: ResolvedEnvironment, service: ResolvedService) -> tuple[Requests, ...]:
    """Requests of a service, which fit into one alarm."""
    counted = requests_of_service(system, service)
    return (
        Requests(
            service.name,
            tuple(map(_measure, counted.failed)),
            tuple(map(_measure, counted.total)),
            f"services.{service.name}.objectives",
        ),
    )


def system_requests(apis: Iterable[ResolvedApi], ids: Mapping[str, str]) -> tuple[Requests, ...]:
    """Requests of the system: those of its APIs, five of which fit into an alarm.

    Args:
        apis: Those that have routes.
        ids: What AWS calls the HTTP APIs, by name.
    """
    found = []
    for part, group in enumerate(_groups(tuple(apis), MOST_METRICS // 2), start=1):
        failed: list[Measure] = []
        total: list[Measure] = []
        for number, api in enumerate(group):
            counted = requests_of_api(api, ids)
            failed += (_measure(metric, number) for metric in counted.failed)
            total += (_measure(metric, number) for metric in counted.total)
        found.append(Requests("system" if part == 1 else f"system-{part}", tuple(failed), tuple(total)))
    return tuple(found)


def _measure(metric: RequestMetric, number: int | None = None) -> Measure:
    id = metric.id if number is None else f"{metric.id}{number}"
    return Measure(id, metric.name, metric.statistic, (), metric.dimensions, metric.namespace)


def objective_alarms(
    system: ResolvedEnvironment, objectives: ResolvedObjectives, requests: Iterable[Requests], origin: str
) -> ObjectiveAlarms:
    """The alarms on the error budget."""
    alarms: list[Alarm] = []
    composites: list[BurnRate] = []
    budget = objectives.budget_percent
    for group in requests if budget is not None else ():
        assert budget is not None
        subject = Subject("objective", group.name, origin, {})
        for burn in burns_of(system, origin):
            threshold = burn.rate * budget
            if threshold >= 100:
                continue
            windows = [
                _window(system, subject, group, burn, name, seconds, threshold)
                for name, seconds in burn.windows
            ]
            alarms += windows
            composites.append(_composite(system, group, burn, budget, (windows[0].name, windows[1].name)))
        alarms += alarms_by(system, subject, _day(group, budget))
    return ObjectiveAlarms(origin, tuple(alarms), tuple(composites))


def _window(
    system: ResolvedEnvironment,
    subject: Subject,
    group: Requests,
    burn: Burn,
    name: str,
    seconds: int,
    threshold: float,
) -> Alarm:
    rule = AlarmRule(
        f"objectives.{burn.key}_burn_{name}",
        "",
        (*group.failed, *group.total),
        group.rate,
        round(threshold, 9),
        "% of requests",
        "info",
        "a part of the alarm on the error budget",
        NO_REQUESTS,
        period_seconds=seconds,
        explained=f"objectives-{burn.key}-burn",
    )
    wrong = f"its error budget burns more than {burn.rate:g} times too fast over {name}"
    alarm = alarm_of(system, subject, rule, ResolvedAlarmChange())
    what = f"Objective {group.name}"
    return replace(alarm, description=describe(system, what, wrong, f"objectives-{burn.key}-burn"))


def _day(group: Requests, budget: float) -> AlarmRule:
    return AlarmRule(
        "objectives.availability",
        "",
        (*group.failed, *group.total),
        group.rate,
        budget,
        "% of requests",
        "warning",
        "over a day, more requests failed than the objective allows",
        NO_REQUESTS,
        period_seconds=DAY_SECONDS,
    )


def _composite(
    system: ResolvedEnvironment, group: Requests, burn: Burn, budget: float, children: tuple[str, str]
) -> BurnRate:
    (long, _), (short, _) = burn.windows
    wrong = (
        f"the error budget of {budget:g} % burns more than {burn.rate:g} times too fast, over {long} and "
        f"over {short}"
    )
    slug = f"objectives-{burn.key}-burn"
    return BurnRate(
        f"{burn.key}_burn",
        names_of(system).alarm("objective", group.name, f"{burn.key}-burn"),
        describe(system, f"Objective {group.name}", wrong, slug),
        burn.severity,
        children,
    )


def _groups(things: Sequence[T], most: int) -> list[Sequence[T]]:
    return [things[start : start + most] for start in range(0, len(things), most)]


def all_of(children: Iterable[str]) -> str:
    """The expression of a composite alarm that is on while all of these are."""
    return " AND ".join(f'ALARM("{child}")' for child in children)
