"""Make checks side by side; one that breaks or hangs is said to, and hides no other."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from platform_cli.aws.errors import is_aws_error, translate
from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.context import Context
from platform_cli.operate.doctor.model import Check, Diagnosis, Examined, Result, broken, skipped

AT_ONCE = 8


@dataclass(frozen=True)
class CheckStarted:
    """A check begins; `total` of them will be made."""

    check: Check
    total: int


@dataclass(frozen=True)
class CheckFinished:
    """A check has ended; `done` of `total` have."""

    examined: Examined
    done: int
    total: int


Report = Callable[[Any], None]


def silent(_event: Any) -> None:
    """Report to nobody."""


def examine(
    checks: Iterable[Check],
    context: Context,
    report: Report = silent,
    *,
    at_once: int = AT_ONCE,
    clock: Callable[[], float] = monotonic,
) -> Diagnosis:
    """Make checks, several at once.

    Args:
        checks: Which, in the order of the diagnosis.
        context: What they look at.
        report: Is told when a check begins and ends, from this thread alone.
        at_once: How many at a time.
        clock: Seconds that only grow.
    """
    ordered = tuple(checks)
    waiting, running = deque(ordered), dict[str, tuple[Check, float]]()
    answers: queue.Queue[tuple[Check, Result]] = queue.Queue()
    examined: dict[str, Examined] = {}

    def finish(check: Check, result: Result) -> None:
        _, started = running.pop(check.id)
        examined[check.id] = Examined(check, result, clock() - started)
        report(CheckFinished(examined[check.id], len(examined), len(ordered)))

    while waiting or running:
        while waiting and len(running) < at_once:
            check = waiting.popleft()
            running[check.id] = (check, clock())
            report(CheckStarted(check, len(ordered)))
            # Daemons: a check that hangs must not keep the process from ending.
            threading.Thread(
                target=_answer, args=(check, context, answers), name=f"check-{check.id}", daemon=True
            ).start()
        soonest = min(started + check.timeout_seconds for check, started in running.values())
        try:
            check, result = answers.get(timeout=min(1.0, max(0.0, soonest - clock())))
        except queue.Empty:
            for check, started in list(running.values()):
                if clock() - started >= check.timeout_seconds:
                    finish(check, broken(f"it did not end within {check.timeout_seconds:g} seconds"))
            continue
        if check.id in running:  # else it was given up
            finish(check, result)
    return Diagnosis(tuple(examined[check.id] for check in ordered))


def _answer(check: Check, context: Context, answers: queue.Queue[tuple[Check, Result]]) -> None:
    answers.put((check, _result(check, context)))


def _result(check: Check, context: Context) -> Result:
    try:
        for need in check.needs:
            reason = context.unmet(need)
            if reason is not None:
                return skipped(reason)
        return check.run(context)
    except PlatformError as error:
        return _refused(error)
    except Exception as error:  # noqa: BLE001 - whatever a check does, the others are to be heard
        if is_aws_error(error):
            return _refused(translate(error, f"looking at {check.title}", target=None))
        context.defects[check.id] = error
        return broken(f"a defect in the check: {type(error).__name__}: {str(error).strip()[:300]}")


def _refused(error: PlatformError) -> Result:
    if error.code == "access-denied":
        return skipped(error.message)
    return broken(error.message, *([error.hint] if error.hint else []))
