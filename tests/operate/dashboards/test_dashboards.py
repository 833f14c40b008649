"""Panels of dashboards with their points: as CloudWatch gives them, and made up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.dashboards.measuring import MOST_QUERIES, measure, read_ids
from platform_cli.operate.dashboards.panels import panels_of
from platform_cli.operate.dashboards.previewing import Sheet, preview
from platform_cli.operate.dashboards.sampling import sample
from platform_cli.stacks.dashboards.body import body
from platform_cli.stacks.dashboards.parts import (
    AlarmStates,
    Board,
    Graph,
    Line,
    Metric,
    Text,
    Threshold,
    single,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class CloudWatch:
    """Answers as documented: the sum of all metrics that an expression names, two pages, checked requests."""

    def __init__(self) -> None:
        self.requests: list[Mapping[str, Any]] = []

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        queries = request["MetricDataQueries"]
        ids = [query["Id"] for query in queries]
        assert len(ids) == len(set(ids)) <= MOST_QUERIES
        self.requests.append(request)
        for query in queries:
            for named in re.findall(r"\bm\d+x\d+\b", query.get("Expression", "")):
                assert named in ids, "CloudWatch refuses an expression over what is not asked"
        shown = [query["Id"] for query in queries if query["ReturnData"]]
        second = "NextToken" in request
        at = NOW - timedelta(minutes=5 if second else 10)
        answer: dict[str, Any] = {
            "MetricDataResults": [
                {"Id": name, "Timestamps": [at], "Values": [2.0 if second else 1.0]} for name in shown
            ]
        }
        return answer if second else answer | {"NextToken": "more"}

    def describe_alarms(self, **request: Any) -> dict[str, Any]:
        assert len(request["AlarmNames"]) <= 100
        assert set(request["AlarmTypes"]) == {"MetricAlarm", "CompositeAlarm"}
        return {
            "MetricAlarms": [{"AlarmName": "a-1", "StateValue": "ALARM"}],
            "CompositeAlarms": [{"AlarmName": "a-2", "StateValue": "OK"}],
        }


@pytest.fixture
def cloudwatch() -> CloudWatch:
    return CloudWatch()


@pytest.fixture
def clients(cloudwatch: CloudWatch) -> Any:
    return SimpleNamespace(client=lambda _name: cloudwatch, target=None)


def metric(number: int = 0) -> Metric:
    return Metric("AWS/Lambda", "Errors", (("FunctionName", f"f{number}"),))


def board(*widgets: Any) -> Mapping[str, Any]:
    return body(Board("overview", "shop-dev-overview", "overview", widgets), "eu-west-1")


RATE = Line("rate", "#d62728", (("a", metric(0)), ("b", metric(1))), "100 * {a} / {b}")


def test_a_body_reads_back_as_what_it_was_made_of() -> None:
    found = panels_of(
        board(
            Text("# Shop", height=2),
            AlarmStates("Alarms", ("arn:aws:cloudwatch:eu-west-1:1:alarm:shop-dev-x",)),
            Graph(
                "Errors",
                (RATE, single("plain", "#111111", metric(), right=True)),
                "%",
                (Threshold(1, "alarm"),),
            ),
            Graph("Left", (RATE,), view="numbers", days=30),
        )
    )
    text, states, graph, numbers = found
    assert (text.kind, text.text, text.height) == ("text", "# Shop", 2)
    assert states.alarms == ("shop-dev-x",)
    assert [(c.label, c.colour, c.right) for c in graph.curves] == [
        ("rate", "#d62728", False),
        ("plain", "#111111", True),
    ]
    assert [(line.value, line.label) for line in graph.limits] == [(1.0, "alarm")]
    assert (graph.unit, graph.days, numbers.kind, numbers.days) == ("%", None, "numbers", 30)
    assert len(graph.queries) == 4


def test_each_dimension_of_a_metric_keeps_its_own_value() -> None:
    stage = Metric("AWS/ApiGateway", "5xx", (("ApiId", "abc"), ("Stage", "$default")))
    (panel,) = panels_of(board(Graph("Errors", (single("errors", "#111111", stage),), "%", ())))

    assert panel.queries[0].metric is not None
    assert {one["Name"]: one["Value"] for one in panel.queries[0].metric["Dimensions"]} == {
        "ApiId": "abc",
        "Stage": "$default",
    }


def test_points_of_all_pages_come_in_order_for_what_is_shown_alone(
    clients: Any, cloudwatch: CloudWatch
) -> None:
    (panel,) = measure(panels_of(board(Graph("Errors", (RATE,)))), clients, NOW, 12)
    (curve,) = panel.curves
    assert [value for _, value in curve.points] == [1.0, 2.0]
    first = cloudwatch.requests[0]
    assert first["StartTime"] == NOW - timedelta(hours=12)
    stat = next(q["MetricStat"] for q in first["MetricDataQueries"] if "MetricStat" in q)
    assert (stat["Period"], stat["Stat"]) == (300, "Sum")
    assert stat["Metric"]["Dimensions"] == [{"Name": "FunctionName", "Value": "f0"}]


def test_a_metric_of_another_region_is_asked_for_there(clients: Any) -> None:
    """Firewalls before CDNs tell their metrics in us-east-1."""
    far = CloudWatch()
    clients.elsewhere = {"us-east-1": SimpleNamespace(client=lambda _name: far, target=None)}.__getitem__
    acl = Metric("AWS/WAFV2", "BlockedRequests", (("Rule", "ALL"), ("WebACL", "a")), region="us-east-1")
    drawn = board(Graph("Firewall", (single("blocked", "#111111", acl),)))
    (panel,) = measure(panels_of(drawn), clients, NOW, 12)
    assert [value for _, value in panel.curves[0].points] == [1.0, 2.0]
    assert len(far.requests) == 2


def test_a_graph_beyond_what_one_call_takes_is_asked_for_in_several(
    clients: Any, cloudwatch: CloudWatch
) -> None:
    lines = tuple(
        Line(str(n), "#111111", tuple((f"k{i}", metric(100 * n + i)) for i in range(90)), "{k0} + {k89}")
        for n in range(7)
    )
    (panel,) = measure(panels_of(board(Graph("Many", lines))), clients, NOW, 12)
    assert all(len(curve.points) == 2 for curve in panel.curves)
    assert len(panel.curves) == 7


def test_a_budget_is_one_value_over_all_of_its_days_and_a_long_span_has_long_periods(
    clients: Any, cloudwatch: CloudWatch
) -> None:
    measure(panels_of(board(Graph("Left", (RATE,), view="numbers", days=30))), clients, NOW, 12)
    measure(panels_of(board(Graph("Long", (RATE,)))), clients, NOW, 336)
    periods = [r["MetricDataQueries"][-1]["MetricStat"]["Period"] for r in cloudwatch.requests[::2]]
    assert periods[0] == 30 * 86_400
    assert 336 * 3600 / periods[1] <= 1000
    assert periods[1] % 60 == 0


def test_states_of_alarms_are_read_and_those_that_are_not_there_have_no_data(clients: Any) -> None:
    content = board(AlarmStates("Alarms", tuple(f"arn:aws:cloudwatch:r:1:alarm:a-{n}" for n in range(150))))
    drawn = preview("shop", "dev", [Sheet("o", "shop-dev-o", content, True)], NOW, 12, clients)
    assert (drawn.states["a-1"], drawn.states["a-2"]) == ("ALARM", "OK")
    assert drawn.states["a-99"] == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("key", "said"),
    [("public", "API public"), ("cdns.site", "CDN site"), ("load_balancers.hooks", "load balancer hooks")],
)
def test_what_is_shown_and_not_deployed_is_said(key: str, said: str) -> None:
    class CloudFormation:
        def describe_stacks(self, **_: Any) -> Any:
            from botocore.exceptions import ClientError

            error = {"Code": "ValidationError", "Message": "Stack with id shop-dev-api-public does not exist"}
            raise ClientError({"Error": error}, "DescribeStacks")  # type: ignore[arg-type]

    clients: Any = SimpleNamespace(client=lambda _name: CloudFormation(), target=None)
    with pytest.raises(PlatformError) as caught:
        read_ids(clients, {key: ("shop-dev-api-public", "ApiId")})
    assert caught.value.code == "dashboards-not-deployed"
    assert caught.value.message.startswith(f"{said} is not deployed")


def test_made_up_points_are_the_same_each_time_and_fit_what_they_stand_for() -> None:
    panels = panels_of(
        board(
            Graph("Errors", (single("failed", "#d62728", metric()),), "in 5 minutes"),
            Graph("Share", (single("use, %", "#111111", metric()),), "%"),
            Graph("Left", (single("error budget left, %", "#111111", metric()),), view="numbers", days=30),
        )
    )
    first, again = sample(panels, NOW, 12), sample(panels, NOW, 12)
    assert first == again
    errors, share, left = first
    assert sum(value == 0 for _, value in errors.curves[0].points) > 72
    assert max(value for _, value in share.curves[0].points) <= 100
    assert len(left.curves[0].points) == 1


def test_a_preview_without_clients_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = preview("shop", "dev", [Sheet("o", "shop-dev-o", board(Graph("E", (RATE,))), False)], NOW, 12)
    assert not drawn.measured
    assert drawn.boards[0].panels[0].curves[0].points
    assert drawn.states == {}
