"""Metrics as CloudWatch reads them out of the log: the embedded metric format."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response

from servicekit.api import Api, answer, api_handler
from servicekit.problems import BadRequest, Problem
from servicekit.testing import Context, api_event

SERVICE = "metrics-of-a-test"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", SERVICE)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "shop/test")
    api = Api(__name__)

    @api.get("/sold")
    def sold() -> Response[str]:
        api.observability.count("OrdersCreated")
        api.observability.measure("RevenueCents", 2990)
        return answer(200)

    @api.get("/fails")
    def fails() -> Response[str]:
        with api.counting_failures("OrdersFailed"):
            raise {"ours": Problem("x"), "defect": ValueError("x")}.get(
                api.current_event.query_string_parameters.get("how", ""), BadRequest("x")
            )

    return api


def written(api: Api, capsys: pytest.CaptureFixture[str], route: str, **query: str) -> dict[str, Any]:
    """The blob that the invocation wrote, merged; empty if it wrote none."""
    api_handler(api)(api_event(f"GET {route}", query=query), Context())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    found: dict[str, Any] = {}
    for line in lines:
        if "_aws" in line:
            found |= line
    return found


def test_metrics_bear_the_name_the_namespace_and_the_one_dimension_that_alarms_ask_for(api, capsys) -> None:
    blob = written(api, capsys, "/sold")
    (directive,) = blob["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "shop/test"
    assert directive["Dimensions"] == [["service"]]
    assert {m["Name"]: m["Unit"] for m in directive["Metrics"]} == {
        "OrdersCreated": "Count",
        "RevenueCents": "None",
    }
    assert blob["service"] == SERVICE
    assert (blob["OrdersCreated"], blob["RevenueCents"]) == ([1.0], [2990.0])


@pytest.mark.parametrize(("how", "counted"), [("caller", False), ("ours", True), ("defect", True)])
def test_only_what_is_our_fault_counts_as_a_failure(api, capsys, how, counted) -> None:
    assert ("OrdersFailed" in written(api, capsys, "/fails", how=how)) is counted
