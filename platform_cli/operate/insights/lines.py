"""The fields of a line: those that Logs Insights makes, and those that it discovers.

From the CloudWatch Logs user guide, "Supported logs and discovered fields", read in November 2026: objects
with dots, lists by their numbers, the first object in a line of text; what Lambda reports, memory in bytes.
Lambda's own lines are text on the local AWS whatever the function asks for, so they have the fields of both
formats.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.operate.insights.values import Moment, Value

_TYPES = {"START": "platform.start", "REPORT": "platform.report"}
_LAMBDA = re.compile(r"(START|END|REPORT) RequestId: (\S+)")
_STATUS = re.compile(r"\tStatus: (\w+)")
_ERROR_TYPE = re.compile(r"\tError Type: (\S+)")
_VERSION = re.compile(r" Version: (\S+)")
_FIGURE = re.compile(
    r"\t(Duration|Billed Duration|Memory Size|Max Memory Used|Init Duration|Restore Duration)"
    r": ([\d.]+) (?:ms|MB)"
)
_FIGURES = {
    "Duration": ("@duration", "durationMs", 1),
    "Billed Duration": ("@billedDuration", "billedDurationMs", 1),
    "Memory Size": ("@memorySize", "memorySizeMB", 1_000_000),
    "Max Memory Used": ("@maxMemoryUsed", "maxMemoryUsedMB", 1_000_000),
    "Init Duration": ("@initDuration", "initDurationMs", 1),
    "Restore Duration": ("@restoreDuration", "restoreDurationMs", 1),
}


def fields_of(event: Mapping[str, Any], group: str, account: str) -> dict[str, Value]:
    """The fields of an event, as FilterLogEvents gives it.

    Args:
        event: It.
        group: Its log group.
        account: Of the group.
    """
    message = str(event["message"]).rstrip("\n")
    made: dict[str, Value] = {
        "@timestamp": Moment(int(event["timestamp"])),
        "@message": message,
        "@logStream": str(event.get("logStreamName", "")),
        "@log": f"{account}:{group}",
    }
    if event.get("ingestionTime") is not None:
        made["@ingestionTime"] = Moment(int(event["ingestionTime"]))
    return {**_discovered(message), **made}


def flattened(told: Any, name: str = "") -> Iterator[tuple[str, Value]]:
    """The values in an object, each with its path."""
    if isinstance(told, dict):
        for key, value in told.items():
            own = f"@{key}" if key.startswith("@") and not name else key
            yield from flattened(value, f"{name}.{own}" if name else own)
    elif isinstance(told, list):
        for at, value in enumerate(told):
            yield from flattened(value, f"{name}.{at}" if name else str(at))
    elif told is not None:
        yield name, told


def _discovered(message: str) -> dict[str, Value]:
    of_lambda = _LAMBDA.match(message)
    if of_lambda is not None:
        return dict(_reported(of_lambda[1], of_lambda[2], message))
    begin = message.find("{")
    if begin < 0:
        return {}
    try:
        told, _ = json.JSONDecoder().raw_decode(message, begin)
        return dict(flattened(told))
    except (ValueError, RecursionError):
        return {}


def _reported(kind: str, request_id: str, message: str) -> Iterator[tuple[str, Value]]:
    yield "@type", kind
    yield "@requestId", request_id
    if kind not in _TYPES:
        return
    yield "type", _TYPES[kind]
    yield "record.requestId", request_id
    version = _VERSION.search(message)
    if version is not None:
        yield "record.version", version[1]
    for pattern, name in ((_STATUS, "record.status"), (_ERROR_TYPE, "record.errorType")):
        said = pattern.search(message)
        if said is not None:
            yield name, said[1]
    for found in _FIGURE.finditer(message):
        name, of_record, factor = _FIGURES[found[1]]
        figure = float(found[2])
        whole = int(figure) if figure.is_integer() else figure
        # The emulator does not measure the memory of a call, and writes a nought.
        if found[1] != "Max Memory Used" or whole:
            yield name, whole * factor
            yield f"record.metrics.{of_record}", whole
