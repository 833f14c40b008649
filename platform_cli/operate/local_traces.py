"""A trace of the local AWS: what handlers told of it, below the call that the log tells of.

On AWS, Lambda itself writes the part of a call. The emulator gives each call a trace of its own and writes no
part of it, so that it is made here, out of the report in the function's log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.pattern_matching import Line
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.local.traces import TraceStore
from platform_cli.operate.functions import log_group
from platform_cli.operate.local_calls import REQUEST_ID, Call, Event, calls, read_events
from platform_cli.operate.traces import Trace, assemble, trace_id

_LONGEST_CALL = timedelta(minutes=20)
_OF_THE_CALL = "0" * 16


def read_local_trace(
    environment: ResolvedEnvironment, clients: Clients, store: TraceStore, identifier: str
) -> Trace:
    """A trace with all that handlers told of it, and the call that it began with.

    Raises:
        PlatformError: `invalid-trace`, `no-trace`, or what the local AWS refuses.
    """
    wanted = trace_id(identifier)
    parts = store.of_trace(wanted)
    with aws_errors("reading the logs of a trace", target=clients.target):
        found = list(_calls(environment, clients, wanted, parts))
    known = {part["id"] for part in parts}
    above = (part["parent_id"] for part in parts if part.get("parent_id") not in {*known, None})
    top = next(above, _OF_THE_CALL)
    made = [_segment(name, call, top, parts) for name, call in found]
    if not made and not parts:
        raise PlatformError(
            f"the local AWS has no trace {wanted}",
            hint="it keeps traces for a day, of functions with tracing; one comes when its call has ended",
            code="no-trace",
        )
    return assemble(wanted, [*made, *parts])


def _calls(
    environment: ResolvedEnvironment, clients: Clients, wanted: str, parts: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, Call]]:
    """The call that a trace is of, with its function's name, as a line of it or a note in a part tells."""
    began = datetime.fromtimestamp(int(wanted.split("-")[1], 16), UTC)
    since, until = began - timedelta(seconds=2), began + _LONGEST_CALL
    noted = (part.get("annotations", {}).get("request_id") for part in parts)
    sought = [text for text in dict.fromkeys((*noted, wanted)) if text]
    for function in environment.functions:
        if not function.tracing:
            continue
        group = log_group(environment, function)
        for text in sought:
            about = read_events(clients, group, since, until, pattern=f'"{text}"')
            for event in about:
                call = _call_of(event, clients, group, since, until)
                if call is not None:
                    yield function.physical_name, call
                    return


def _call_of(event: Event, clients: Clients, group: str, since: datetime, until: datetime) -> Call | None:
    """The call that a line is of: as it says, or as the lines of its stream do."""
    named = (Line(event["message"]).document or {}).get(REQUEST_ID)
    stream = str(event["logStreamName"])
    events = (
        read_events(clients, group, since, until, pattern=f'"{named}"')
        if named
        else read_events(clients, group, since, until, stream=stream)
    )
    return next((call for call in calls(group, events) if named in (None, call.request_id)), None)


def _segment(name: str, call: Call, identifier: str, parts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Lambda's part of a call; its times in the log are whole milliseconds, the handler's are finer."""
    below = [part for part in parts if part.get("parent_id") == identifier]
    handlers = [part for part in below if str(part.get("name", "")).startswith("## ")]
    first = min((float(part["start_time"]) for part in below), default=call.begin_ms / 1000)
    last = max((float(p.get("end_time") or p["start_time"]) for p in below), default=0.0)
    begin = min(call.begin_ms / 1000, first)
    segment: dict[str, Any] = {
        "id": identifier,
        "name": name,
        "origin": "AWS::Lambda::Function",
        "start_time": begin,
        "end_time": max((call.begin_ms + call.duration_ms) / 1000, last),
        **{mark: True for mark in ("error", "fault", "throttle") if any(h.get(mark) for h in handlers)},
    }
    cold = next((h for h in handlers if h.get("annotations", {}).get("ColdStart") is True), None)
    if cold is not None:
        ready = float(cold["start_time"])
        start = {"id": f"{identifier}-init", "name": "Initialization", "start_time": begin, "end_time": ready}
        segment["subsegments"] = [start]
    return segment
