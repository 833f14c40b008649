"""The service levels that the blueprint states of its services, measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from platform_cli.blueprint.requests import measured_functions, requests_of_service
from platform_cli.operate.doctor.model import REMOTE, SLOW_SECONDS, Check, Result, skipped
from platform_cli.operate.doctor.promises import (
    SLOW_SHARE,
    Measured,
    budget_left,
    judged,
    slow_left,
    spent_budget,
    verdict_of,
)

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedService
    from platform_cli.operate.doctor.context import Context


@dataclass(frozen=True)
class Traffic:
    """Requests of a service, and how many of them failed, as its alarms count them.

    Attributes:
        requests: Calls of the functions that answer users; where there are none, of all.
        failed: Those that ended in an error or were answered with 500.
        turned_away: Calls beyond the concurrency of the same functions, which are among neither.
    """

    requests: float
    failed: float
    turned_away: float


def read_traffic(context: Context) -> dict[str, Traffic]:
    """The traffic of every service over the window.

    Raises:
        PlatformError: AWS refuses.
    """
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    def make() -> dict[str, Traffic]:
        metrics: dict[tuple[str, str, str], Metric] = {}
        for service in context.environment.services.values():
            counted = requests_of_service(context.environment, service)
            for what, some in (("requests", counted.total), ("failed", counted.failed)):
                for one in some:
                    metric = Metric(one.namespace, one.name, one.dimensions, one.statistic)
                    metrics[service.name, what, one.id] = metric
            for function in measured_functions(service):
                at = (("FunctionName", function.physical_name),)
                metrics[service.name, "turned_away", function.name] = Metric("AWS/Lambda", "Throttles", at)
        totals: defaultdict[tuple[str, str], float] = defaultdict(float)
        found = read_metrics(metrics, context.clients, context.now, context.surroundings.days)
        for (name, what, _), series in found.items():
            totals[name, what] += series.total
        return {
            name: Traffic(totals[name, "requests"], totals[name, "failed"], totals[name, "turned_away"])
            for name in context.environment.services
        }

    return context.share("traffic", make)


def check_availability(context: Context) -> Result:
    """Compare failed requests with what the availability leaves for them."""

    def measure(service: ResolvedService, target: float) -> Measured | None:
        return _budgeted(
            service.name, read_traffic(context)[service.name], 1 - target / 100, "available", target
        )

    return judged(context, "availability_percent", measure, "availability")


def check_errors(context: Context) -> Result:
    """Compare failed requests with the share that may fail."""

    def measure(service: ResolvedService, target: float) -> Measured | None:
        return _budgeted(service.name, read_traffic(context)[service.name], target / 100, "failed", target)

    return judged(context, "error_percent", measure, "share of errors")


def _budgeted(service: str, traffic: Traffic, allowed: float, word: str, target: float) -> Measured | None:
    total, bad = traffic.requests, traffic.failed
    if not total:
        return None
    spent = spent_budget(bad, total, allowed)
    share = bad / total if word == "failed" else 1 - bad / total
    bound = "at most " if word == "failed" else ""
    beside = f"; {traffic.turned_away:,.0f} more were turned away" if traffic.turned_away else ""
    return Measured(
        verdict_of(spent),
        f"{service}: {share:.3%} {word} of {total:,.0f} calls, {bound}{target:g} % promised; "
        f"{budget_left(spent)}{beside}",
    )


def check_latency(context: Context) -> Result:
    """Compare the share of calls that took longer than the goal with the hundredth that may.

    Percentiles of several functions or days cannot be put together; shares below a fixed limit can, weighted
    by how many calls there were. 99 % within the goal is the same as a 99th percentile within it.
    """
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    if context.environment.target == "local":
        return skipped("the local AWS does not tell how many calls stayed within a limit")

    def measure(service: ResolvedService, target: float) -> Measured | None:
        functions = measured_functions(service)
        statistics = {"within": f"PR(:{target:g})", "calls": "SampleCount", "p99": "p99"}
        metrics = {
            (f.address, what): Metric(
                "AWS/Lambda", "Duration", (("FunctionName", f.physical_name),), statistic
            )
            for f in functions
            for what, statistic in statistics.items()
        }
        found = read_metrics(metrics, context.clients, context.now, context.surroundings.days)
        total = slow = 0.0
        for function in functions:
            calls = dict(found[function.address, "calls"].points)
            total += sum(calls.values())
            slow += sum(
                calls.get(day, 0.0) * (1 - share / 100)
                for day, share in found[function.address, "within"].points
            )
        if not total:
            return None
        worst = max(functions, key=lambda f: found[f.address, "p99"].greatest or 0).address
        spent = slow / (SLOW_SHARE * total)
        return Measured(
            verdict_of(spent),
            f"{service.name}: {1 - slow / total:.2%} of {total:,.0f} calls within {target:g} ms, "
            f"99 % promised; {slow_left(spent)}; "
            f"worst day's p99 {found[worst, 'p99'].greatest or 0:,.0f} ms ({worst})",
        )

    return judged(context, "p99_ms", measure, "99th percentile")


def _objective(id: str, title: str, text: str, run: Callable[[Context], Result]) -> Check:
    return Check(id, "goals", title, text, run, REMOTE, SLOW_SECONDS)


CHECKS: Iterable[Check] = (
    _objective(
        "objective-availability",
        "availability",
        "Compares the requests to each service that failed with what `availability_percent` leaves for them "
        "over the window, and says how much of the error budget is left. They are the requests and failures "
        "of the alarms on objectives: calls of the functions with routes that ended in an error, and what "
        "handlers answered with 500. Calls that were turned away are said beside it. Less than a quarter "
        "left is a warning, a spent budget a failure.",
        check_availability,
    ),
    _objective(
        "objective-errors",
        "errors",
        "Compares the share of requests to each service that failed, counted in the same way, with "
        "`error_percent` over the window, with the error budget that is left.",
        check_errors,
    ),
    _objective(
        "objective-latency",
        "latency",
        "Compares the share of calls that stayed within `p99_ms`, of all functions of a service that answer "
        "users and over the whole window, with the 99 % that are promised, and says how much of the slow "
        "hundredth is left. Less than a quarter of the slow "
        "hundredth left is a warning, more slow calls a failure. It is the functions' own duration; what an "
        "API adds is in `objective-api-latency`.",
        check_latency,
    ),
)
