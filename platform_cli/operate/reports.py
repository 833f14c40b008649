"""The line that Lambda writes at the end of an invocation, in text and in JSON.

Fields as in Lambda's documentation of CloudWatch logs and of its JSON log format (November 2026). A
field that is missing is missing, not zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.blueprint.pattern_matching import Line

_TEXT = re.compile(r"^REPORT RequestId: (?P<id>\S+)")
_FIELDS = {
    "duration_ms": re.compile(r"(?<!Billed )(?<!Init )(?<!Restore )Duration: ([\d.]+) ms"),
    "billed_ms": re.compile(r"Billed Duration: ([\d.]+) ms"),
    "memory_mb": re.compile(r"Memory Size: (\d+) MB"),
    "max_memory_mb": re.compile(r"Max Memory Used: (\d+) MB"),
    "init_ms": re.compile(r"Init Duration: ([\d.]+) ms"),
    "restore_ms": re.compile(r"(?<!Billed )Restore Duration: ([\d.]+) ms"),
    "billed_restore_ms": re.compile(r"Billed Restore Duration: ([\d.]+) ms"),
    "status": re.compile(r"Status: (\w+)"),
    "error_type": re.compile(r"Error Type: (\S+)"),
}


_TOLD = {"status": "status", "error_type": "errorType"}


@dataclass(frozen=True)
class InvocationReport:
    """What an invocation took.

    Attributes:
        request_id: Of the invocation.
        duration_ms: Of the handler.
        billed_ms: What is charged.
        memory_mb: What the function has.
        max_memory_mb: What it used at most.
        init_ms: Of a cold start; None for a warm one.
        restore_ms: Of a start from a snapshot; None for any other.
        billed_restore_ms: What is charged of that; a part of `billed_ms`.
        status: `timeout`, `error`, `success` …; None where the line does not say.
        error_type: What ended it, such as `Runtime.ExitError`.
        extension_ms: What extensions took after the answer; told in the JSON format alone.
    """

    request_id: str
    duration_ms: float | None = None
    billed_ms: float | None = None
    memory_mb: int | None = None
    max_memory_mb: int | None = None
    init_ms: float | None = None
    restore_ms: float | None = None
    billed_restore_ms: float | None = None
    status: str | None = None
    error_type: str | None = None
    extension_ms: float | None = None

    @property
    def failed(self) -> bool:
        """Whether the call timed out, ended its process, or raised an error."""
        return self.status not in (None, "success")

    def __str__(self) -> str:
        parts = (
            f"{self.duration_ms:.0f} ms" if self.duration_ms is not None else "",
            f"billed {self.billed_ms:.0f} ms" if self.billed_ms is not None else "",
            f"{self.max_memory_mb} of {self.memory_mb} MB" if self.max_memory_mb is not None else "",
            f"cold start {self.init_ms:.0f} ms" if self.init_ms is not None else "",
            f"restored in {self.restore_ms:.0f} ms" if self.restore_ms is not None else "",
            " ".join(part for part in (self.status, self.error_type) if part) if self.failed else "",
        )
        told = ", ".join(part for part in parts if part)
        return f"REPORT RequestId: {self.request_id} {told}".rstrip()


def parse_report(line: str) -> InvocationReport | None:
    """The report that a log line holds; None if it holds none."""
    line = line.strip()
    if line.startswith("{"):
        return _from_json(line)
    found = _TEXT.match(line)
    if found is None:
        return None
    values = {name: pattern.search(line) for name, pattern in _FIELDS.items()}
    return _report(found["id"], {name: match[1] for name, match in values.items() if match is not None})


def platform_words(told: Mapping[str, Any]) -> str:
    """What Lambda wrote itself in JSON, but for reports, in the words of its text; empty if it is not that.

    Types and fields as in «Lambda Telemetry API `Event` schema reference» (2026-11).
    """
    record = told.get("record")
    if not isinstance(record, dict):
        return ""
    kind = str(told.get("type", "")).removeprefix("platform.")
    about = f"RequestId: {record.get('requestId', '')}"
    match kind:
        case "start":
            return f"START {about} Version: {record.get('version', '')}"
        case "runtimeDone":
            return f"END {about}"
        case "initStart":
            return f"INIT_START Runtime Version: {record.get('runtimeVersion', '')}"
    rest = [f"{name}={value}" for name, value in record.items() if not isinstance(value, dict | list)]
    return f"{kind} {', '.join(rest)}".rstrip()


def _from_json(line: str) -> InvocationReport | None:
    told = Line(line).document
    if told is None or told.get("type") != "platform.report":
        return None
    record = told.get("record")
    metrics = record.get("metrics") if isinstance(record, dict) else None
    if not isinstance(metrics, dict) or not isinstance(record, dict):
        return None
    named = {
        "duration_ms": "durationMs",
        "billed_ms": "billedDurationMs",
        "memory_mb": "memorySizeMB",
        "max_memory_mb": "maxMemoryUsedMB",
        "init_ms": "initDurationMs",
        "restore_ms": "restoreDurationMs",
        "billed_restore_ms": "billedRestoreDurationMs",
    }
    values = {ours: metrics[its] for ours, its in named.items() if its in metrics}
    values |= {ours: record[its] for ours, its in _TOLD.items() if its in record}
    spans = {span.get("name"): span for span in record.get("spans") or () if isinstance(span, dict)}
    overhead = spans.get("extensionOverhead", {}).get("durationMs")
    if overhead is not None:
        values["extension_ms"] = overhead
    return _report(str(record.get("requestId", "")), values)


def _report(request_id: str, values: dict[str, Any]) -> InvocationReport:
    def part(name: str) -> float | None:
        return float(values[name]) if name in values else None

    def whole(name: str) -> int | None:
        return int(values[name]) if name in values else None

    return InvocationReport(
        request_id,
        part("duration_ms"),
        part("billed_ms"),
        whole("memory_mb"),
        whole("max_memory_mb"),
        part("init_ms"),
        part("restore_ms"),
        part("billed_restore_ms"),
        values.get("status"),
        values.get("error_type"),
        part("extension_ms"),
    )
