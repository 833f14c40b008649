"""The lines that a query is about, on the local AWS, with what AWS would have written beside them.

Three things the emulator does not write: how long the environment of a call took to start, that a call ran
out of time, and access logs of APIs. The first is in the traces of calls, the second follows from how long
they took, the third is in what `servicekit` logs of each request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedApi, ResolvedEnvironment, ResolvedFunction
from platform_cli.errors import PlatformError
from platform_cli.local.traces import TraceStore
from platform_cli.operate.functions import log_group
from platform_cli.operate.insights.lines import fields_of
from platform_cli.operate.insights.values import Moment, Value
from platform_cli.operate.local_calls import Call, Event, calls, read_events

UNMEASURED = "not measured"
"""How long a start took, where the log says that there was one and no trace says more; no number."""
_ANSWERED = "answered"
_STATUS_OF_ERRORS = {"http": "500", "rest": "502"}


@dataclass(frozen=True)
class LocalLogs:
    """What is asked on the local AWS.

    Attributes:
        environment: That is deployed there.
        traces: Of its calls.
        file: Where the query stands, if it is in one.
    """

    environment: ResolvedEnvironment
    traces: TraceStore
    file: str | None = None


@dataclass(frozen=True)
class Found:
    """Lines with their fields, and how many bytes they are."""

    lines: tuple[Mapping[str, Value], ...]
    scanned_bytes: int


def find_lines(
    source: LocalLogs, clients: Clients, groups: Sequence[str], since: datetime, until: datetime
) -> Iterator[Found]:
    """The lines of log groups in a time, a group after the other.

    Raises:
        PlatformError: `query-failed` if the local AWS cannot tell all of it.
    """
    environment = source.environment
    apis = {Names.access_log(api.physical_name): api for api in environment.apis.values()}
    functions = {log_group(environment, function): function for function in environment.functions}
    ready = _ready(source.traces, since)
    for group in groups:
        if group in apis:
            served = [f for f in environment.functions if any(r.api == apis[group].name for r in f.routes)]
            lines = [
                line
                for function in served
                for line in _requests(apis[group], function, source, clients, since, until)
            ]
            yield Found(tuple(lines), sum(len(str(line["@message"])) for line in lines))
            continue
        events = read_events(clients, group, since, until)
        lines = [fields_of(event, group, environment.account) for event in events]
        if group in functions:
            made = {call.request_id: call for call in calls(group, events)}
            _tell_of_calls(lines, made, ready, functions[group].timeout_seconds)
        yield Found(tuple(lines), sum(len(event["message"].encode()) for event in events))


def _ready(traces: TraceStore, since: datetime) -> Mapping[str, float]:
    """When handlers began whose calls began cold, by the calls' ids; in milliseconds since the epoch."""
    told = ((part, part.get("annotations", {})) for part in traces.since(since.timestamp()))
    return {
        str(noted["request_id"]): float(part["start_time"]) * 1000
        for part, noted in told
        if noted.get("ColdStart") is True and "request_id" in noted
    }


def _tell_of_calls(
    lines: Sequence[dict[str, Value]],
    made: Mapping[str, Call],
    ready: Mapping[str, float],
    timeout_seconds: float,
) -> None:
    """Add to the report of each call what the emulator does not write."""
    for line in lines:
        call = made.get(str(line.get("@requestId"))) if line.get("@type") == "REPORT" else None
        if call is None:
            continue
        if call.duration_ms >= timeout_seconds * 1000:
            line.setdefault("record.status", "timeout")
        trace = call.told("xray_trace_id")
        if trace is not None:
            line["@xrayTraceId"] = str(trace)
        start: Value = None
        if call.request_id in ready:
            start = round(max(0.0, ready[call.request_id] - call.begin_ms), 2)
        elif call.told("cold_start") is True:
            start = UNMEASURED
        if start is not None:
            line["@initDuration"] = line["record.metrics.initDurationMs"] = start


def _requests(
    api: ResolvedApi,
    function: ResolvedFunction,
    source: LocalLogs,
    clients: Clients,
    since: datetime,
    until: datetime,
) -> Iterator[dict[str, Value]]:
    """Lines of the access log of an API, by what the handler of a function logged of its requests."""
    environment = source.environment
    events: list[Event] = read_events(clients, log_group(environment, function), since, until)
    apis: dict[str, set[str]] = {}
    for route in function.routes:
        apis.setdefault(f"{route.method} {route.path}", set()).add(route.api)
    for call in calls(log_group(environment, function), events):
        route_key = call.told("route")
        if api.name not in apis.get(str(route_key), ()):
            continue
        if len(apis[str(route_key)]) > 1:
            raise PlatformError(
                f"the local AWS writes no access logs, and {route_key} is a route of more than one API",
                hint=f"ask the function itself: platform logs {function.address}",
                code="query-failed",
            )
        answered = next((line for line in call.lines if line.get("message") == _ANSWERED), None)
        status = str(answered["status"]) if answered else _STATUS_OF_ERRORS[api.kind]
        method, _, path = str(route_key).partition(" ")
        told: dict[str, Value] = {
            **(
                {"method": method, "resourcePath": path}
                if api.kind == "rest"
                else {"routeKey": str(route_key)}
            ),
            "requestId": str(call.told("correlation_id") or ""),
            "status": status,
            "responseLatency": call.duration_ms,
            "integrationLatency": call.duration_ms,
        }
        yield {
            **told,
            "@timestamp": Moment(int(call.begin_ms + call.duration_ms)),
            "@message": json.dumps(told),
            "@logStream": call.stream,
            "@log": f"{environment.account}:{Names.access_log(api.physical_name)}",
        }
