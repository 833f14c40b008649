"""The row of a dashboard that shows objectives: what is left of the error budget, and how fast it burns."""

from __future__ import annotations

from collections.abc import Sequence

from platform_cli.blueprint.resolved import OBJECTIVE_DAYS, ResolvedEnvironment, ResolvedObjectives
from platform_cli.stacks.alarms.objectives import Requests, burns_of
from platform_cli.stacks.alarms.rule import Measure
from platform_cli.stacks.dashboards.parts import (
    BAD,
    DOUBTFUL,
    GOOD,
    Graph,
    Line,
    Metric,
    Threshold,
    Widget,
    section,
)


def objective_row(
    system: ResolvedEnvironment, objectives: ResolvedObjectives, requests: Sequence[Requests]
) -> tuple[Widget, ...]:
    """The error budget of what is promised; nothing where nothing is."""
    budget = objectives.budget_percent
    if budget is None or not requests:
        return ()
    left, burning = [], []
    for group in requests:
        label = "error budget left, %" if len(requests) == 1 else f"{group.name}: budget left, %"
        left.append(_line(group, label, GOOD, "100 - 100 * ({rate}) / " + f"{budget:g}"))
        burning.append(_line(group, f"{group.name}: burn rate", BAD, "({rate}) / " + f"{budget:g}"))
    thresholds = [Threshold(1, "lasts 30 days", GOOD)]
    thresholds += [
        Threshold(burn.rate, f"{burn.key} burn", BAD if burn.severity == "critical" else DOUBTFUL)
        for burn in burns_of(system, requests[0].origin)
    ]
    promised = ", ".join(_promises(objectives))
    return section(
        f"Objectives: {promised}",
        (
            Graph(
                f"Error budget of {OBJECTIVE_DAYS} days",
                tuple(left),
                view="numbers",
                width=6,
                period_seconds=86_400,
                days=OBJECTIVE_DAYS,
            ),
            Graph(
                "Burn rate: 1 uses the budget up in 30 days",
                tuple(burning),
                "times",
                tuple(thresholds),
                width=18,
                period_seconds=3600,
            ),
        ),
    )


def _promises(objectives: ResolvedObjectives) -> list[str]:
    found = []
    if objectives.availability_percent is not None:
        found.append(f"available {objectives.availability_percent:g} %")
    if objectives.error_percent is not None:
        found.append(f"errors at most {objectives.error_percent:g} %")
    if objectives.p99_ms is not None:
        found.append(f"p99 {objectives.p99_ms} ms")
    if objectives.cold_start_ms is not None:
        found.append(f"cold starts {objectives.cold_start_ms} ms")
    return found


def _line(group: Requests, label: str, colour: str, shape: str) -> Line:
    metrics = tuple((measure.id, _metric(measure)) for measure in (*group.failed, *group.total))
    rate = group.rate
    for word, _ in metrics:
        rate = rate.replace(f"({word},", f"({{{word}}},")
    return Line(label, colour, metrics, shape.replace("{rate}", rate))


def _metric(measure: Measure) -> Metric:
    assert measure.namespace
    return Metric(measure.namespace, measure.metric, measure.fixed, measure.statistic)
