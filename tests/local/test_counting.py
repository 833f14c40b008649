"""What stands in logs becomes metrics, each line once, whatever is restarted in between."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from platform_cli.local.calling import CallFailed
from platform_cli.local.counting import LATE_MS, LogCounter, read_trouble
from platform_cli.local.filtered_metrics import MetricFilter, read_filter
from platform_cli.local.log_groups import LocalCloud, LogGroup, LogLine
from platform_cli.local.metric_data import Request

START = 1_795_260_000_000
ORDERS = "/aws/lambda/shop-local-orders-create"


class FakeCloud:
    """Log groups in memory; knows what was read of them, and what was put."""

    def __init__(self) -> None:
        self.now_ms = START
        self.logs: dict[str, list[LogLine]] = {}
        self.created: dict[str, int] = {}
        self.metric_filters: dict[str, list[MetricFilter]] = {}
        self.read: list[str] = []
        self.requests: list[Request] = []
        self.refusing: set[str] = set()
        self.written = 0

    def write(self, *messages: str, group: str = ORDERS, ago_ms: int = 0, lag_ms: int = 0) -> None:
        """As of one call of a function: lines with one id."""
        self.written += 1
        self.created.setdefault(group, self.now_ms)
        at = self.now_ms - ago_ms
        lines = [LogLine(f"stream-{self.written}", message, at, at + lag_ms) for message in messages]
        self.logs[group] = sorted([*self.logs.get(group, []), *lines], key=lambda line: line.at_ms)

    def filter(self, group: str = ORDERS, **told: Any) -> None:
        made = {"metricNamespace": "shop/local/orders", "metricName": "Repeated", "metricValue": "1", **told}
        described = {
            "filterName": made["metricName"],
            "filterPattern": made.pop("pattern", "{ $.new IS FALSE }"),
            "metricTransformations": [made],
            "creationTime": self.now_ms,
        }
        found = read_filter(described)
        assert found is not None
        self.metric_filters.setdefault(group, []).append(found)

    def groups(self) -> Iterator[LogGroup]:
        for name, lines in self.logs.items():
            size = sum(len(line.message) for line in lines)
            yield LogGroup(name, self.created[name], size, len(self.metric_filters.get(name, [])))

    def lines(self, group: str, from_ms: int) -> Iterator[LogLine]:
        self.read.append(group)
        yield from [line for line in self.logs[group] if line.at_ms >= from_ms]

    def filters(self, group: str) -> Iterator[MetricFilter]:
        yield from self.metric_filters.get(group, [])

    def put(self, request: Request) -> None:
        if request["Namespace"] in self.refusing:
            raise CallFailed("PutMetricData: 500")
        self.requests.append(request)

    def totals(self) -> dict[str, float]:
        """The sums of what was put, by metric."""
        sums: dict[str, float] = {}
        for request in self.requests:
            for entry in request["MetricData"]:
                amount = sum(v * c for v, c in zip(entry["Values"], entry["Counts"], strict=True))
                sums[entry["MetricName"]] = sums.get(entry["MetricName"], 0) + amount
        return sums


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud()


@pytest.fixture
def counter(cloud: FakeCloud, tmp_path: Path) -> LogCounter:
    return anew(cloud, tmp_path)


def anew(cloud: FakeCloud, folder: Path) -> LogCounter:
    """As after a restart: another process, the same file; and it has looked once."""
    counter = LogCounter(cloud, folder / "counted.json", lambda: cloud.now_ms / 1000)
    counter.look()
    return counter


def created(count: int = 1, namespace: str = "shop/local", at_ms: int = START) -> str:
    directive = {"Namespace": namespace, "Dimensions": [["service"]], "Metrics": [{"Name": "OrdersCreated"}]}
    about = {"Timestamp": at_ms, "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": about, "service": "orders", "OrdersCreated": count})


def test_embedded_metrics_are_put_with_their_dimensions(cloud: FakeCloud, counter: LogCounter) -> None:
    cloud.write("START", created(3), "END")
    assert counter.look() == (ORDERS,)
    (request,) = cloud.requests
    (entry,) = request["MetricData"]
    assert (request["Namespace"], entry["MetricName"], entry["Values"]) == (
        "shop/local",
        "OrdersCreated",
        [3],
    )
    assert entry["Dimensions"] == [{"Name": "service", "Value": "orders"}]


def test_only_groups_that_grew_are_read(cloud: FakeCloud, counter: LogCounter) -> None:
    cloud.write(created())
    cloud.write("nothing to count", group="/aws/lambda/other")
    counter.look()
    cloud.now_ms += 1000
    cloud.write(created())
    cloud.read.clear()
    assert counter.look() == (ORDERS,)
    assert counter.look() == ()
    assert cloud.read == [ORDERS]
    assert cloud.totals() == {"OrdersCreated": 2}


@pytest.mark.parametrize("pause_ms", [0, 1, LATE_MS - 1, LATE_MS, LATE_MS + 1, 3_600_000])
def test_nothing_is_counted_twice_or_lost_over_restarts(
    cloud: FakeCloud, tmp_path: Path, pause_ms: int
) -> None:
    anew(cloud, tmp_path)
    for _ in range(4):
        cloud.write(created())
        anew(cloud, tmp_path)
        cloud.write(created())  # while nobody counted
        cloud.now_ms += pause_ms
        anew(cloud, tmp_path)
        anew(cloud, tmp_path)
    assert cloud.totals() == {"OrdersCreated": 8}


def test_a_line_that_is_stored_a_little_late_is_seen(cloud: FakeCloud, counter: LogCounter) -> None:
    cloud.write(created())
    counter.look()
    cloud.now_ms += 100
    cloud.write(created(5), ago_ms=LATE_MS - 1)
    counter.look()
    assert cloud.totals() == {"OrdersCreated": 6}


def test_what_could_not_be_put_is_put_the_next_time_and_nothing_else_again(
    cloud: FakeCloud, counter: LogCounter
) -> None:
    cloud.write(created())
    cloud.write(created(namespace="refused"), group="/aws/lambda/z")
    cloud.refusing = {"refused"}
    with pytest.raises(CallFailed):
        counter.look()
    cloud.refusing = set()
    cloud.now_ms += 60_000
    counter.look()
    counter.look()
    assert [request["Namespace"] for request in cloud.requests] == ["shop/local", "refused"]


def test_what_one_group_has_keeps_no_other_from_counting(cloud: FakeCloud, counter: LogCounter) -> None:
    cloud.write(created(namespace="refused"), group="/aws/lambda/a")
    cloud.write(created())
    cloud.refusing = {"refused"}
    for _ in range(2):
        with pytest.raises(CallFailed):
            counter.look()
    assert [request["Namespace"] for request in cloud.requests] == ["shop/local"]


def test_what_was_put_of_a_group_is_not_put_again_with_its_rest(
    cloud: FakeCloud, counter: LogCounter
) -> None:
    cloud.write(created(), created(2, namespace="refused"))
    cloud.refusing = {"refused"}
    for _ in range(3):
        with pytest.raises(CallFailed):
            counter.look()
    cloud.refusing = set()
    cloud.write(created(4))
    counter.look()
    counter.look()
    counter.look()
    assert cloud.totals() == {"OrdersCreated": 7}


def test_a_group_that_is_made_anew_begins_anew(cloud: FakeCloud, counter: LogCounter, tmp_path: Path) -> None:
    cloud.write(created())
    counter.look()
    del cloud.logs[ORDERS], cloud.created[ORDERS]
    cloud.now_ms += 60_000
    cloud.write(created(7))
    anew(cloud, tmp_path)
    assert cloud.totals() == {"OrdersCreated": 8}
    del cloud.logs[ORDERS]
    anew(cloud, tmp_path)
    assert json.loads((tmp_path / "counted.json").read_text())["groups"] == {}


def test_lines_of_before_anybody_counted_do_not_count(cloud: FakeCloud, tmp_path: Path) -> None:
    cloud.write(created())
    cloud.now_ms += 60_000
    anew(cloud, tmp_path)
    assert cloud.totals() == {}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": 9}', '{"format": 1, "groups": {"a": {}}}'])
def test_a_broken_file_begins_now(cloud: FakeCloud, tmp_path: Path, content: str) -> None:
    (tmp_path / "counted.json").write_text(content)
    counter = anew(cloud, tmp_path)
    cloud.write(created())
    counter.look()
    assert cloud.totals() == {"OrdersCreated": 1}


# --- metric filters -------------------------------------------------------------------------------------


def line(**fields: Any) -> str:
    return json.dumps({"message": "order placed", **fields})


def test_lines_that_match_a_filter_count(cloud: FakeCloud, counter: LogCounter) -> None:
    cloud.filter(unit="Count")
    cloud.filter(metricName="Cents", metricValue="$.cents", pattern="{ $.cents = * }")
    cloud.write(line(new=False), line(new=True), line(new=False, cents=250), line(cents="50"), "START")
    counter.look()
    assert cloud.totals() == {"Repeated": 2, "Cents": 300}
    assert {entry["Unit"] for entry in cloud.requests[0]["MetricData"]} == {"Count", "None"}


def test_a_line_without_the_number_or_a_dimension_does_not_count(
    cloud: FakeCloud, counter: LogCounter
) -> None:
    cloud.filter(pattern="", metricValue="$.cents", dimensions={"Country": "$.country", "Gift": "$.gift"})
    cloud.write(
        line(cents=1, country="de", gift=True), line(cents=2, country="de"), line(country="de", gift=1)
    )
    cloud.write(line(cents="many", country="de", gift=1), line(cents=True, country="de", gift=1))
    cloud.write(line(cents=10**400, country="de", gift=1), line(cents=float("nan"), country="de", gift=1))
    counter.look()
    (entry,) = cloud.requests[0]["MetricData"]
    assert entry["Values"] == [1]
    assert entry["Dimensions"] == [{"Name": "Country", "Value": "de"}, {"Name": "Gift", "Value": "true"}]


def test_a_filter_counts_from_when_it_is_made(cloud: FakeCloud, counter: LogCounter) -> None:
    cloud.write(line(new=False))
    cloud.now_ms += 1
    cloud.filter()
    cloud.write(line(new=False))
    counter.look()
    assert cloud.totals() == {"Repeated": 1}


def test_a_minute_with_lines_of_which_none_counts_is_its_default(cloud: FakeCloud, tmp_path: Path) -> None:
    cloud.now_ms = START - START % 60_000
    cloud.filter(defaultValue=0.0)
    anew(cloud, tmp_path)

    def put() -> list[tuple[int, list[float]]]:
        done = [(e["Timestamp"], e["Values"]) for request in cloud.requests for e in request["MetricData"]]
        cloud.requests.clear()
        return done

    cloud.write(line(new=True))
    anew(cloud, tmp_path)
    assert put() == []  # the minute is not over: a line that counts may come
    cloud.now_ms += 30_000
    cloud.write(line(new=False))
    anew(cloud, tmp_path)
    assert put() == [(cloud.now_ms // 1000, [1])]
    cloud.now_ms += 30_000
    silent = cloud.now_ms // 1000
    cloud.write(line(new=True))
    anew(cloud, tmp_path)
    cloud.now_ms += 60_000 + LATE_MS - 1
    anew(cloud, tmp_path)
    assert put() == []
    cloud.now_ms += 1
    cloud.read.clear()
    anew(cloud, tmp_path)
    assert (put(), cloud.read) == ([(silent, [0.0])], [])
    anew(cloud, tmp_path)
    assert put() == []


def test_a_minute_that_ends_makes_no_line_count_again(cloud: FakeCloud, counter: LogCounter) -> None:
    cloud.filter(defaultValue=0.0)
    cloud.now_ms += 60_000 - cloud.now_ms % 60_000 + LATE_MS - 1000
    cloud.write(line(new=True), ago_ms=LATE_MS)
    cloud.write(created(at_ms=cloud.now_ms))
    counter.look()
    cloud.now_ms += 1000
    counter.look()
    cloud.now_ms += 1000
    cloud.write("END")
    counter.look()
    assert cloud.totals()["OrdersCreated"] == 1


def test_filters_of_reports_by_lambda_are_left_alone(answers: tuple[dict[str, Any], int]) -> None:
    """Such a report is text here, and a minute without one would count as one without cold starts."""
    told, port = answers
    made = {"metricNamespace": "a", "metricName": "b", "metricValue": "1", "defaultValue": 0}
    patterns = {
        "cold": '{ ($.type = "platform.report") && ($.record.metrics.initDurationMs > 0) }',
        "mine": '{ $.type = "order" }',
        "odd": "[ip, user]",
    }
    told["metricFilters"] = [
        {"filterName": name, "filterPattern": pattern, "metricTransformations": [made], "creationTime": 1}
        for name, pattern in patterns.items()
    ]
    assert [found.name for found in LocalCloud("127.0.0.1", port).filters(ORDERS)] == ["mine"]


# --- beside the agent's other work -----------------------------------------------------------------------


def test_trouble_is_said_once_and_ends_nothing(
    cloud: FakeCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pauses between looks are the turns of the story."""
    path = tmp_path / "counted.json"
    cloud.write(created(at_ms=START + 60_000))
    told: list[str | None] = []

    class Turns(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            told.append(read_trouble(path))
            cloud.refusing = {"shop/local"} if len(told) < 3 else set()
            cloud.now_ms += 60_000
            cloud.write(created(at_ms=START + 60_000))
            if len(told) == 5:
                self.set()
            return self.is_set()

    LogCounter(cloud, path, lambda: cloud.now_ms / 1000).run(Turns())

    assert told == [None, "CallFailed: PutMetricData: 500", "CallFailed: PutMetricData: 500", None, None]
    assert capsys.readouterr().err.splitlines() == [
        "metrics from logs: CallFailed: PutMetricData: 500",
        "metrics from logs: they are counted again",
    ]
    assert cloud.totals() == {"OrdersCreated": 5}


def test_a_folder_that_was_deleted_is_not_made_again(cloud: FakeCloud, tmp_path: Path) -> None:
    counter = LogCounter(cloud, tmp_path / "gone" / "counted.json", lambda: cloud.now_ms / 1000)
    with pytest.raises(OSError, match="counted"):
        counter.look()
    assert not (tmp_path / "gone").exists()


# --- the calls ---------------------------------------------------------------------------------------------


@pytest.fixture
def answers() -> Iterator[tuple[dict[str, Any], int]]:
    """A server that answers FilterLogEvents of some lines, at most three a time here."""
    told: dict[str, Any] = {"events": [], "asked": []}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told["asked"].append((self.headers["X-Amz-Target"], asked))
            events = [e for e in told["events"] if e["timestamp"] >= asked.get("startTime", 0)]
            answer = {"events": events[: asked.get("limit")], "metricFilters": told.get("metricFilters")}
            content = json.dumps(answer).encode()
            self.send_response(told.get("status", 200))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield told, server.server_port
    server.shutdown()
    server.server_close()


def event(number: int, at: int, stream: str) -> Mapping[str, Any]:
    return {"timestamp": at, "message": str(number), "ingestionTime": at + 1, "logStreamName": stream}


def test_more_lines_than_an_answer_holds_are_all_read_once(answers: tuple[dict[str, Any], int]) -> None:
    told, port = answers
    times = [1, 1, 2, 2, 2, 5, 5, 6, 7, 7]
    told["events"] = [event(n, at, "ab"[n % 2]) for n, at in enumerate(times)]
    cloud = LocalCloud("127.0.0.1", port, most_lines=4)
    assert [line.message for line in cloud.lines(ORDERS, 0)] == [str(n) for n in range(len(times))]
    target, asked = told["asked"][0]
    assert target == "Logs_20140328.FilterLogEvents"
    assert asked == {"logGroupName": ORDERS, "startTime": 0, "limit": 4}


def test_a_refusal_and_silence_are_told_apart_from_answers(answers: tuple[dict[str, Any], int]) -> None:
    told, port = answers
    told["status"] = 400
    with pytest.raises(CallFailed, match="PutMetricData: 400"):
        LocalCloud("127.0.0.1", port).put({"Namespace": "a", "MetricData": []})
    with pytest.raises(CallFailed, match=r"DescribeLogGroups: .*refused"):
        list(LocalCloud("127.0.0.1", 1).groups())
