"""Alarms of the deployed shop, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def alarm(deployed_shop: Any) -> Iterator[str]:
    """An alarm on a function, with a topic that nobody hears; it is ok."""
    name = "shop-local-function-orders.create-tried"
    cloudwatch = deployed_shop.clients.client("cloudwatch")
    topic = deployed_shop.clients.client("sns").create_topic(Name="tried-alarms-critical")["TopicArn"]
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmDescription="somebody tries",
        Namespace="AWS/Lambda",
        MetricName="Tried",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="begin")
    yield name
    cloudwatch.delete_alarms(AlarmNames=[name])


def test_alarms_are_checked_tried_and_judged(deployed_shop: Any, alarm: str) -> None:
    def run(*words: str) -> tuple[int, Any]:
        done = deployed_shop.platform("alarms", *words, "--env", "local", "--json", check=False)
        return done.returncode, json.loads(done.stdout or "null")

    code, told = run("check", "orders.create.tried")
    assert (code, told[0]["state"], told[0]["severity"], told[0]["service"]) == (
        0,
        "OK",
        "critical",
        "orders",
    )

    code, proofs = run("test", "orders.create.tried", "--reason", "a fire drill")
    assert (code, [proof["published"] for proof in proofs]) == (0, ["proven"])

    deployed_shop.clients.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="it burns"
    )
    code, told = run("check", "orders.create.tried", "--since", "last")
    assert (code, told[0]["reason"]) == (3, "it burns")
    shown = deployed_shop.platform("alarms", "check", "orders", "--env", "local", check=False).stdout
    assert "it burns" in shown
    assert "somebody tries" in shown
    assert run("check", "orders.create.tried", "--wait", "1s")[0] == 3

    code, coverage = run("coverage")
    found = {finding["trouble"] for finding in coverage["findings"] if finding["alarm"] == alarm}
    assert (code, found) == (3, {"unknown", "nobody-told", "no-data"})

    history = json.loads(deployed_shop.platform("history", "--kind", "alarms", "--json").stdout)
    assert (history[0]["what"], history[0]["reason"]) == ("tested 1 alarm, 1 were heard", "a fire drill")


def test_what_cannot_be_done_is_said_with_its_code(deployed_shop: Any, alarm: str) -> None:
    for words, code, status in (
        (("silence", "orders", "--for", "30m"), "silence-unsupported", 1),
        (("silence", "orders", "--for", "soon"), "invalid-time", 2),
        (("open",), "no-console", 1),
        (("test",), "usage", 2),
        (("check", "ordres"), "unknown-alarm", 2),
    ):
        done = deployed_shop.platform("alarms", *words, "--env", "local", check=False)
        assert (done.returncode, f"error[{code}]" in done.stderr) == (status, True), done.stderr


def test_a_metric_from_logs_is_asked_of_each_log_that_it_is_read_from(deployed_shop: Any) -> None:
    logs = deployed_shop.clients.client("logs")
    found = [
        made
        for page in logs.get_paginator("describe_metric_filters").paginate()
        for made in page["metricFilters"]
        if made["filterName"] in ("OrdersRepeated", "NotFound")
    ]
    groups = {made["logGroupName"] for made in found if made["filterName"] == "OrdersRepeated"}
    assert groups == {
        f"/aws/lambda/shop-local-orders-{name}" for name in ("create", "get", "list", "update-status")
    }
    (access_log,) = [made for made in found if made["filterName"] == "NotFound"]
    assert access_log["filterPattern"] == '{ $.status = "404" }'
    (counted,) = access_log["metricTransformations"]
    assert (counted["metricNamespace"], counted["metricValue"]) == ("shop/local/apis/public", "1")


@pytest.mark.parametrize("rule", ["denied", "throttled"])
def test_alarms_on_refused_calls_are_heard_as_they_are_deployed(deployed_shop: Any, rule: str) -> None:
    name = f"shop-local-api-public-{rule}"
    cloudwatch = deployed_shop.clients.client("cloudwatch")
    (deployed,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert [arn.rpartition(":")[2] for arn in deployed["AlarmActions"]] == ["shop-local-alarms-warning"]

    done = deployed_shop.platform("alarms", "test", name, "--env", "local", "--reason", "a drill", "--json")

    assert [proof["published"] for proof in json.loads(done.stdout)] == ["proven"]
