"""What a query is asked about on the local AWS: all lines, and what the emulator does not write."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.log_queries import SavedQuery, saved_queries
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.local.traces import TraceStore
from platform_cli.operate.insights.local import LocalLogs
from platform_cli.operate.insights.reading import read_query
from platform_cli.operate.queries import QueryResult, find_queries, query_of_text, run_query

SHOP = Path(__file__).parents[3] / "examples" / "shop" / "blueprint.yaml"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)


class FakeLogs:
    """Log groups of the emulator; one whose name is not there is refused."""

    target = Target("000000000000", "us-east-1", endpoint_url="http://127.0.0.1:4566")

    def __init__(self, groups: dict[str, list[dict[str, Any]]]) -> None:
        self.groups = groups

    def client(self, name: str) -> FakeLogs:
        assert name == "logs"
        return self

    def describe_log_groups(self, logGroupNamePrefix: str, **_: Any) -> dict[str, Any]:
        return {"logGroups": [{"logGroupName": n} for n in self.groups if n.startswith(logGroupNamePrefix)]}

    def filter_log_events(self, logGroupName: str, startTime: int, endTime: int) -> dict[str, Any]:
        if logGroupName not in self.groups:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "FilterLogEvents")
        return {"events": [e for e in self.groups[logGroupName] if startTime <= e["timestamp"] <= endTime]}


def call(request: str, minute: int, duration: int, *said: dict[str, Any]) -> list[dict[str, Any]]:
    lines = [
        f"START RequestId: {request} Version: $LATEST",
        *map(json.dumps, said),
        f"END RequestId: {request}",
        f"REPORT RequestId: {request}\tDuration: {duration} ms\tBilled Duration: {duration} ms\t"
        "Memory Size: 512 MB\tMax Memory Used: 0 MB",
    ]
    end = NOON_MS + minute * 60_000
    return [{"timestamp": end, "message": line, "logStreamName": f"s-{request}"} for line in lines]


def answered(route: str, status: int, cold: bool = False) -> dict[str, Any]:
    return {
        "message": "answered",
        "route": route,
        "status": status,
        "cold_start": cold,
        "correlation_id": "c",
    }


@pytest.fixture(scope="module")
def shop() -> ResolvedEnvironment:
    return resolve(inspect_blueprint(SHOP), "local")


def ask(
    environment: ResolvedEnvironment,
    query: str | SavedQuery,
    traces: TraceStore,
    groups: dict[str, list[dict[str, Any]]],
    report: Any = lambda _: None,
) -> QueryResult:
    (asked,) = find_queries(environment, query) if isinstance(query, str) else (query,)
    aws: Any = FakeLogs(groups)
    return run_query(
        asked,
        aws,
        since=NOON,
        until=NOON + timedelta(hours=1),
        report=report,
        local=LocalLogs(environment, traces),
    )


def test_slow_endpoints_are_those_whose_handlers_took_long(shop: ResolvedEnvironment, tmp_path: Path) -> None:
    access = saved_queries(shop)[-1].log_groups[0]
    groups = {
        access: [],
        "/aws/lambda/shop-local-orders-create": [
            *call("a", 1, 300, {"route": "POST /orders"}, answered("POST /orders", 201)),
            *call("b", 2, 100, answered("POST /orders", 400)),
            *call("c", 3, 50, {"route": "POST /orders", "level": "ERROR", "message": "boom"}),
            *call("by an event", 4, 7000, {"message": "no request"}),
            *call("later", 90, 9000, answered("POST /orders", 201)),
        ],
        "/aws/lambda/shop-local-health-check": call("d", 1, 4, answered("GET /health", 503)),
    }
    seen: list[Any] = []
    slow = ask(shop, "slow-endpoints", TraceStore(tmp_path / "t"), groups, seen.append)
    assert slow.columns == ("routeKey", "requests", "average_ms", "p99_ms", "max_ms")
    assert slow.rows == (("POST /orders", "3", "150", "300", "300"), ("GET /health", "1", "4", "4", "4"))
    assert (slow.scanned_records, slow.matched_records, slow.missing) == (4, 4, ())
    assert [event.scanned_records for event in seen] == [4]
    failed = ask(shop, "failures", TraceStore(tmp_path / "t"), groups)
    assert [row[:2] for row in sorted(failed.rows)] == [("GET /health", "503"), ("POST /orders", "500")]


def test_cold_starts_are_those_that_traces_or_the_logger_tell_of(
    shop: ResolvedEnvironment, tmp_path: Path
) -> None:
    store = TraceStore(tmp_path / "t.sqlite", lambda: NOON.timestamp() + 60)
    ready = (NOON_MS + 60_000 - 1000 + 640) / 1000
    noted = {"request_id": "a", "ColdStart": True}
    store.add({"trace_id": "1", "id": "2", "name": "## x", "start_time": ready, "annotations": noted})
    store.add({"trace_id": "1", "id": "3", "name": "y", "start_time": ready})
    groups = {
        "/aws/lambda/shop-local-orders-create": [
            *call("a", 1, 1000, {"xray_trace_id": "1-2-3"}),
            *call("b", 2, 10),
        ],
        "/aws/lambda/shop-local-orders-list": call("c", 1, 900, answered("GET /orders", 200, cold=True)),
    }
    result = ask(shop, "cold-starts", store, groups)
    name = "000000000000:/aws/lambda/shop-local-orders-"
    assert result.rows == (
        (f"{name}list", "1", "1", "100", "", ""),
        (f"{name}create", "2", "1", "50", "640", "640"),
    )
    (mine,) = query_of_text(
        shop,
        "mine",
        "filter @type = 'REPORT' and ispresent(@xrayTraceId) | display @xrayTraceId, @initDuration",
        "orders",
    )
    assert ask(shop, mine, store, groups).rows == (("1-2-3", "640"),)


def test_errors_are_counted_by_service(shop: ResolvedEnvironment, tmp_path: Path) -> None:
    bad = {"level": "ERROR", "service": "orders", "message": "first", "exception_name": "KeyError"}
    groups = {
        "/aws/lambda/shop-local-orders-create": [
            *call("a", 1, 5, bad),
            *call("b", 2, 5, {**bad, "message": "then"}),
            # What nobody caught is written by Lambda.
            *call("c", 3, 5, {"level": "ERROR", "errorMessage": "by zero", "errorType": "ZeroDivisionError"}),
        ],
    }
    result = ask(shop, "errors-by-service", TraceStore(tmp_path / "t"), groups)
    assert result.columns == ("service", "error", "@log", "errors", "example")
    assert [(row[0], row[1], *row[3:]) for row in result.rows] == [
        ("orders", "KeyError", "2", "then"),
        ("", "ZeroDivisionError", "1", "by zero"),
    ]
    assert "/aws/lambda/shop-local-users-get" not in groups
    assert len(result.missing) == len(result.query.log_groups) - 1


def ended(request: str, status: str, kind: str | None = None, **figures: float) -> dict[str, Any]:
    """Lambda's report of a call in JSON, as AWS writes it."""
    record = {"requestId": request, "status": status, "metrics": {"durationMs": 5, **figures}}
    line = {"type": "platform.report", "record": {**record, **({"errorType": kind} if kind else {})}}
    return {"timestamp": NOON_MS + 60_000, "message": json.dumps(line), "logStreamName": "s"}


def test_calls_that_were_ended_before_they_could_log_are_errors(
    shop: ResolvedEnvironment, tmp_path: Path
) -> None:
    timeout = shop.services["orders"].functions["create"].timeout_seconds
    reports = (
        ("", "nothing"),
        ("\tStatus: timeout", "the call ended: timeout"),
        ("\tStatus: error\tError Type: Runtime.ExitError", "the call ended: error Runtime.ExitError"),
        # What the handler raised is in a line of its own.
        ("\tStatus: error\tError Type: KeyError", "nothing"),
    )
    as_json = (
        ("timeout", None, "the call ended: timeout"),
        ("failure", None, "the call ended: failure"),
        ("error", "Runtime.OutOfMemory", "the call ended: error Runtime.OutOfMemory"),
        ("error", "KeyError", "nothing"),
        ("success", None, "nothing"),
    )
    made: list[tuple[list[dict[str, Any]], str]] = [
        (call("a", 1, timeout * 1000 + 3), "the call ended: timeout"),
        (call("b", 1, timeout * 1000 - 3), "nothing"),
        *(([ended("c", status, kind)], said) for status, kind, said in as_json),
    ]
    for more, said in reports:
        *lines, report = call("d", 1, 5)
        made.append(([*lines, {**report, "message": report["message"] + more}], said))
    for events, said in made:
        groups = {"/aws/lambda/shop-local-orders-create": events}
        rows = ask(shop, "errors-by-service", TraceStore(tmp_path / "t"), groups).rows
        told = [(errors, example.strip()) for *_, errors, example in rows]
        assert told == ([] if said == "nothing" else [("1", said)]), events
        own = ask(shop, "orders/errors", TraceStore(tmp_path / "t"), groups)
        assert [row[own.columns.index("said")].strip() for row in own.rows] == [s for _, s in told], events


def test_restoring_a_snapshot_is_a_cold_start(shop: ResolvedEnvironment, tmp_path: Path) -> None:
    name = "/aws/lambda/shop-local-orders-create"
    as_json = [
        ended("a", "success", restoreDurationMs=70),
        ended("b", "success", initDurationMs=200),
        ended("c", "success"),
    ]
    *lines, report = call("d", 1, 5)
    as_text = [*lines, {**report, "message": report["message"] + "\tRestore Duration: 90.00 ms"}]
    for events, figures in ((as_json, ("3", "2", "66.6667", "135")), (as_text, ("1", "1", "100", "90"))):
        (row,) = ask(shop, "cold-starts", TraceStore(tmp_path / "t"), {name: events}).rows
        assert row[1:-1] == figures


def test_every_saved_query_is_understood(shop: ResolvedEnvironment) -> None:
    queries = saved_queries(shop)
    assert {query.name for query in queries} >= {"errors-by-service", "cold-starts", "slowest-calls"}
    for query in queries:
        assert read_query(query.name, query.text)


def test_a_query_that_is_not_understood_asks_nothing(shop: ResolvedEnvironment, tmp_path: Path) -> None:
    (mine,) = query_of_text(shop, "mine.txt", "fields @message\n| unnest items into item", "orders")
    with pytest.raises(PlatformError) as raised:
        ask(shop, mine, TraceStore(tmp_path / "t"), {})
    assert (raised.value.code, str(raised.value.where)) == ("invalid-query", "mine.txt:2:3")


def test_a_large_log_is_answered_soon(shop: ResolvedEnvironment, tmp_path: Path) -> None:
    events = [
        line for n in range(3000) for line in call(f"r{n}", n % 50, n % 97, answered("GET /orders", 200))
    ]
    begin = time.process_time()
    result = ask(
        shop, "cold-starts", TraceStore(tmp_path / "t"), {"/aws/lambda/shop-local-orders-list": events}
    )
    assert result.rows[0][1] == "3000"
    assert time.process_time() - begin < 5
