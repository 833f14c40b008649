"""Alarms of the deployed shop, from the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.local.mutes import Mute, put_mute
from platform_cli.operate.alarms.leftovers import REASON

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

    code, told = run("test", "orders.create.tried", "--reason", "a fire drill")
    assert (code, [proof["published"] for proof in told["proofs"]]) == (0, ["proven"])
    assert (told["left"], told["remains"], told["interrupted"]) == ([], [], False)

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
    assert (code, found) == (3, {"alarm-undeclared", "alarm-unheard", "alarm-without-data"})

    deployed_shop.clients.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason=f"{REASON} (it was OK)"
    )
    assert run("test", "--cleanup") == (
        0,
        {"put_back": [f"alarm {alarm} is set off; it was OK"], "remains": []},
    )
    assert run("check", "orders.create.tried")[1][0]["state"] == "OK"
    assert run("test", "--cleanup") == (0, {"put_back": [], "remains": []})

    history = json.loads(deployed_shop.platform("history", "--kind", "alarms", "--json").stdout)
    assert history.pop(0)["what"] == "put back 1 thing that a test had left"
    assert [(entry["what"], entry["reason"]) for entry in history[:2]] == [
        ("tested 1 alarm: 1 heard", "a fire drill"),
        ("begins a test of 1 alarm", "a fire drill"),
    ]


def test_a_silence_holds_until_somebody_ends_it_or_its_time_is_over(deployed_shop: Any, alarm: str) -> None:
    clients = deployed_shop.clients

    def run(*words: str) -> Any:
        done = deployed_shop.platform("alarms", *words, "--env", "local", "--json", check=False)
        return json.loads(done.stdout)

    def tells() -> bool:
        (told,) = clients.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        return bool(told["ActionsEnabled"])

    (made,) = run("silence", "orders.create.tried", "--for", "30m", "--reason", "moving")
    assert (made["alarms"], made["reason"], tells()) == ([alarm], "moving", False)
    assert run("silence", "--list") == [made]
    (shown,) = run("check", "orders.create.tried")
    assert (shown["silent_until"], shown["actions_enabled"]) == (made["end"], True)
    assert run("silence", "--end") == {"ended": [made["name"]]}
    assert (tells(), run("silence", "--list")) == (True, [])
    history = json.loads(deployed_shop.platform("history", "--kind", "alarms", "--json").stdout)
    assert [entry["what"] for entry in history[:2]] == [
        "ended the silence of 1 alarm",
        f"silenced 1 alarm until {made['end'][:16].replace('T', ' ')} UTC",
    ]

    # While no command runs, the process beside the server looks.
    now = datetime.now(UTC)
    put_mute(Mute("over", now - timedelta(hours=1), now, (alarm,)), clients)
    deadline = time.monotonic() + 60
    while not tells() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert tells()


def test_what_cannot_be_done_is_said_with_its_code(deployed_shop: Any, alarm: str) -> None:
    for words, code, status in (
        (("silence", "orders", "--for", "soon"), "invalid-time", 2),
        (("silence", "orders", "--for", "0m"), "invalid-silence", 2),
        (("open",), "no-console", 1),
        (("test",), "usage", 2),
        (("check", "ordres"), "unknown-alarm", 2),
    ):
        done = deployed_shop.platform("alarms", *words, "--env", "local", check=False)
        assert (done.returncode, done.stderr.startswith(f"error[{code}]")) == (status, True), done.stderr


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

    assert f"1 alarm to set off in local, and to put back:\n  warning   {name}\n" in done.stderr
    assert "told by shop-local-alarms-warning: " in done.stderr
    assert [proof["published"] for proof in json.loads(done.stdout)["proofs"]] == ["proven"]


def test_data_beyond_its_threshold_sets_an_alarm_off_and_its_topic_is_told(deployed_shop: Any) -> None:
    """As deployed, from the metric to the notice; the local AWS looks when data come."""
    name = "shop-local-api-public-denied"
    clients = deployed_shop.clients
    cloudwatch, sns, sqs = (clients.client(service) for service in ("cloudwatch", "sns", "sqs"))
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="begin")
    queue = sqs.create_queue(QueueName="hears-of-denied-calls")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    may_send = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may_send]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    subscribed = sns.subscribe(
        TopicArn=alarm["AlarmActions"][0], Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True
    )

    def put(value: float) -> str:
        data = [{"MetricName": alarm["MetricName"], "Value": value, "Unit": "Count"}]
        cloudwatch.put_metric_data(Namespace=alarm["Namespace"], MetricData=data)
        (told,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return str(told["StateValue"])

    try:
        # The rule says: more than a hundred refused requests in five minutes.
        assert put(100) == "OK"
        assert put(1) == "ALARM"
        (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
        notice = json.loads(json.loads(message["Body"])["Message"])
        assert (notice["AlarmName"], notice["NewStateValue"]) == (name, "ALARM")
        assert "Runbook: https://wiki.shop.example/runbooks#apis-denied" in notice["AlarmDescription"]
        done = deployed_shop.platform("alarms", "check", name, "--env", "local", "--json", check=False)
        assert (done.returncode, json.loads(done.stdout)[0]["state"]) == (3, "ALARM")
    finally:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="end")
        sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=queue)
