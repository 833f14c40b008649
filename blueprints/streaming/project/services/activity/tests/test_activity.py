"""The functions as they are deployed, with the tables in memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from servicekit.api import api_handler
from servicekit.testing import Context, StillClock, api_event

from activity.data.tables import ActivityTable, RefusalTable
from activity.handlers import get, track
from activity.logic.activity import Happening, refusals

MakeTable = Callable[[str], Any]


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeTable]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    with mock_aws():
        yield lambda key: boto3.resource("dynamodb").create_table(
            TableName=f"by-{key}",
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


def test_what_a_user_does_goes_into_the_stream(tables: MakeTable) -> None:
    put: list[tuple[str, bytes]] = []
    handler = api_handler(track.routes(lambda: lambda user, data: put.append((user, data))))

    body = {"user_id": "u-1", "action": "search"}
    assert handler(api_event("POST /activity", body=body), Context())["statusCode"] == 202
    assert handler(api_event("POST /activity", body={}), Context())["statusCode"] == 400
    assert [(user, json.loads(data)["action"]) for user, data in put] == [("u-1", "search")]


def test_the_latest_of_a_user_is_shown_whatever_comes_again(tables: MakeTable) -> None:
    store = ActivityTable(tables("user_id"))
    for sequence, action in (("9", "search"), ("10", "buy"), ("9", "search")):
        store.did(Happening(user_id="u-1", action=action), StillClock()(), sequence)

    handler = api_handler(get.routes(lambda: store))
    answer = handler(api_event("GET /activity/{user_id}", path="/activity/u-1"), Context())
    assert json.loads(answer["body"])["last_action"] == "buy"
    answer = handler(api_event("GET /activity/{user_id}", path="/activity/u-2"), Context())
    assert answer["statusCode"] == 404


def test_refusals_are_read_from_what_cloudwatch_logs_sends(tables: MakeTable) -> None:
    line = {"status": "401", "ip": "203.0.113.9"}
    events = [{"id": "1", "message": json.dumps(line)}, {"id": "2", "message": "CWL CONTROL MESSAGE"}]
    (refusal,) = refusals(gzip.compress(json.dumps({"logEvents": events}).encode()))
    assert (refusal.status, refusal.line) == ("401", line)

    call = {"eventID": "2", "eventName": "InitiateAuth", "errorCode": "NotAuthorizedException"}
    (failed,) = refusals(json.dumps({"detail": {**call, "sourceIPAddress": "203.0.113.9"}}).encode())
    assert (failed.id, failed.status) == ("2", "NotAuthorizedException")
    assert "203.0.113.9" not in json.dumps(failed.line)

    table = tables("id")
    for _ in range(2):
        RefusalTable(table, StillClock()).refused(refusal)
    assert [item["status"] for item in table.scan()["Items"]] == ["401"]
