"""The functions as they are deployed, with the table in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from servicekit.api import api_handler
from servicekit.testing import Context, api_event, stream_event
from servicekit.windows import window_handler

from analytics.data.window_table import WindowTable
from analytics.handlers import report
from analytics.logic.windows import OrderWindows, starts_before

START = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[WindowTable]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    with mock_aws():
        yield WindowTable(
            boto3.resource("dynamodb").create_table(
                TableName="windows",
                KeySchema=[{"AttributeName": "window_start", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "window_start", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        )


def placed(number: int, cents: int) -> dict[str, Any]:
    return {"type": "OrderPlaced", "order_id": f"order-{number}", "data": {"total_cents": cents}}


def window(start: datetime) -> dict[str, Any]:
    return {
        "window": {"start": start.isoformat(), "end": (start + timedelta(minutes=5)).isoformat()},
        "shardId": "shard-0",
    }


def measure(store: WindowTable, start: datetime, *orders: dict[str, Any], shard: str = "shard-0") -> None:
    """Let a whole window pass: a batch, then the last call without records."""
    handler = window_handler("analytics", lambda: OrderWindows(store), window_seconds=300)
    about = window(start) | {"shardId": shard}
    state = handler(stream_event(*orders, arrived=start, state={}, **about), Context())["state"]
    handler(stream_event(arrived=start, state=state, isFinalInvokeForWindow=True, **about), Context())


def reported(store: WindowTable, now: datetime) -> Any:  # noqa: ANN401
    handler = api_handler(report.routes(lambda: store, clock=lambda: now))
    return json.loads(handler(api_event("GET /analytics/orders"), Context())["body"])


def test_volume_and_revenue_of_all_shards_are_added_up(store: WindowTable) -> None:
    measure(store, START, placed(1, 1000), placed(2, 500))
    measure(store, START, placed(3, 2500), {"type": "OrderCancelled"}, shard="shard-1")
    measure(store, START, placed(1, 1000), placed(2, 500))  # the same part once more

    told = reported(store, START + timedelta(minutes=7))
    assert (told["orders"], told["revenue_cents"]) == (3, 4000)
    assert [(row["start"], row["orders"]) for row in told["windows"]] == [("2026-01-02T03:00:00.000Z", 3)]


def test_large_is_what_exceeds_95_percent_of_the_hour_before(store: WindowTable) -> None:
    measure(store, START, *(placed(number, number * 100) for number in range(1, 101)))
    later = START + timedelta(minutes=5)
    measure(store, later, placed(200, 9200), placed(201, 9900), placed(202, 10))

    told = reported(store, later)
    assert told["windows"][0]["large"] == [{"order_id": "order-201", "total_cents": 9900}]
    assert told["windows"][1]["large"] == []
    assert told["windows"][1]["p95_cents"] == pytest.approx(9500, rel=0.011)


def test_what_is_older_than_an_hour_makes_nothing_large(store: WindowTable) -> None:
    measure(store, START, *(placed(number, 100) for number in range(20)))
    later = START + timedelta(minutes=65)
    measure(store, later, placed(99, 100_000))

    assert reported(store, later)["large_orders"] == 0
    assert START not in starts_before(later)
    assert len(starts_before(later)) == 12


def test_what_is_no_order_is_not_counted(store: WindowTable) -> None:
    measure(store, START, {"type": "OrderCancelled"})
    assert reported(store, START)["orders"] == 0
