"""The streaming blueprint as it comes: deployed to the local AWS, and driven from end to end there."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from platform_cli.local.server import status

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

DEADLINE_SECONDS = 90
EVENTS = "shop-local-orders-events"


def platform(*arguments: str, cwd: Path) -> Any:
    """Run the command and return what it says as JSON, if that was asked for."""
    done = subprocess.run(
        [sys.executable, "-m", "platform_cli", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 0, f"platform {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout) if "--json" in arguments else None


def request(url: str, body: object = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data), timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def eventually(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert found, "it did not come"
    return found


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The workspace and its API's URL."""
    folder = tmp_path_factory.mktemp("streaming")
    platform("init", "shop", "--blueprint", "streaming", "--yes", cwd=folder)
    shop = folder / "shop"
    try:
        yield shop, platform("deploy", "--yes", "--json", cwd=shop)["urls"]["public"]
    finally:
        platform("local", "stop", cwd=shop)


@pytest.fixture(scope="module")
def aws(deployed: tuple[Path, str]) -> Callable[..., Any]:
    """Clients of the local AWS: of its root, or of somebody with credentials."""
    local = status(deployed[0]).local
    assert local is not None

    def client(service: str, **credentials: str) -> Any:
        root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(
            service, endpoint_url=local.endpoint_url, region_name=local.region, **(root | credentials)
        )

    return client


@pytest.fixture(scope="module")
def order(deployed: tuple[Path, str]) -> str:
    """The URL of an order that was placed and is shown."""
    line = {"sku": "mug", "quantity": 2, "unit_cents": 1250}
    code, placed = request(f"{deployed[1]}/orders", {"customer_id": "c-1", "lines": [line]})
    assert (code, placed["total_cents"]) == (201, 2500)
    return f"{deployed[1]}/orders/{placed['order_id']}"


def shown(url: str, state: str) -> Callable[[], Any]:
    return lambda: (answer := request(url))[0] == 200 and answer[1]["status"] == state and answer[1]


def test_an_order_goes_from_the_store_into_its_view(order: str) -> None:
    assert eventually(shown(order, "placed"))["total_cents"] == 2500
    assert request(order)[1]["position"] == 1  # out of the cache

    assert request(f"{order}/cancel", {})[0] == 200
    assert request(f"{order}/cancel", {})[0] == 409
    assert eventually(shown(order, "cancelled"))["position"] == 2


def test_an_order_goes_through_its_stream_into_a_window(deployed: tuple[Path, str], order: str) -> None:
    def measured() -> Any:
        told = request(f"{deployed[1]}/analytics/orders")[1]
        return told if told["orders"] else None

    assert eventually(measured)["revenue_cents"] == 2500


def test_an_order_goes_over_the_bus_and_its_queue_into_the_books_that_the_clock_closes(
    deployed: tuple[Path, str], order: str, aws: Callable[..., Any]
) -> None:
    def booked() -> Any:
        totals = {"id": {"S": "totals"}}
        return aws("dynamodb").get_item(TableName="shop-local-ledger", Key=totals).get("Item")

    assert eventually(booked)["orders"] == {"N": "1"}  # stream → publish → bus → queue → record
    assert aws("sqs").get_queue_attributes(
        QueueUrl=aws("sqs").get_queue_url(QueueName="shop-local-bookings-dead")["QueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages"],
    )["Attributes"] == {"ApproximateNumberOfMessages": "0"}

    # What the clock does at midnight, now: the same target with the same role, at a time that has passed.
    clock = aws("scheduler")
    (found,) = clock.list_schedules()["Schedules"]
    schedule = clock.get_schedule(Name=found["Name"], GroupName=found["GroupName"])
    assert schedule["ScheduleExpression"] == "cron(0 0 * * ? *)"
    clock.create_schedule(
        Name="now",
        ScheduleExpression="at(2026-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=schedule["Target"],
    )

    def closed() -> Any:
        return aws("dynamodb").scan(TableName="shop-local-closings")["Items"]

    (closing,) = eventually(closed)  # close → bus → keep
    assert closing["orders"] == {"N": "1"}
    assert request(f"{deployed[1]}/books")[0] == 401  # the staff's alone


def test_what_a_user_does_goes_through_its_stream(deployed: tuple[Path, str]) -> None:
    body = {"user_id": "u-1", "action": "search"}
    assert request(f"{deployed[1]}/activity", body)[0] == 202
    seen = eventually(lambda: (a := request(f"{deployed[1]}/activity/u-1"))[0] == 200 and a[1])
    assert seen["last_action"] == "search"


def test_what_an_api_refused_goes_through_its_stream_and_is_kept(
    deployed: tuple[Path, str], aws: Callable[..., Any]
) -> None:
    group = aws("logs").describe_log_groups(logGroupNamePrefix="/aws/vendedlogs/apis/shop-local-public")
    (filter_,) = aws("logs").describe_subscription_filters(
        logGroupName=group["logGroups"][0]["logGroupName"]
    )["subscriptionFilters"]
    assert filter_["destinationArn"].endswith(":stream/shop-local-security-events")

    # The local AWS writes no access logs and hands no lines to streams: what CloudWatch Logs would put there.
    line = json.dumps({"status": "403", "routeKey": "POST /orders"})
    told = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "e-1", "timestamp": 1, "message": line}]}
    aws("kinesis").put_record(
        StreamName="shop-local-security-events",
        Data=gzip.compress(json.dumps(told).encode()),
        PartitionKey="1",
    )

    def kept() -> Any:
        return aws("dynamodb").get_item(TableName="shop-local-refusals", Key={"id": {"S": "e-1"}}).get("Item")

    assert eventually(kept)["status"] == {"S": "403"}


def test_nobody_who_appends_may_change_or_delete(order: str, aws: Callable[..., Any]) -> None:
    role = aws("lambda").get_function_configuration(FunctionName="shop-local-orders-place")["Role"]
    session = aws("sts").assume_role(RoleArn=role, RoleSessionName="appender")["Credentials"]
    dynamodb = aws(
        "dynamodb",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    key = {"aggregate_id": {"S": order.rpartition("/")[2]}, "version": {"N": "1"}}

    assert "Item" in dynamodb.get_item(TableName=EVENTS, Key=key)
    with pytest.raises(dynamodb.exceptions.ClientError, match="AccessDenied"):
        dynamodb.delete_item(TableName=EVENTS, Key=key)
    with pytest.raises(dynamodb.exceptions.ClientError, match="AccessDenied"):
        dynamodb.update_item(
            TableName=EVENTS,
            Key=key,
            UpdateExpression="SET x = :x",
            ExpressionAttributeValues={":x": {"S": "x"}},
        )


def test_a_replay_repairs_a_view_and_leaves_a_record(
    deployed: tuple[Path, str], order: str, aws: Callable[..., Any]
) -> None:
    order_id = order.rpartition("/")[2]
    key = {"order_id": {"S": order_id}}
    aws("dynamodb").update_item(
        TableName="shop-local-order-view",
        Key=key,
        UpdateExpression="SET total_cents = :wrong",
        ExpressionAttributeValues={":wrong": {"N": "1"}},
    )

    done = platform("projections", "replay", "orders.view", "--reason", "repair", "--json", cwd=deployed[0])

    assert done["checkpoint"]["done"]
    row = aws("dynamodb").get_item(TableName="shop-local-order-view", Key=key)["Item"]
    assert row["total_cents"] == {"N": "2500"}
    (entry,) = platform("history", "--kind", "projections", "--json", cwd=deployed[0])
    assert (entry["subject"], entry["reason"]) == ("orders.view", "repair")
    states = platform("projections", "status", "--json", cwd=deployed[0])
    assert {state["trigger"]["state"] for state in states} == {"Enabled"}
