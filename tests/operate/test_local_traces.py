"""Traces of the local AWS: what handlers sent, below the call that the log tells of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_cli.aws.clients import Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.local.traces import TraceStore
from platform_cli.operate.local_calls import MOST_EVENTS, calls, read_events
from platform_cli.operate.local_traces import read_local_trace

BEGAN = 0x6B000000
TRACE = f"1-{BEGAN:08x}-bd862e3fe1be46a994272793"
TOP, HANDLER, CALL = "a" * 16, "b" * 16, "c" * 16


class FakeLogs:
    """Log groups of the emulator: no token, however many events there are."""

    target = Target("000000000000", "us-east-1", endpoint_url="http://127.0.0.1:4566")

    def __init__(self, **groups: list[dict[str, Any]]) -> None:
        self.groups = groups
        self.asked: list[dict[str, Any]] = []

    def client(self, name: str) -> FakeLogs:
        assert name == "logs"
        return self

    def filter_log_events(self, logGroupName: str, **request: Any) -> dict[str, Any]:
        self.asked.append({"logGroupName": logGroupName, **request})
        wanted = str(request.get("filterPattern", "")).strip('"')
        found = [
            event
            for event in self.groups.get(logGroupName.rpartition("/")[2], [])
            if request["startTime"] <= event["timestamp"] <= request["endTime"]
            and wanted in event["message"]
            and event["logStreamName"] in request.get("logStreamNames", [event["logStreamName"]])
        ]
        return {"events": found[:MOST_EVENTS]}


def call_lines(stream: str, end_ms: int, duration: int, *said: dict[str, Any]) -> list[dict[str, Any]]:
    lines = [
        f"START RequestId: {stream} Version: $LATEST",
        *map(json.dumps, said),
        f"END RequestId: {stream}",
        f"REPORT RequestId: {stream}\tDuration: {duration} ms\tBilled Duration: {duration} ms",
    ]
    return [{"timestamp": end_ms, "message": line, "logStreamName": f"s-{stream}"} for line in lines]


def part(identifier: str, parent: str, name: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    times = {"start_time": BEGAN + start, "end_time": BEGAN + end}
    return {"id": identifier, "trace_id": TRACE, "parent_id": parent, "name": name, **times, **more}


def traced(environment: ResolvedEnvironment) -> ResolvedEnvironment:
    """All of its functions with tracing."""
    text = environment.model_dump_json().replace('"tracing":false', '"tracing":true')
    return type(environment).model_validate_json(text)


def group(environment: ResolvedEnvironment, name: str) -> str:
    return f"{environment.system}-dev-{name}"


def test_the_call_stands_above_what_its_handler_sent_with_its_start(
    environment: ResolvedEnvironment, tmp_path: Path
) -> None:
    system = traced(environment)
    store = TraceStore(tmp_path / "t.sqlite", lambda: BEGAN)
    noted = {"ColdStart": True, "request_id": "r-1"}
    store.add(part(CALL, HANDLER, "dynamodb", 1.2, 1.3, namespace="aws", aws={"operation": "GetItem"}))
    store.add(part(HANDLER, TOP, "## handle", 1.1, 1.4, annotations=noted, fault=True))
    own = call_lines("r-1", BEGAN * 1000 + 1400, 1400, {"xray_trace_id": TRACE})
    aws: Any = FakeLogs(**{group(system, "orders-list"): own})
    trace = read_local_trace(system, aws, store, TRACE)
    assert [
        (span.depth, span.name, span.kind, round(span.offset_ms), round(span.duration_ms or 0), span.trouble)
        for span in trace.spans
    ] == [
        (0, group(system, "orders-list"), "AWS::Lambda::Function", 0, 1400, "fault"),
        (1, "Initialization", "", 0, 1100, ""),
        (1, "## handle", "", 1100, 300, "fault"),
        (2, "dynamodb GetItem", "aws", 1200, 100, ""),
    ]
    assert not trace.limited


def test_a_handler_that_logs_nothing_is_found_by_the_id_of_its_call_and_one_that_sends_nothing_by_its_log(
    environment: ResolvedEnvironment, tmp_path: Path
) -> None:
    system = traced(environment)
    store = TraceStore(tmp_path / "t.sqlite", lambda: BEGAN)
    aws: Any = FakeLogs(
        **{
            group(system, "users-get"): [
                *call_lines("other", BEGAN * 1000 + 5, 5),
                *call_lines("silent", BEGAN * 1000 + 90, 60),
            ]
        }
    )
    store.add(part(HANDLER, TOP, "## handle", 0.04, 0.0895, annotations={"request_id": "silent"}))
    (call, handler) = read_local_trace(system, aws, store, TRACE).spans
    assert (call.name, round(call.duration_ms or 0), handler.depth) == (group(system, "users-get"), 60, 1)
    aws.groups = {
        group(system, "users-get"): call_lines("x", BEGAN * 1000 + 90, 60, {"xray_trace_id": TRACE})
    }
    (alone,) = read_local_trace(system, aws, TraceStore(tmp_path / "none"), TRACE).spans
    assert (alone.name, round(alone.duration_ms or 0)) == (group(system, "users-get"), 60)


def test_without_a_log_the_parts_stand_alone_and_without_both_there_is_no_trace(
    environment: ResolvedEnvironment, tmp_path: Path
) -> None:
    store = TraceStore(tmp_path / "t.sqlite", lambda: BEGAN)
    store.add(part(HANDLER, TOP, "## handle", 0, 1))
    aws: Any = FakeLogs()
    assert [span.name for span in read_local_trace(environment, aws, store, TRACE).spans] == ["## handle"]
    assert aws.asked == [], "a function without tracing has no trace to look for"
    with pytest.raises(PlatformError) as raised:
        read_local_trace(traced(environment), aws, store, TRACE[:-1] + "0")
    assert raised.value.code == "no-trace"
    assert all(r["startTime"] == (BEGAN - 2) * 1000 for r in aws.asked)


def test_all_events_are_read_though_the_emulator_gives_no_more_than_so_many() -> None:
    begin = datetime(2026, 11, 21, tzinfo=UTC)
    start = int(begin.timestamp() * 1000)
    events = [
        {"timestamp": start + at // 3, "message": str(at), "logStreamName": "s"}
        for at in range(MOST_EVENTS + 50)
    ]
    aws: Any = FakeLogs(g=events)
    assert read_events(aws, "g", begin, begin + timedelta(hours=1)) == events
    assert len(aws.asked) == 2
    aws = FakeLogs(g=[{**event, "timestamp": start} for event in events])
    with pytest.raises(PlatformError) as raised:
        read_events(aws, "g", begin, begin + timedelta(hours=1))
    assert raised.value.code == "query-failed"


def test_lines_that_come_with_the_next_call_are_of_the_call_that_they_name(
    environment: ResolvedEnvironment, tmp_path: Path
) -> None:
    system = traced(environment)
    late = {"function_request_id": "first", "xray_trace_id": TRACE, "route": "GET /a"}
    own = {"function_request_id": "second", "route": "GET /b"}
    events = [
        *call_lines("first", BEGAN * 1000 + 40, 30),
        *call_lines("second", BEGAN * 1000 + 900, 700, late, own),
    ]
    assert {call.request_id: call.told("route") for call in calls("g", events)} == {
        "first": "GET /a",
        "second": "GET /b",
    }
    aws: Any = FakeLogs(**{group(system, "users-get"): events})
    (span,) = read_local_trace(system, aws, TraceStore(tmp_path / "none"), TRACE).spans
    assert round(span.duration_ms or 0) == 30


def test_a_call_has_what_its_lines_told_and_one_without_a_report_is_none() -> None:
    events = [*call_lines("a", 1000, 40, {"route": None}, {"route": "GET /"}), *call_lines("b", 5, 1)[:2]]
    (call,) = calls("g", events)
    assert (call.request_id, call.begin_ms, call.duration_ms, call.told("route")) == ("a", 960, 40, "GET /")
