"""What the shop's handlers write into their logs becomes metrics, and sets off the alarms of the business."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

PATIENCE_SECONDS = 30
CREATE = "shop-local-orders-create"
ONE_MUG = {"items": [{"sku": "coffee-mug", "quantity": 1}]}


@pytest.fixture
def total(deployed_shop: Any) -> Callable[..., float]:
    """The sum of a metric since an hour, as GetMetricData tells it."""
    cloudwatch = deployed_shop.clients.client("cloudwatch")

    def read(name: str, namespace: str = "shop/local", **dimensions: str) -> float:
        named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": named}
        now = datetime.now(UTC)
        (result,) = cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
        )["MetricDataResults"]
        return float(sum(result["Values"]))

    return read


def until(holds: Callable[[], bool], what: str) -> None:
    """Try until it holds. A busy emulator stores the last lines of a call with those of the next one."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


@contextmanager
def without_a_table(functions: Any) -> Iterator[None]:
    """The function that takes orders looks for its table elsewhere, where it may not."""
    variables = functions.get_function_configuration(FunctionName=CREATE)["Environment"]["Variables"]
    broken = {**variables, "TABLE_MAIN_NAME": "shop-local-elsewhere"}
    functions.update_function_configuration(FunctionName=CREATE, Environment={"Variables": broken})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=CREATE, Environment={"Variables": variables})


@contextmanager
def hearing(topic: str, clients: Any) -> Iterator[Callable[[], dict[str, Any]]]:
    """A queue that hears of a topic; gives the next notice."""
    sns, sqs = clients.client("sns"), clients.client("sqs")
    queue = sqs.create_queue(QueueName="hears-of-failed-orders")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    subscribed = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)

    def notice() -> dict[str, Any]:
        (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
        return dict(json.loads(json.loads(message["Body"])["Message"]))

    try:
        yield notice
    finally:
        sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=queue)


def test_an_order_is_counted_by_what_its_handler_wrote(
    ada: Any, total: Callable[..., float], deployed_shop: Any
) -> None:
    """Embedded metrics, and a filter on a line that says the order was sent before."""

    def orders() -> tuple[float, float]:
        return total("OrdersCreated", service="orders"), total("RevenueCents", service="orders")

    def repeated() -> float:
        return total("OrdersRepeated", "shop/local/orders")

    (count, cents), again = orders(), repeated()
    key = secrets.token_hex(8)
    placed = ada.order(**{"Idempotency-Key": key})

    def is_repeated() -> bool:
        sent = ada.call("POST", "/orders", ONE_MUG, headers={"Idempotency-Key": key})
        assert sent.status == 200
        return repeated() > again

    until(is_repeated, "the repeated order was not counted")
    assert orders() == (count + 1, cents + placed["total_cents"])
    # A metric with other dimensions, or none, is another metric.
    assert total("OrdersCreated", service="auth") == 0
    told = deployed_shop.platform("local", "status", "--json")
    assert json.loads(told.stdout)["uncounted"] is None


def test_failed_orders_set_off_the_alarm_of_the_business_and_its_topic_is_told(
    ada: Any, total: Callable[..., float], deployed_shop: Any
) -> None:
    """As the blueprint says: `OrdersFailed: { alarm: { above: 3 } }`, in five minutes."""
    clients = deployed_shop.clients
    cloudwatch = clients.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms_for_metric(
        Namespace="shop/local", MetricName="OrdersFailed", Dimensions=[{"Name": "service", "Value": "orders"}]
    )["MetricAlarms"]
    name = alarm["AlarmName"]
    before = total("OrdersFailed", service="orders")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="begin")
    with hearing(alarm["AlarmActions"][0], clients) as notice:
        with without_a_table(clients.client("lambda")):

            def is_counted() -> bool:
                assert ada.call("POST", "/orders", ONE_MUG).status == 500
                return total("OrdersFailed", service="orders") > before + 3

            until(is_counted, "failures were not counted")
        told = notice()
    assert (told["AlarmName"], told["NewStateValue"]) == (name, "ALARM")
    checked = deployed_shop.platform("alarms", "check", name, "--env", "local", "--json", check=False)
    assert (checked.returncode, json.loads(checked.stdout)[0]["state"]) == (3, "ALARM")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="end")
