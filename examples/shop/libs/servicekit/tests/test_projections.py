from __future__ import annotations

from typing import Any

import boto3
import pytest

from servicekit.event_store import StoredEvent
from servicekit.projections import Projection, Row, follow_handler
from servicekit.testing import Context, StillClock, change_event


def event(version: int, amount: float, aggregate: str = "order-1", type: str = "Added") -> StoredEvent:
    return StoredEvent(
        aggregate_id=aggregate,
        version=version,
        type=type,
        event_id=f"{aggregate}-{version}",
        occurred_at=StillClock()(),
        data={"amount": amount},
    )


def sum_up(row: Row | None, event: StoredEvent) -> Row | None:
    if event.type == "Removed":
        return None
    total = (row or {"total": 0})["total"] + event.data["amount"]
    return {"total": total, "versions": [*(row or {"versions": []})["versions"], event.version]}


class MemoryEvents:
    """The store: what was ever appended."""

    def __init__(self, *events: StoredEvent) -> None:
        self.events = list(events)
        self.while_loading: Any = None

    def load(self, aggregate_id: str, *, after_version: int = 0) -> tuple[StoredEvent, ...]:
        found = tuple(e for e in self.events if e.aggregate_id == aggregate_id and e.version > after_version)
        if self.while_loading:
            interruption, self.while_loading = self.while_loading, None
            interruption()
        return found


@pytest.fixture
def rows(aws: None) -> Any:
    return boto3.resource("dynamodb").create_table(
        TableName="view",
        KeySchema=[{"AttributeName": "order_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "order_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def row_of(rows: Any, aggregate: str = "order-1") -> dict[str, Any]:
    return dict(rows.get_item(Key={"order_id": aggregate})["Item"])


def test_a_row_follows_its_events_once_each(rows: Any) -> None:
    projection = Projection(MemoryEvents(), rows, sum_up, key="order_id")

    assert projection.follow(event(1, 10))
    assert projection.follow(event(2, 2.5))
    assert not projection.follow(event(2, 2.5))
    assert not projection.follow(event(1, 10))

    row = row_of(rows)
    assert (float(row["total"]), row["versions"], row["position"]) == (12.5, [1, 2], 2)


def test_an_event_that_comes_too_early_fetches_those_before_it(rows: Any) -> None:
    events = [event(1, 1), event(2, 2), event(3, 4)]
    projection = Projection(MemoryEvents(*events), rows, sum_up, key="order_id")

    projection.follow(events[2])
    assert row_of(rows)["versions"] == [1, 2, 3]
    assert not projection.follow(events[1])


def test_a_row_that_shows_nothing_is_not_brought_back_by_an_old_event(rows: Any) -> None:
    projection = Projection(MemoryEvents(), rows, sum_up, key="order_id")
    projection.follow(event(1, 1))
    projection.follow(event(2, 0, type="Removed"))

    assert not projection.follow(event(1, 1))
    assert row_of(rows) == {"order_id": "order-1", "position": 2}


def test_a_rebuilt_row_forgets_what_an_older_fold_wrote(rows: Any) -> None:
    events = MemoryEvents(event(1, 10), event(2, 5))
    wrong = Projection(
        events, rows, lambda row, event: {"total": 0, "versions": [], "old": True}, key="order_id"
    )
    wrong.follow(events.events[1])

    Projection(events, rows, sum_up, key="order_id").rebuild("order-1")

    assert row_of(rows) == {"order_id": "order-1", "position": 2, "total": 15, "versions": [1, 2]}


def test_an_event_that_comes_while_its_row_is_rebuilt_is_not_lost(rows: Any) -> None:
    events = MemoryEvents(event(1, 10), event(2, 5))
    projection = Projection(events, rows, sum_up, key="order_id")
    projection.follow(events.events[0])
    projection.follow(events.events[1])

    def live() -> None:
        events.events.append(event(3, 1))
        projection.follow(event(3, 1))

    events.while_loading = live
    projection.rebuild("order-1")

    assert row_of(rows)["versions"] == [1, 2, 3]
    assert row_of(rows)["position"] == 3


def test_a_batch_stops_at_the_event_that_fails_and_reports_it(rows: Any) -> None:
    def refuse_negative(row: Row | None, event: StoredEvent) -> Row | None:
        if event.data["amount"] < 0:
            raise ValueError("negative")
        return sum_up(row, event)

    handler = follow_handler(
        "view", lambda: Projection(MemoryEvents(), rows, refuse_negative, key="order_id")
    )
    batch = change_event(event(1, 1), event(1, -1, "order-2"), event(2, 1))

    assert handler(batch, Context()) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert row_of(rows)["versions"] == [1]

    # Of what comes again then, nothing can be done: that is an error of the function.
    with pytest.raises(ValueError, match="negative"):
        handler({"Records": batch["Records"][1:]}, Context())


def test_a_replay_rebuilds_each_aggregate_once(rows: Any) -> None:
    events = MemoryEvents(event(1, 1), event(2, 2), event(1, 7, "order-2"))
    handler = follow_handler("view", lambda: Projection(events, rows, sum_up, key="order_id"))
    handler(change_event(*events.events), Context())
    rows.update_item(
        Key={"order_id": "order-1"},
        UpdateExpression="SET versions = :t",
        ExpressionAttributeValues={":t": [99]},
    )

    handler(change_event(*events.events, replay=True), Context())

    assert row_of(rows)["versions"] == [1, 2]
    assert row_of(rows, "order-2")["total"] == 7


def test_a_replay_that_fails_says_so(rows: Any) -> None:
    def broken(row: Row | None, event: StoredEvent) -> Row | None:
        raise ValueError("broken")

    events = MemoryEvents(event(1, 1))
    handler = follow_handler("view", lambda: Projection(events, rows, broken, key="order_id"))

    with pytest.raises(ValueError, match="broken"):
        handler(change_event(*events.events, replay=True), Context())


def test_snapshots_and_changes_are_no_events(rows: Any) -> None:
    handler = follow_handler("view", lambda: Projection(MemoryEvents(), rows, sum_up, key="order_id"))
    batch = change_event(event(0, 1), event(1, 1))
    batch["Records"][1]["eventName"] = "MODIFY"

    assert handler(batch, Context()) == {"batchItemFailures": []}
    assert rows.scan()["Items"] == []
