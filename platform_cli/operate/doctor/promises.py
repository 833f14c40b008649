"""What a blueprint promises against what was measured: budgets, verdicts, and how they are said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Result, Verdict, failure, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedService
    from platform_cli.operate.doctor.context import Context

LITTLE_LEFT = 0.25
"""Of a budget; below there is a warning."""
SLOW_SHARE = 0.01
"""Of calls, that may take longer than a 99th percentile."""


@dataclass(frozen=True)
class Measured:
    """How a promise of one service is kept; `line` says it in figures."""

    verdict: Verdict
    line: str


def spent_budget(bad: float, total: float, allowed: float) -> float:
    """Failed requests as a share of those that may fail; above 1 there were too many.

    Args:
        bad: How many failed.
        total: Of how many.
        allowed: The share that may, above 0: no blueprint promises that nothing fails.
    """
    return bad / (allowed * total)


def verdict_of(spent: float) -> Verdict:
    """What a spent share of a budget is."""
    return Verdict.FAILURE if spent > 1 else Verdict.WARNING if 1 - spent < LITTLE_LEFT else Verdict.OK


def budget_left(spent: float) -> str:
    """What is left of an error budget, in words."""
    return (
        f"error budget spent {spent:.1f} times" if spent > 1 else f"{1 - spent:.0%} of the error budget left"
    )


def slow_left(spent: float) -> str:
    """What is left of the hundredth of calls that may be slow.

    Args:
        spent: Slow calls as a share of those that may be; above 1 there were too many.
    """
    if spent > 1:
        return f"slow hundredth spent {spent:.1f} times"
    return f"{1 - spent:.0%} of the slow hundredth left"


def judged(
    context: Context,
    objective: str,
    measure: Callable[[ResolvedService, float], Measured | None],
    what: str,
    window: str | None = None,
) -> Result:
    """The result for all services that promise something; the worst of them says how it is.

    Args:
        context: What is looked at.
        objective: Key of the blueprint's `objectives`.
        measure: Of a service and what it promises; None without data.
        what: The objective in words.
        window: The time that was looked at; None for the days that the user asked for.
    """
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
    return told(context, worst, f"{what}: {{}} in {window or days_of(context)}", lines, _MENDS[objective])


def told(context: Context, verdict: Verdict, summary: str, lines: list[str], mend: str) -> Result:
    """A promise that is kept, kept only just, or not kept.

    Args:
        context: What was looked at.
        verdict: Which of the three.
        summary: With a place for the words.
        lines: The evidence.
        mend: What to do; with a place for the option of the environment.
    """
    if verdict is Verdict.OK:
        return ok(summary.format("kept"), *lines)
    if verdict is Verdict.FAILURE:
        make, words, consequence = failure, "not kept", "users get less than they were promised"
    else:
        make, words, consequence = warning, "kept only just", "one more bad day breaks the promise"
    return make(
        summary.format(words), *lines, consequence=consequence, mend=mend.format(option=context.option)
    )


def days_of(context: Context) -> str:
    """The window that the user asked for, in words."""
    return f"{context.surroundings.days} days"


_RANK = {Verdict.FAILURE: 0, Verdict.WARNING: 1, Verdict.OK: 2}
_MENDS = {
    "availability_percent": "see what failed with `platform logs SERVICE --level error {option}`; hold risky "
    "changes back until the budget has grown again",
    "error_percent": "see what failed with `platform logs SERVICE --level error {option}`",
    "p99_ms": "find what takes the time with a trace, or give it more with `platform tune-memory {option}`",
    "cold_start_ms": "import less at the top of the handlers, or keep some warm with "
    "`concurrency.provisioned`",
}
