"""Whether Lambda still supports the runtimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

SOON = timedelta(days=180)
SOURCE = "AWS Lambda Developer Guide, Lambda runtimes, by way of cfn-lint 1.58, read on 2026-11-21"


@dataclass(frozen=True)
class Life:
    """Days in the life of a runtime: without updates from then on, not created, not updated any more."""

    deprecated: date
    no_create: date
    no_update: date


RUNTIMES = {
    "python3.9": Life(date(2025, 12, 15), date(2027, 2, 1), date(2027, 3, 3)),
    "python3.10": Life(date(2026, 10, 31), date(2027, 2, 1), date(2027, 3, 3)),
    "python3.11": Life(date(2027, 6, 30), date(2027, 7, 31), date(2027, 8, 31)),
    "python3.12": Life(date(2028, 10, 31), date(2028, 11, 30), date(2029, 1, 10)),
    "python3.13": Life(date(2029, 6, 30), date(2029, 7, 31), date(2029, 8, 31)),
    "python3.14": Life(date(2029, 6, 30), date(2029, 7, 31), date(2029, 8, 31)),
}


def check_runtimes(context: Context) -> Result:
    """Compare the runtimes in use with the days on which they end."""
    used: dict[str, list[str]] = {}
    for function in context.environment.functions:
        used.setdefault(function.runtime, []).append(function.address)
    if not used:
        return skipped("the blueprint has no functions")
    today = context.now.date()
    lives = {runtime: RUNTIMES[runtime] for runtime in sorted(used) if runtime in RUNTIMES}
    evidence = [
        f"{runtime}: deprecated {life.deprecated}, no new functions {life.no_create}, no updates "
        f"{life.no_update}; {_few(used[runtime])}"
        for runtime, life in lives.items()
    ]
    evidence += [
        f"{runtime}: its end is not known; {_few(used[runtime])}" for runtime in used if runtime not in lives
    ]
    evidence.append(f"source: {SOURCE}")
    ending = {runtime: life for runtime, life in lives.items() if life.deprecated - today <= SOON}
    if not ending:
        return ok(f"{', '.join(sorted(used))}: supported for half a year and more", *evidence)
    first = min(ending, key=lambda runtime: ending[runtime].deprecated)
    blocked = [runtime for runtime, life in ending.items() if life.no_create <= today]
    make = failure if blocked else warning
    over = "was" if ending[first].deprecated <= today else "will be"
    return make(
        f"{blocked[0] if blocked else first} "
        + (
            "takes no new functions any more"
            if blocked
            else f"{over} deprecated on {ending[first].deprecated}"
        ),
        *evidence,
        consequence="it gets no security updates; later Lambda refuses deployments of functions that use it",
        mend="set `runtime` to a newer one, in `defaults` or of the functions, and run the tests on it",
    )


def _few(addresses: list[str]) -> str:
    shown = ", ".join(addresses[:3])
    return shown if len(addresses) <= 3 else f"{shown} and {len(addresses) - 3} more"


CHECKS = (
    Check(
        "runtimes",
        "workspace",
        "Lambda runtimes",
        "Compares the runtimes of the functions with the days on which AWS ends them: half a year before a "
        "runtime is deprecated there is a warning, and a failure once no new function may use it.",
        check_runtimes,
        (Need.WORKSPACE, Need.ENVIRONMENT),
    ),
)
