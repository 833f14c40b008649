"""A trace of X-Ray as a tree: which parts a request went through, and how long each took."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import pages
from platform_cli.errors import ExitCode, PlatformError

_ID = re.compile(r"(?:Root=)?(1-[0-9a-f]{8}-[0-9a-f]{24})")
_PLAIN = re.compile(r"([0-9a-f]{8})([0-9a-f]{24})")


@dataclass(frozen=True)
class Span:
    """A part of a trace.

    Attributes:
        name: Of the function, table, API or step; of a call to AWS, with its operation.
        kind: Where it ran: `AWS::Lambda::Function`; empty for steps inside of it.
        depth: How deep in the tree, from 0.
        begin: When it began.
        offset_ms: After the begin of the whole trace.
        duration_ms: How long it took; None if it has not ended.
        trouble: `error` (of the caller), `fault` (of the callee), `throttle`, or empty.
        message: What went wrong, in the exception's words.
        annotations: What the code noted to be searched by.
    """

    name: str
    kind: str
    depth: int
    begin: datetime
    offset_ms: float
    duration_ms: float | None
    trouble: str
    message: str
    annotations: Mapping[str, Any]


@dataclass(frozen=True)
class Trace:
    """A request through the system; `limited` if X-Ray left parts away since there were too many."""

    id: str
    duration_ms: float
    spans: tuple[Span, ...]
    limited: bool = False


def trace_id(typed: str) -> str:
    """The id of a trace, also out of a header of X-Ray, or as OpenTelemetry writes it.

    Raises:
        PlatformError: `invalid-trace`.
    """
    lowered = typed.strip()
    found = _ID.search(lowered)
    if found is not None:
        return found[1]
    plain = _PLAIN.fullmatch(lowered.lower())
    if plain is not None:
        return f"1-{plain[1]}-{plain[2]}"
    raise PlatformError(
        f'"{typed}" is no id of a trace',
        hint="it looks like 1-5759e988-bd862e3fe1be46a994272793: the field xray_trace_id of a line of a log",
        code="invalid-trace",
        exit_code=ExitCode.USAGE,
    )


def read_trace(clients: Clients, identifier: str) -> Trace:
    """A trace with all that X-Ray has of it.

    Raises:
        PlatformError: `invalid-trace`, `no-trace`, or what AWS refuses.
    """
    wanted = trace_id(identifier)
    with aws_errors("reading a trace", target=clients.target):
        found = list(pages(clients.client("xray").batch_get_traces, "Traces", TraceIds=[wanted]))
    segments = [json.loads(s["Document"]) for trace in found for s in trace.get("Segments") or ()]
    if not segments:
        raise PlatformError(
            f"X-Ray has no trace {wanted}",
            hint="traces are kept for 30 days, come some seconds late, and only a sample is taken at all",
            code="no-trace",
        )
    return assemble(wanted, segments, limited=any(trace.get("LimitExceeded") for trace in found))


def assemble(identifier: str, segments: Sequence[Mapping[str, Any]], *, limited: bool = False) -> Trace:
    """The trace of segments as X-Ray documents them, of which there is at least one."""
    begin = min(float(segment["start_time"]) for segment in segments)
    end = max(float(segment.get("end_time") or segment["start_time"]) for segment in segments)
    return Trace(identifier, (end - begin) * 1000, tuple(_tree(segments, begin)), limited)


def _tree(segments: Sequence[Mapping[str, Any]], begin: float) -> Iterator[Span]:
    """Every segment below the part that called it; one whose caller is not there stands at the top."""
    known = {part["id"] for segment in segments for part in _parts(segment)}
    children: dict[str | None, list[Mapping[str, Any]]] = {}
    for segment in segments:
        parent = segment.get("parent_id")
        children.setdefault(parent if parent in known else None, []).append(segment)

    def walk(part: Mapping[str, Any], depth: int) -> Iterator[Span]:
        yield _span(part, depth, begin)
        below = [*(part.get("subsegments") or ()), *children.get(part["id"], ())]
        for child in sorted(below, key=_start):
            yield from walk(child, depth + 1)

    for top in sorted(children.get(None, ()), key=_start):
        yield from walk(top, 0)


def _parts(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield part
    for child in part.get("subsegments") or ():
        yield from _parts(child)


def _start(part: Mapping[str, Any]) -> float:
    return float(part["start_time"])


def _span(part: Mapping[str, Any], depth: int, begin: float) -> Span:
    start, end = _start(part), part.get("end_time")
    causes = part.get("cause")
    exceptions = causes.get("exceptions") or () if isinstance(causes, Mapping) else ()
    words = (f"{cause.get('type') or ''}: {cause.get('message') or ''}".strip(": ") for cause in exceptions)
    calling = part.get("aws")
    operation = calling.get("operation") if isinstance(calling, Mapping) and part.get("namespace") else None
    return Span(
        name=f"{part.get('name') or '?'} {operation or ''}".rstrip(),
        kind=str(part.get("origin") or part.get("namespace") or ""),
        depth=depth,
        begin=datetime.fromtimestamp(start, UTC),
        offset_ms=(start - begin) * 1000,
        duration_ms=(float(end) - start) * 1000 if end is not None else None,
        trouble=next((word for word in ("throttle", "fault", "error") if part.get(word)), ""),
        message="; ".join(word for word in words if word),
        annotations=dict(part.get("annotations") or {}),
    )
