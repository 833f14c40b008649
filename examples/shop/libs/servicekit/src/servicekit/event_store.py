"""An event store: what happened to each aggregate, in order, appended and never changed.

An aggregate is the thing that events are about, such as one order. Its version is how many events it
has; an append names the version that its decision was based on, so two who decide at once on the same
state cannot both append.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.conditions import Key

from servicekit.aws import CONFIG, error_code
from servicekit.clock import timestamp
from servicekit.environment import required_variable, variable_part
from servicekit.events import Event
from servicekit.problems import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

AGGREGATE = "aggregate_id"
VERSION = "version"
SNAPSHOT_VERSION = 0
"""Versions of events begin at 1, so this one is free for a snapshot."""
LARGEST_APPEND = 99
"""A transaction takes 100 items; one is the condition on the version before."""


class ConcurrencyConflict(Conflict):
    """Somebody else appended in the meantime: load the aggregate again, and decide again."""

    default_code = "concurrency-conflict"


class StoredEvent(Event):
    """An event with its place: the `version`th of its aggregate."""

    aggregate_id: str
    version: int


@dataclass(frozen=True)
class Snapshot:
    """What an aggregate had become by a version, so that older events need not be read."""

    version: int
    state: dict[str, Any]


class EventStore:
    """Events by aggregate, in one table.

    Args:
        table: With the partition key `aggregate_id` and the numeric sort key `version`.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def append(self, aggregate_id: str, events: Sequence[Event], *, expected_version: int) -> int:
        """Append events to an aggregate: all or none.

        Appending the same events again, as after a lost answer, changes nothing and succeeds: they are
        known by their `event_id`.

        Args:
            aggregate_id: The aggregate.
            events: In the order in which they happened.
            expected_version: The version that the decision was based on; 0 for a new aggregate.

        Returns:
            The aggregate's version now.

        Raises:
            ConcurrencyConflict: It has another version.
            ValueError: No events, or more than 99.
        """
        if not 0 < len(events) <= LARGEST_APPEND:
            raise ValueError(f"an append takes 1 to {LARGEST_APPEND} events, not {len(events)}")
        name = self._table.name
        writes: list[dict[str, Any]] = []
        if expected_version:
            writes.append(
                {
                    "ConditionCheck": {
                        "TableName": name,
                        "Key": {AGGREGATE: aggregate_id, VERSION: expected_version},
                        "ConditionExpression": f"attribute_exists({AGGREGATE})",
                    }
                }
            )
        for number, event in enumerate(events, start=expected_version + 1):
            writes.append(
                {
                    "Put": {
                        "TableName": name,
                        "Item": _item(aggregate_id, number, event),
                        "ConditionExpression": f"attribute_not_exists({AGGREGATE})",
                    }
                }
            )
        try:
            # The client of a resource takes Python values as the resource does; its stubs do not know.
            self._table.meta.client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type]
        except Exception as error:
            if not _is_conflict(error):
                raise
            if self._have(aggregate_id, events, expected_version):
                return expected_version + len(events)
            raise ConcurrencyConflict(
                f"{aggregate_id} no longer has version {expected_version}; load it again"
            ) from error
        return expected_version + len(events)

    def load(self, aggregate_id: str, *, after_version: int = 0) -> tuple[StoredEvent, ...]:
        """The events of an aggregate in order, those after a version; consistent with all appends."""
        found: list[StoredEvent] = []
        query: dict[str, Any] = {
            "KeyConditionExpression": Key(AGGREGATE).eq(aggregate_id) & Key(VERSION).gt(after_version),
            "ConsistentRead": True,
        }
        while True:
            page = self._table.query(**query)
            found.extend(_event(item) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return tuple(found)
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def save_snapshot(self, aggregate_id: str, version: int, state: Mapping[str, Any]) -> None:
        """Keep what an aggregate had become by a version, in the place of an older snapshot.

        Args:
            aggregate_id: The aggregate.
            version: The version that the state is of.
            state: JSON values.
        """
        self._table.put_item(
            Item={
                AGGREGATE: aggregate_id,
                VERSION: SNAPSHOT_VERSION,
                "of_version": version,
                "state": json.dumps(state, ensure_ascii=False),
            }
        )

    def snapshot(self, aggregate_id: str) -> Snapshot | None:
        """The latest snapshot of an aggregate, or None."""
        answer = self._table.get_item(
            Key={AGGREGATE: aggregate_id, VERSION: SNAPSHOT_VERSION}, ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        return Snapshot(_number(item["of_version"]), json.loads(str(item["state"])))

    def _have(self, aggregate_id: str, events: Sequence[Event], expected_version: int) -> bool:
        """Whether these very events are where they should go."""
        stored = self.load(aggregate_id, after_version=expected_version)
        return [event.event_id for event in stored[: len(events)]] == [event.event_id for event in events]


@functools.cache
def event_store(name: str) -> EventStore:
    """The event store `name` of the blueprint; needs an `access` line for `event_stores.NAME`.

    Raises:
        MissingVariable: The function has no access to it.
    """
    variable = f"EVENT_STORE_{variable_part(name)}_NAME"
    physical_name = required_variable(variable, f"event_stores.{name}: read")
    return EventStore(boto3.resource("dynamodb", config=CONFIG).Table(physical_name))


def read_change(record: Mapping[str, Any]) -> StoredEvent | None:
    """The event in a record of the store's stream; None for a snapshot, or what is no new event."""
    from boto3.dynamodb.types import TypeDeserializer

    image = record.get("dynamodb", {}).get("NewImage")
    if record.get("eventName") != "INSERT" or not image:
        return None
    read: Callable[[Any], Any] = TypeDeserializer().deserialize
    item = {key: read(value) for key, value in image.items()}
    return _event(item) if _number(item[VERSION]) != SNAPSHOT_VERSION else None


def _item(aggregate_id: str, version: int, event: Event) -> dict[str, Any]:
    item = {
        AGGREGATE: aggregate_id,
        VERSION: version,
        "type": event.type,
        "event_id": event.event_id,
        "occurred_at": timestamp(event.occurred_at),
        # As text: DynamoDB knows no floats, and would sort the keys of maps.
        "data": json.dumps(event.data, ensure_ascii=False),
    }
    return item | ({"correlation_id": event.correlation_id} if event.correlation_id else {})


def _event(item: Mapping[str, Any]) -> StoredEvent:
    return StoredEvent(
        aggregate_id=str(item[AGGREGATE]),
        version=_number(item[VERSION]),
        type=str(item["type"]),
        event_id=str(item["event_id"]),
        occurred_at=datetime.fromisoformat(str(item["occurred_at"])),
        data=json.loads(str(item["data"])),
        correlation_id=item.get("correlation_id"),
    )


def _number(value: Any) -> int:
    return int(Decimal(value))


def _is_conflict(error: Exception) -> bool:
    """Whether a condition failed, or another transaction was at the same items."""
    if error_code(error) != "TransactionCanceledException":
        return False
    reasons = getattr(error, "response", {}).get("CancellationReasons", [])
    codes = {reason.get("Code") for reason in reasons} - {"None", None}
    return codes <= {"ConditionalCheckFailed", "TransactionConflict"}
