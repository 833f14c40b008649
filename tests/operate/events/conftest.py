"""A bus with an archive and two rules, behind the interface of EventBridge's client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import (
    ResolvedBus,
    ResolvedEnvironment,
    ResolvedEventType,
    ResolvedFunction,
    ResolvedQueue,
    ResolvedService,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ARN = "arn:aws:events:eu-west-1:111111111111"


class Events:
    """EventBridge as its guide and API reference describe it, as far as archives and replays go.

    A replay is RUNNING for two looks at it, and then COMPLETED. A replay without filter reaches all rules.
    """

    def __init__(self) -> None:
        self.archives: list[dict[str, Any]] = [
            {
                "ArchiveName": "Archive-1",
                "EventSourceArn": f"{ARN}:event-bus/shop-dev-events",
                "State": "ENABLED",
                "RetentionDays": 30,
                "SizeBytes": 2048,
                "EventCount": 12,
                "CreationTime": NOW - timedelta(days=60),
            }
        ]
        self.replays: dict[str, dict[str, Any]] = {}
        self.entries: list[dict[str, Any]] = []
        self.refuse: str | None = None

    def describe_event_bus(self, Name: str) -> dict[str, Any]:
        if Name != "shop-dev-events":
            raise refusal("ResourceNotFoundException")
        return {"Arn": f"{ARN}:event-bus/{Name}"}

    def list_archives(self, EventSourceArn: str, NextToken: str | None = None) -> dict[str, Any]:
        return {"Archives": [one for one in self.archives if one["EventSourceArn"] == EventSourceArn]}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_rules"
        return self

    def paginate(self, EventBusName: str) -> list[dict[str, Any]]:
        rules = [
            {"Name": "to-queue", "Arn": f"{ARN}:rule/{EventBusName}/to-queue", "State": "ENABLED"},
            {"Name": "to-function", "Arn": f"{ARN}:rule/{EventBusName}/to-function", "State": "ENABLED"},
            {"Name": "old", "Arn": f"{ARN}:rule/{EventBusName}/old", "State": "DISABLED"},
            {"Name": "Events-Archive-1", "Arn": "…", "ManagedBy": "prod.vhs.events.aws.internal"},
        ]
        return [{"Rules": rules[:2]}, {"Rules": rules[2:]}]

    def list_targets_by_rule(self, Rule: str, EventBusName: str) -> dict[str, Any]:
        arns = {
            "to-queue": "arn:aws:sqs:eu-west-1:111111111111:shop-dev-jobs",
            "to-function": "arn:aws:lambda:eu-west-1:111111111111:function:shop-dev-orders-react:live",
        }
        return {"Targets": [{"Id": "1", "Arn": arns[Rule]}]}

    def start_replay(self, ReplayName: str, **rest: Any) -> dict[str, Any]:
        if ReplayName in self.replays:
            raise refusal("ResourceAlreadyExistsException")
        self.replays[ReplayName] = {
            "ReplayName": ReplayName,
            **rest,
            "State": "STARTING",
            "ReplayStartTime": NOW,
            "looks": 0,
        }
        return {"State": "STARTING"}

    def describe_replay(self, ReplayName: str) -> dict[str, Any]:
        if ReplayName not in self.replays:
            raise refusal("ResourceNotFoundException")
        found = self.replays[ReplayName]
        found["looks"] += 1
        if found["State"] in ("STARTING", "RUNNING"):
            span = found["EventEndTime"] - found["EventStartTime"]
            found["State"] = "COMPLETED" if found["looks"] > 2 else "RUNNING"
            found["EventLastReplayedTime"] = found["EventStartTime"] + span * found["looks"] / 4
        return found

    def list_replays(self, EventSourceArn: str, NextToken: str | None = None) -> dict[str, Any]:
        return {"Replays": [one for one in self.replays.values() if one["EventSourceArn"] == EventSourceArn]}

    def cancel_replay(self, ReplayName: str) -> dict[str, Any]:
        self.replays[ReplayName]["State"] = "CANCELLING"
        return {"State": "CANCELLING"}

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.entries += Entries
        if self.refuse:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": self.refuse}]}
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e-1"}]}


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


class FakeClients(Clients):
    """Gives the fake for `events`."""

    def __init__(self, events: Events) -> None:
        super().__init__(Target("111111111111", "eu-west-1"))
        self._events = events

    def client(self, name: str) -> Any:
        assert name == "events"
        return self._events


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def clients(events: Events) -> Clients:
    return FakeClients(events)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: NOW


@pytest.fixture
def environment() -> ResolvedEnvironment:
    schema = '{"type": "object", "required": ["order_id"]}'
    created = ResolvedEventType(detail_type="OrderCreated", schema_text=schema)
    function = ResolvedFunction.model_construct(
        service="orders", name="react", physical_name="shop-dev-orders-react"
    )
    return ResolvedEnvironment.model_construct(
        system="shop",
        environment="dev",
        buses={
            "events": ResolvedBus(
                name="events", physical_name="shop-dev-events", archive_days=30, events=(created,)
            ),
            "new": ResolvedBus(name="new", physical_name="shop-dev-new", archive_days=None),
        },
        queues={"jobs": ResolvedQueue.model_construct(name="jobs", physical_name="shop-dev-jobs")},
        services={"orders": ResolvedService(name="orders", path="orders", functions={"react": function})},
    )
