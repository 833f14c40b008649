"""What one call told, and what calls of a variant have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from platform_cli.operate.reports import InvocationReport

Kind = Literal["warm", "cold", "failed", "timeout", "out_of_memory", "missing"]
_TIMED_OUT = re.compile(r"Task timed out after|Sandbox\.Timedout")
_OUT_OF_MEMORY = re.compile(r"signal: killed|OutOfMemory|MemoryError|JavaScript heap out of memory")


@dataclass(frozen=True, order=True)
class Variant:
    """A size to try; `architecture` as Lambda calls it."""

    architecture: str
    memory_mb: int

    def __str__(self) -> str:
        return f"{self.memory_mb} MB on {self.architecture}"


@dataclass(frozen=True)
class Observation:
    """One call.

    Attributes:
        variant: What was called.
        kind: `missing` where the call came back well, but without a report.
        order: The number of the call in the run; durations may drift with it.
        duration_ms: Of the handler, without initialisation.
        billed_ms: What is charged, with initialisation.
        init_ms: Of a cold start; for a start from a snapshot, the restoring.
        max_memory_mb: What was used at most.
        extension_ms: What extensions took after the answer, where the report says it.
        payload: Which of the payloads was sent.
        error: What the function failed with.
    """

    variant: Variant
    kind: Kind
    order: int
    duration_ms: float | None = None
    billed_ms: float | None = None
    init_ms: float | None = None
    max_memory_mb: int | None = None
    extension_ms: float | None = None
    payload: int = 0
    error: str = ""


def observe(
    variant: Variant,
    order: int,
    report: InvocationReport | None,
    failure: dict[str, Any] | None,
    payload: int = 0,
    lost: str = "",
) -> Observation:
    """Turn an answer into an observation.

    Args:
        variant: What was called.
        order: The number of the call.
        report: The call's report; None where none came.
        failure: The error object of the answer; None where the function succeeded.
        payload: Which of the payloads was sent.
        lost: Why no answer came, where the call was made.
    """
    said = "" if failure is None else f"{failure.get('errorType', '')}: {failure.get('errorMessage', '')}"
    kind = _kind(report, failure, said)
    if report is None:
        return Observation(variant, kind, order, payload=payload, error=lost or said)
    start = report.init_ms if report.init_ms is not None else report.restore_ms
    return Observation(
        variant,
        kind,
        order,
        report.duration_ms,
        report.billed_ms,
        start,
        report.max_memory_mb,
        report.extension_ms,
        payload,
        said,
    )


def _kind(report: InvocationReport | None, failure: dict[str, Any] | None, said: str) -> Kind:
    if (report is not None and report.status == "timeout") or _TIMED_OUT.search(said):
        return "timeout"
    if failure is not None:
        full = report is not None and report.memory_mb is not None and report.max_memory_mb is not None
        killed = "Runtime.ExitError" in said and full and _filled(report)
        return "out_of_memory" if killed or _OUT_OF_MEMORY.search(said) else "failed"
    if report is None or report.duration_ms is None:
        return "missing"
    return "warm" if report.init_ms is None and report.restore_ms is None else "cold"


def _filled(report: InvocationReport | None) -> bool:
    return bool(
        report and report.memory_mb and report.max_memory_mb and report.max_memory_mb >= report.memory_mb
    )
