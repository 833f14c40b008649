"""The functions as they are deployed, with AWS in memory."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from moto import mock_aws
from servicekit.event_store import EventStore
from servicekit.projections import Projection
from servicekit.testing import Context, RecordingPublisher, StillClock, api_event, stream_event

from orders.data.announcing import Stream
from orders.data.shelf import Shelf, token
from orders.handlers import cancel, get, place, publish
from orders.logic.orders import shown

ORDER = {"customer_id": "c-1", "lines": [{"sku": "mug", "quantity": 2, "unit_cents": 1250}]}


class MemoryCache:
    def __init__(self, *, broken: bool = False) -> None:
        self.kept: dict[str, bytes] = {}
        self.broken = broken

    def get(self, name: str) -> bytes | None:
        if self.broken:
            raise ConnectionError
        return self.kept.get(name)

    def set(self, name: str, value: bytes, *, ex: int) -> None:
        if self.broken:
            raise ConnectionError
        self.kept[name] = value


def table(name: str, key: str, sort: str | None = None) -> Any:  # noqa: ANN401
    schema: list[Any] = [{"AttributeName": key, "KeyType": "HASH"}]
    attributes: list[Any] = [{"AttributeName": key, "AttributeType": "S"}]
    if sort:
        schema.append({"AttributeName": sort, "KeyType": "RANGE"})
        attributes.append({"AttributeName": sort, "AttributeType": "N"})
    return boto3.resource("dynamodb").create_table(
        TableName=name, KeySchema=schema, AttributeDefinitions=attributes, BillingMode="PAY_PER_REQUEST"
    )


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "eu-west-1")
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")


def call(api: Any, event: dict[str, Any]) -> tuple[int, Any]:  # noqa: ANN401
    from servicekit.api import api_handler

    answer = api_handler(api)(event, Context())
    return answer["statusCode"], json.loads(answer["body"])


@mock_aws
def test_an_order_is_placed_shown_and_cancelled_once() -> None:
    store = EventStore(table("events", "aggregate_id", "version"))
    rows = table("view", "order_id")
    projection = Projection(store, rows, shown, key="order_id")

    status, placed = call(place.routes(lambda: store), api_event("POST /orders", body=ORDER))
    assert (status, placed["version"], placed["total_cents"]) == (201, 1, 2500)
    order_id = placed["order_id"]
    for event in store.load(order_id):
        projection.follow(event)

    path = f"/orders/{order_id}"
    shelf = Shelf(rows, MemoryCache())
    for _ in range(2):
        status, order = call(get.routes(lambda: shelf), api_event("GET /orders/{order_id}", path=path))
        assert (status, order["status"], order["total_cents"]) == (200, "placed", 2500)

    cancelling = api_event("POST /orders/{order_id}/cancel", path=f"{path}/cancel")
    assert call(cancel.routes(lambda: store), cancelling)[0] == 200
    status, problem = call(cancel.routes(lambda: store), cancelling)
    assert (status, problem["code"]) == (409, "already-cancelled")
    for event in store.load(order_id):
        projection.follow(event)
    broken = Shelf(rows, MemoryCache(broken=True))
    assert call(get.routes(lambda: broken), api_event("GET /orders/{order_id}", path=path))[1]["status"] == (
        "cancelled"
    )


@mock_aws
def test_what_is_not_there_is_not_found() -> None:
    store = EventStore(table("events", "aggregate_id", "version"))
    shelf = Shelf(table("view", "order_id"), MemoryCache())

    assert call(get.routes(lambda: shelf), api_event("GET /orders/{order_id}", path="/orders/none"))[0] == 404
    event = api_event("POST /orders/{order_id}/cancel", path="/orders/none/cancel")
    assert call(cancel.routes(lambda: store), event)[0] == 404
    assert call(place.routes(lambda: store), api_event("POST /orders", body={"lines": []}))[0] == 400


@mock_aws
def test_events_are_put_into_the_stream_by_order() -> None:
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    store = EventStore(table("events", "aggregate_id", "version"))
    _, placed = call(place.routes(lambda: store), api_event("POST /orders", body=ORDER))

    Stream(kinesis, "orders").put(store.load(placed["order_id"]))

    shard = kinesis.list_shards(StreamName="orders")["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(
        StreamName="orders", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    (record,) = kinesis.get_records(ShardIterator=iterator)["Records"]
    put = json.loads(record["Data"])
    assert (put["type"], put["order_id"], put["data"]["total_cents"]) == (
        "OrderPlaced",
        placed["order_id"],
        2500,
    )

    bus = RecordingPublisher()
    (found,) = stream_event(put, arrived=StillClock()())["Records"]
    publish.publishing(lambda: bus)(KinesisStreamRecord(found))
    (published,) = bus.events
    assert published.type == "OrderPlaced"
    assert published.event_id == put["event_id"]
    assert published.data == {"order_id": placed["order_id"], "version": 1, "total_cents": 2500}


def test_the_cache_is_given_a_signed_address_as_password() -> None:
    password = token("shop-dev-orders", "shop-dev-orders")
    assert password.startswith("shop-dev-orders/?Action=connect&User=shop-dev-orders&X-Amz-Algorithm=")
    assert "X-Amz-Expires=900" in password
