"""How long functions take to start, against what the blueprint promises.

By the metric that a filter makes of Lambda's reports, where alarms are wanted: it knows each start of the
window. Else by the reports themselves, of which there are too many to read more than a day of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.blueprint.log_metrics import START_TIME
from platform_cli.blueprint.requests import measured_functions
from platform_cli.operate.doctor.model import REMOTE, SLOW_SECONDS, Check, Result, Verdict
from platform_cli.operate.doctor.promises import Measured, days_of, judged

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedService
    from platform_cli.operate.doctor.context import Context

FEW_STARTS = 0.1
"""Of cold starts that may take longer than the goal before that is a failure."""


def check_cold_start(context: Context) -> Result:
    """Compare the starts of the window with the goal."""
    if context.environment.target != "local" and context.environment.alarms.wanted:
        return judged(
            context,
            "cold_start_ms",
            lambda service, target: _by_metric(context, service, target),
            "cold starts",
        )
    return judged(
        context,
        "cold_start_ms",
        lambda service, target: _by_reports(context, service, target),
        "cold starts",
        "24 hours",
    )


def _by_metric(context: Context, service: ResolvedService, target: float) -> Measured | None:
    from platform_cli.operate.cost.metrics import Metric, read_metrics
    from platform_cli.operate.functions import names_of

    functions = measured_functions(service)
    statistics = {"within": f"PR(:{target:g})", "starts": "SampleCount", "slowest": "Maximum"}
    names = names_of(context.environment)
    metrics = {
        (f.name, what): Metric(
            names.log_metrics_namespace(f"{service.name}.{f.name}"), START_TIME, (), statistic
        )
        for f in functions
        for what, statistic in statistics.items()
    }
    found = read_metrics(metrics, context.clients, context.now, context.surroundings.days)
    total = slow = slowest = 0.0
    for function in functions:
        starts = dict(found[function.name, "starts"].points)
        total += sum(starts.values())
        slow += sum(
            starts.get(day, 0.0) * (1 - share / 100) for day, share in found[function.name, "within"].points
        )
        slowest = max(slowest, found[function.name, "slowest"].greatest or 0.0)
    return _measured(service, target, round(total), round(slow), slowest, days_of(context))


def _by_reports(context: Context, service: ResolvedService, target: float) -> Measured | None:
    from platform_cli.operate.doctor.calls import MOST_CALLS, reports, start_ms

    calls = [reports(context)[function.address] for function in measured_functions(service)]
    starts = [ms for some in calls for call in some if (ms := start_ms(call)) is not None]
    slow = sum(ms > target for ms in starts)
    read = "24 hours"
    if any(len(some) == MOST_CALLS for some in calls):
        read = f"the first {MOST_CALLS:,} calls of each function in {read}"
    return _measured(service, target, len(starts), slow, max(starts, default=0.0), read)


def _measured(
    service: ResolvedService, target: float, total: int, slow: int, slowest: float, read: str
) -> Measured | None:
    if not total:
        return None
    allowed = int(FEW_STARTS * total)
    verdict = Verdict.OK
    if slow:
        verdict = Verdict.FAILURE if slow > allowed else Verdict.WARNING
    return Measured(
        verdict,
        f"{service.name}: {total - slow:,} of {total:,} cold starts within {target:g} ms in {read}; "
        f"{slow:,} slow, {allowed:,} allowed; slowest {slowest:,.0f} ms",
    )


CHECKS = (
    Check(
        "objective-cold-start",
        "goals",
        "cold starts",
        "Compares what cold starts of the functions with routes took with `cold_start_ms`: over the window, "
        "by the metric that the alarms make of the logs. Without alarms, and on the local AWS, by the "
        "reports in the logs of the last 24 hours, of a busy function those of the first 2,000 calls. Any "
        "start above it is a warning, more than a tenth of them a failure.",
        check_cold_start,
        REMOTE,
        SLOW_SECONDS,
    ),
)
