"""The service levels that the blueprint states, measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import (
    REMOTE,
    SLOW_SECONDS,
    Check,
    Result,
    Verdict,
    failure,
    ok,
    skipped,
    warning,
)

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedFunction, ResolvedService
    from platform_cli.operate.doctor.context import Context

LITTLE_LEFT = 0.25
"""Of an error budget; below there is a warning."""
SLOW_SHARE = 0.01
"""Of calls, that may take longer than a 99th percentile."""
FEW_STARTS = 0.1
"""Of cold starts that may take longer than the goal before that is a failure."""


@dataclass(frozen=True)
class Traffic:
    """Calls of a service's functions: those that ran, that failed, and that Lambda turned away."""

    invocations: float
    errors: float
    throttles: float

    @property
    def asked(self) -> float:
        """What was asked for; Lambda does not count what it turns away among the invocations."""
        return self.invocations + self.throttles


@dataclass(frozen=True)
class _Measured:
    verdict: Verdict
    line: str


def read_traffic(context: Context) -> dict[str, Traffic]:
    """The traffic of every service over the window.

    Raises:
        PlatformError: AWS refuses.
    """
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    names = ("Invocations", "Errors", "Throttles")

    def make() -> dict[str, Traffic]:
        functions = context.environment.functions
        found = read_metrics(
            {
                (f.address, name): Metric("AWS/Lambda", name, (("FunctionName", f.physical_name),))
                for f in functions
                for name in names
            },
            context.clients,
            context.now,
            context.surroundings.days,
        )
        return {
            service.name: Traffic(
                *(sum(found[f.address, name].total for f in service.functions.values()) for name in names)
            )
            for service in context.environment.services.values()
        }

    return context.share("traffic", make)


def check_availability(context: Context) -> Result:
    """Compare failed and refused calls with what the availability leaves for them."""

    def measure(service: ResolvedService, target: float) -> _Measured | None:
        traffic = read_traffic(context)[service.name]
        bad = traffic.errors + traffic.throttles
        return _budgeted(service.name, bad, traffic.asked, 1 - target / 100, "available", target)

    return _judged(context, "availability_percent", measure, "availability")


def check_errors(context: Context) -> Result:
    """Compare failed calls with the share that may fail."""

    def measure(service: ResolvedService, target: float) -> _Measured | None:
        traffic = read_traffic(context)[service.name]
        return _budgeted(service.name, traffic.errors, traffic.invocations, target / 100, "failed", target)

    return _judged(context, "error_percent", measure, "share of errors")


def _budgeted(
    service: str, bad: float, total: float, allowed: float, word: str, target: float
) -> _Measured | None:
    if not total:
        return None
    spent = bad / (allowed * total) if allowed else float(bad > 0)
    left = max(0.0, 1 - spent)
    share = bad / total if word == "failed" else 1 - bad / total
    bound = "at most " if word == "failed" else ""
    verdict = Verdict.FAILURE if spent > 1 else Verdict.WARNING if left < LITTLE_LEFT else Verdict.OK
    return _Measured(
        verdict,
        f"{service}: {share:.3%} {word} of {total:,.0f} calls, {bound}{target:g} % promised; "
        + (f"{left:.0%} of the error budget left" if spent <= 1 else f"error budget spent {spent:.1f} times"),
    )


def check_latency(context: Context) -> Result:
    """Compare the share of calls that took longer than the goal with the hundredth that may.

    Percentiles of several functions or days cannot be put together; shares below a fixed limit can, weighted
    by how many calls there were. 99 % within the goal is the same as a 99th percentile within it.
    """
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    if context.environment.target == "local":
        return skipped("the local AWS does not tell how many calls stayed within a limit")

    def measure(service: ResolvedService, target: float) -> _Measured | None:
        functions = answering(service)
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
        left = max(0.0, 1 - spent)
        verdict = Verdict.FAILURE if spent > 1 else Verdict.WARNING if left < LITTLE_LEFT else Verdict.OK
        return _Measured(
            verdict,
            f"{service.name}: {1 - slow / total:.2%} of {total:,.0f} calls within {target:g} ms, "
            f"99 % promised; {slow_left(spent)}; "
            f"worst day's p99 {found[worst, 'p99'].greatest or 0:,.0f} ms ({worst})",
        )

    return _judged(context, "p99_ms", measure, "99th percentile")


def slow_left(spent: float) -> str:
    """What is left of the hundredth of calls that may be slow.

    Args:
        spent: Slow calls as a share of those that may be; above 1 there were too many.
    """
    if spent > 1:
        return f"slow hundredth spent {spent:.1f} times"
    return f"{1 - spent:.0%} of the slow hundredth left"


def answering(service: ResolvedService) -> tuple[ResolvedFunction, ...]:
    """The functions that answer users, which a latency is promised for; where a service has none, all."""
    functions = tuple(service.functions.values())
    return tuple(function for function in functions if function.routes) or functions


def check_cold_start(context: Context) -> Result:
    """Compare the starts of the last day with the goal."""
    from platform_cli.operate.doctor.calls import reports, start_ms

    def measure(service: ResolvedService, target: float) -> _Measured | None:
        calls = reports(context)
        starts = sorted(
            ms
            for function in service.functions.values()
            for call in calls[function.address]
            if (ms := start_ms(call)) is not None
        )
        if not starts:
            return None
        slow = [ms for ms in starts if ms > target]
        allowed = int(FEW_STARTS * len(starts))
        verdict = Verdict.OK
        if slow:
            verdict = Verdict.FAILURE if len(slow) > allowed else Verdict.WARNING
        return _Measured(
            verdict,
            f"{service.name}: {len(starts) - len(slow)} of {len(starts)} cold starts within {target:g} ms in "
            f"24 hours; {len(slow)} slow, {allowed} allowed; slowest {starts[-1]:,.0f} ms",
        )

    return _judged(context, "cold_start_ms", measure, "cold starts")


def _judged(
    context: Context, objective: str, measure: Callable[[ResolvedService, float], _Measured | None], what: str
) -> Result:
    targets = [
        (service, target)
        for service in context.environment.services.values()
        if (target := getattr(service.objectives, objective)) is not None
    ]
    if not targets:
        return skipped(f"the blueprint states no `objectives.{objective}`")
    measured = [m for service, target in targets if (m := measure(service, target)) is not None]
    if not measured:
        return skipped(f"there is no data: nothing was called in the window, or not measured ({objective})")
    lines = [m.line for m in sorted(measured, key=lambda m: _RANK[m.verdict])]
    worst = min((m.verdict for m in measured), key=_RANK.__getitem__)
    if worst is Verdict.OK:
        return ok(f"{what}: kept in {_window(context, objective)}", *lines)
    make = failure if worst is Verdict.FAILURE else warning
    kept = "not kept" if worst is Verdict.FAILURE else "kept only just"
    return make(
        f"{what}: {kept} in {_window(context, objective)}",
        *lines,
        consequence="users get less than they were promised"
        if worst is Verdict.FAILURE
        else "one more bad day breaks the promise",
        mend=_MENDS[objective].format(option=context.option),
    )


def _window(context: Context, objective: str) -> str:
    return "24 hours" if objective == "cold_start_ms" else f"{context.surroundings.days} days"


_RANK = {Verdict.FAILURE: 0, Verdict.WARNING: 1, Verdict.OK: 2}
_MENDS = {
    "availability_percent": "see what failed with `platform logs SERVICE --level error {option}`; hold risky "
    "changes back until the budget has grown again",
    "error_percent": "see what failed with `platform logs SERVICE --level error {option}`",
    "p99_ms": "find what takes the time with a trace, or give it more with `platform tune-memory {option}`",
    "cold_start_ms": "import less at the top of the handlers, or keep some warm with "
    "`concurrency.provisioned`",
}


def _objective(id: str, title: str, text: str, run: Callable[[Context], Result]) -> Check:
    return Check(id, "goals", title, text, run, REMOTE, SLOW_SECONDS)


CHECKS: Iterable[Check] = (
    _objective(
        "objective-availability",
        "availability",
        "Compares the calls of each service that failed or were turned away with what `availability_percent` "
        "leaves for them, by the metrics of its functions over the window, and says how much of the error "
        "budget is left. Less than a quarter is a warning, a spent budget a failure.",
        check_availability,
    ),
    _objective(
        "objective-errors",
        "errors",
        "Compares the share of calls that failed with `error_percent`, by the metrics of each service's "
        "functions over the window, with the error budget that is left.",
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
    _objective(
        "objective-cold-start",
        "cold starts",
        "Compares what cold starts took in the last 24 hours, by the reports in the logs, with "
        "`cold_start_ms`. Any above it is a warning, more than a tenth of them a failure.",
        check_cold_start,
    ),
)
