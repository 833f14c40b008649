"""Reading and following logs, from CloudWatch Logs in memory."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.operate.logs import LogLine, read_logs

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class FakeLogs:
    """Log groups with events; two a page, and written to while somebody reads."""

    def __init__(self) -> None:
        self.groups: dict[str, list[dict[str, Any]]] = {}
        self.target = Target("000000000000", "us-east-1")
        self.patterns: set[str | None] = set()

    def client(self, name: str) -> FakeLogs:
        assert name == "logs"
        return self

    def write(self, group: str, second: float, message: str) -> None:
        events = self.groups.setdefault(group, [])
        at = int((NOON + timedelta(seconds=second)).timestamp() * 1000)
        events.append({"timestamp": at, "message": message + "\n", "eventId": f"{group}-{len(events)}"})

    def filter_log_events(self, **request: Any) -> dict[str, Any]:
        if request["logGroupName"] not in self.groups:
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "FilterLogEvents"
            )
        self.patterns.add(request.get("filterPattern"))
        found = sorted(
            (
                e
                for e in self.groups[request["logGroupName"]]
                if request["startTime"] <= e["timestamp"] <= request.get("endTime", 2**60)
            ),
            key=lambda e: e["timestamp"],
        )
        at = int(request.get("nextToken", 0))
        return {"events": found[at : at + 2], **({"nextToken": str(at + 2)} if len(found) > at + 2 else {})}


@pytest.fixture
def logs(environment: ResolvedEnvironment) -> FakeLogs:
    fake = FakeLogs()
    fake.create, fake.list, fake.get = (  # type: ignore[attr-defined]
        f"/aws/lambda/{environment.system}-dev-{name}"
        for name in ("orders-create", "orders-list", "users-get")
    )
    return fake


def read(environment: ResolvedEnvironment, logs: Any, selector: str | None = None, **more: Any) -> Any:
    given = {"since": NOON, "clock": lambda: NOON + timedelta(minutes=1), **more}
    return read_logs(environment, logs, selector, **given)


def said(lines: Any) -> list[str]:
    return [line.message for line in lines]


def test_lines_of_several_functions_come_in_the_order_of_their_times(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    for second, group in ((3, logs.create), (1, logs.create), (2, logs.get), (4, logs.get), (0, logs.create)):
        logs.write(group, second, str(second))
    logs.write(logs.create, -5, "before")
    assert said(read(environment, logs)) == ["0", "1", "2", "3", "4"]
    assert said(read(environment, logs, "orders")) == ["0", "1", "3"]
    assert said(read(environment, logs, "orders.create")) == ["0", "1", "3"]
    assert said(read(environment, logs, "orders.list")) == []
    assert said(read(environment, logs, until=NOON + timedelta(seconds=1))) == ["0", "1"]
    assert [line.address for line in read(environment, logs)][2] == "users.get"


def test_the_filter_pattern_is_cloudwatchs(environment: ResolvedEnvironment, logs: Any) -> None:
    logs.write(logs.get, 1, "x")
    list(read(environment, logs, pattern='{ $.level = "ERROR" }'))
    assert logs.patterns == {'{ $.level = "ERROR" }'}


def test_following_tells_each_line_once_even_those_that_come_late(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    logs.write(logs.create, 1, "one")
    time = [NOON + timedelta(seconds=2)]

    def sleep(seconds: float) -> None:
        time[0] += timedelta(seconds=seconds)
        logs.write(
            logs.get,
            (time[0] - NOON).total_seconds(),
            f"at {len(logs.groups[logs.get])}" if logs.get in logs.groups else "at 0",
        )
        if len(logs.groups[logs.get]) == 2:
            logs.write(logs.create, 1.5, "late")

    lines = read(environment, logs, follow=True, sleep=sleep, clock=lambda: time[0])
    assert said(islice(lines, 5)) == ["one", "at 0", "late", "at 1", "at 2"]


def test_what_is_written_while_the_first_lines_are_shown_is_not_passed_over(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    for second in range(4):
        logs.write(logs.create, second, str(second))
    time = [NOON + timedelta(seconds=5)]

    def sleep(seconds: float) -> None:
        time[0] += timedelta(seconds=seconds)

    shown = []
    for line in islice(read(environment, logs, follow=True, sleep=sleep, clock=lambda: time[0]), 5):
        shown.append(line.message)
        if line.message == "3":
            # The group that was read to its end goes on, and the reader's pager waits for two minutes.
            logs.write(logs.list, 6, "meanwhile")
            time[0] += timedelta(minutes=2)
    assert shown == ["0", "1", "2", "3", "meanwhile"]


def test_following_ends_where_it_shall(environment: ResolvedEnvironment, logs: Any) -> None:
    time = [NOON]

    def sleep(seconds: float) -> None:
        time[0] += timedelta(seconds=seconds)

    until = NOON + timedelta(seconds=10)
    assert said(read(environment, logs, follow=True, until=until, sleep=sleep, clock=lambda: time[0])) == []
    assert time[0] >= until


def test_a_structured_line_gives_its_fields_and_lambdas_own_lines_are_told_apart(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    structured = {"level": "error", "message": "paid", "service": "orders", "order_id": 7}
    for message in (
        "START RequestId: 1 Version: $LATEST",
        json.dumps(structured),
        json.dumps({"level": "INFO", "message": {"a": 1}}),
        "{broken",
        "plain",
        json.dumps({"type": "platform.report", "record": {}}),
    ):
        logs.write(logs.create, 1, message)
    lines: list[LogLine] = list(read(environment, logs))
    assert [(line.platform, line.level, line.text) for line in lines[:5]] == [
        (True, "", "START RequestId: 1 Version: $LATEST"),
        (False, "ERROR", "paid"),
        (False, "INFO", '{"a": 1}'),
        (False, "", "{broken"),
        (False, "", "plain"),
    ]
    assert lines[1].fields == structured
    assert lines[5].platform


def test_a_line_nested_without_end_is_a_text_like_any_other(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    nested = '{"a":' * 100_000
    logs.write(logs.create, 1, nested)
    (line,) = read(environment, logs)
    assert (line.fields, line.text) == ({}, nested)


def test_what_lambda_writes_reads_the_same_as_json_and_as_text_and_a_failed_call_is_an_error(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    metrics = {"durationMs": 3000.0, "billedDurationMs": 3000, "memorySizeMB": 128, "maxMemoryUsedMB": 40}
    report = {"requestId": "1", "status": "timeout", "metrics": metrics | {"initDurationMs": 210.4}}
    for kind, record in (
        ("initStart", {"initializationType": "on-demand", "runtimeVersion": "python:3.13"}),
        ("start", {"requestId": "1", "version": "7"}),
        ("runtimeDone", {"requestId": "1", "status": "timeout", "metrics": {"durationMs": 3000.0}}),
        ("report", report),
        ("logsDropped", {"reason": "Consumer is too slow", "droppedRecords": 12}),
    ):
        logs.write(logs.create, 1, json.dumps({"type": f"platform.{kind}", "record": record}))
    logs.write(
        logs.create,
        1,
        "REPORT RequestId: 1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 40 MB\tInit Duration: 210.40 ms\tStatus: timeout",
    )
    lines = [(line.platform, line.level, line.text) for line in read(environment, logs)]
    told = "REPORT RequestId: 1 3000 ms, billed 3000 ms, 40 of 128 MB, cold start 210 ms, timeout"
    assert lines == [
        (True, "", "INIT_START Runtime Version: python:3.13"),
        (True, "", "START RequestId: 1 Version: 7"),
        (True, "", "END RequestId: 1"),
        (True, "ERROR", told),
        (True, "", "logsDropped reason=Consumer is too slow, droppedRecords=12"),
        (True, "ERROR", told),
    ]
    assert len(list(read(environment, logs, level="error"))) == 2


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        ("order", 'did you mean "orders"?'),
        ("orders.creat", 'did you mean "orders.create"?'),
        ("zzz", "there are: orders, users"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_name(
    selector: str, hint: str, environment: ResolvedEnvironment, logs: Any
) -> None:
    with pytest.raises(PlatformError) as caught:
        read(environment, logs, selector)
    assert (caught.value.code, caught.value.hint) == ("unknown-function", hint)


def test_only_lines_that_are_bad_enough_are_read(environment: ResolvedEnvironment, logs: Any) -> None:
    for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        logs.write(logs.create, 1, json.dumps({"level": level, "message": level.lower()}))
    logs.write(logs.create, 1, "REPORT RequestId: 1")
    lines = list(read(environment, logs, level="warning"))
    assert [line.text for line in lines] == ["warning", "error", "critical"]
    with pytest.raises(PlatformError) as raised:
        read(environment, logs, level="loud")
    assert (raised.value.code, raised.value.exit_code) == ("unknown-level", 2)


def test_one_request_is_found_in_all_functions_and_cloudwatch_looks_for_it(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    for second, (group, request) in enumerate(((logs.create, "r-1"), (logs.get, "r-1"), (logs.get, "r-2"))):
        logs.write(group, second, json.dumps({"message": group, "correlation_id": request}))
    lines = list(read(environment, logs, correlation_id="r-1"))
    assert [(line.address, line.correlation_id) for line in lines] == [
        ("orders.create", "r-1"),
        ("users.get", "r-1"),
    ]
    assert logs.patterns == {'"r-1"'}
    assert len(list(read(environment, logs, correlation_id="r-2", pattern="users"))) == 1
    assert "users" in logs.patterns


def test_a_line_gives_its_own_fields_its_traceback_and_its_metrics(
    environment: ResolvedEnvironment, logs: Any
) -> None:
    error = {
        "level": "ERROR",
        "location": "handler:3",
        "message": "no such order",
        "service": "orders",
        "order_id": 7,
        "exception": 'Traceback (most recent call last):\n  File "a.py"\nKeyError: 7',
    }
    runtime = {"errorType": "KeyError", "errorMessage": "'x'", "stackTrace": ["  File a\n", "  File b\n"]}
    metrics = {
        "_aws": {"CloudWatchMetrics": [{"Metrics": [{"Name": "OrdersCreated", "Unit": "Count"}]}]},
        "OrdersCreated": [1.0],
        "service": "orders",
    }
    for told in (error, runtime, metrics):
        logs.write(logs.create, 1, json.dumps(told))
    first, second, third = read(environment, logs)
    assert (dict(first.extras), first.trace.splitlines()[-1]) == ({"order_id": 7}, "KeyError: 7")
    assert (second.text, second.trace) == ("'x'", "  File a\n  File b\n")
    assert (third.text, dict(third.extras)) == ("metrics OrdersCreated=1.0", {})
