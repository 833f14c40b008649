"""Projections: tables that show what the events of a store have led to, a row an aggregate.

A row says by its `position` up to which version it has the events of its aggregate. So an event that
comes twice changes nothing, one that comes too early fetches those before it, and a replay builds a row
anew from the first event while readers still see the old one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from aws_lambda_powertools.utilities.typing import LambdaContext

from servicekit.aws import error_code, table
from servicekit.event_store import StoredEvent, event_store, read_change
from servicekit.observability import Handler, observability

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Row = dict[str, Any]
Fold = Callable[[Row | None, StoredEvent], Row | None]
"""From a row (None before the first event) and the next event to the row after it; None shows nothing.

It must depend on its arguments alone: a replay calls it again, for events of years ago.
"""

POSITION = "position"
REPLAY = "replay"
"""Beside the records of a call: that they come from a replay, which builds rows anew."""
_TRIES = 5


class Events(Protocol):
    """Where the events of an aggregate come from."""

    def load(self, aggregate_id: str, *, after_version: int = 0) -> tuple[StoredEvent, ...]:
        """The events after a version, in order."""


class OvertakenTooOften(RuntimeError):
    """Others wrote the row again and again; Lambda will bring the event once more."""


class Projection:
    """Keeps one row an aggregate.

    Args:
        events: The event store.
        rows: The table, whose partition key alone is its primary key.
        fold: How a row follows from an event.
        key: The partition key of the table; it holds the aggregate's id.
    """

    def __init__(self, events: Events, rows: Table, fold: Fold, *, key: str) -> None:
        self._events = events
        self._rows = rows
        self._fold = fold
        self._key = key

    def follow(self, event: StoredEvent) -> bool:
        """Bring the row of an event's aggregate up to the event, if it is not already."""

        def forward() -> bool:
            position, row = self._read(event.aggregate_id)
            if event.version <= position:
                return False
            missing: Iterable[StoredEvent] = (event,)
            if event.version > position + 1:
                # The stream keeps the order of each item, not of items: fetch what was overtaken.
                missing = self._events.load(event.aggregate_id, after_version=position)
            return self._write(event.aggregate_id, position, row if position else None, missing)

        return _until_alone(forward, event.aggregate_id)

    def rebuild(self, aggregate_id: str) -> bool:
        """Build the row of an aggregate anew, from its first event."""

        def anew() -> bool:
            position, _ = self._read(aggregate_id)
            return self._write(aggregate_id, position, None, self._events.load(aggregate_id))

        return _until_alone(anew, aggregate_id)

    def _read(self, aggregate_id: str) -> tuple[int, Row | None]:
        item = self._rows.get_item(Key={self._key: aggregate_id}, ConsistentRead=True).get("Item")
        if item is None:
            return 0, None
        row = {name: value for name, value in item.items() if name not in (self._key, POSITION)}
        return int(Decimal(str(item[POSITION]))), _plain(row) or None

    def _write(self, aggregate_id: str, read_at: int, row: Row | None, events: Iterable[StoredEvent]) -> bool:
        """Fold events and put the row, unless somebody has written it since it was read."""
        position = 0
        for event in events:
            row = self._fold(row, event)
            position = event.version
        if not position:
            return False
        condition: dict[str, Any] = {
            "ConditionExpression": "attribute_not_exists(#key) OR #position = :read",
            "ExpressionAttributeNames": {"#key": self._key, "#position": POSITION},
            "ExpressionAttributeValues": {":read": read_at},
        }
        # A row that shows nothing stays with its position, so that an old event cannot bring it back.
        item = {**_stored(row or {}), self._key: aggregate_id, POSITION: position}
        self._rows.put_item(Item=item, **condition)
        return True


def projection_handler(store: str, into: str, fold: Fold, *, key: str) -> Handler:
    """The Lambda handler of a projection.

    Args:
        store: The event store's name in the blueprint.
        into: The table's name in the blueprint.
        fold: How a row follows from an event.
        key: The table's partition key.
    """
    return follow_handler(fold.__module__, lambda: Projection(event_store(store), table(into), fold, key=key))


def follow_handler(module: str, projection: Callable[[], Projection]) -> Handler:
    """The handler of a projection that is made otherwise; `projection_handler` is what most need."""
    tools = observability(module)

    def handle(event: dict[str, Any], context: LambdaContext) -> Any:
        keeper = projection()
        replaying = bool(event.get(REPLAY))
        rebuilt: set[str] = set()
        done = False
        for record in event.get("Records", []):
            stored = read_change(record)
            if stored is None:
                continue
            try:
                if not replaying:
                    changed = keeper.follow(stored)
                elif stored.aggregate_id in rebuilt or stored.version != 1:
                    continue  # the first event of an aggregate rebuilt its row with all of them
                else:
                    rebuilt.add(stored.aggregate_id)
                    changed = keeper.rebuild(stored.aggregate_id)
            except Exception:
                if replaying:
                    raise
                tools.logger.exception(
                    "projection failed", extra={"aggregate": stored.aggregate_id, "version": stored.version}
                )
                tools.count("EventsFailed")
                if not done:
                    # Nothing of the batch is done: an error of the function, which its own alarms see.
                    raise
                return _failed_at(record)
            done = True
            tools.count("EventsProjected" if changed else "EventsKnown")
        return {"batchItemFailures": []}

    return tools.watch(handle)


def _failed_at(record: Mapping[str, Any]) -> dict[str, Any]:
    """What lets Lambda bring this record and those after it again."""
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}


def _until_alone(attempt: Callable[[], bool], aggregate_id: str) -> bool:
    for _ in range(_TRIES):
        try:
            return attempt()
        except Exception as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
    raise OvertakenTooOften(f"the row of {aggregate_id} is written by others all the time")


def _stored(row: Row) -> Row:
    """As DynamoDB takes it: floats as decimals."""
    read: Row = json.loads(json.dumps(row, ensure_ascii=False), parse_float=Decimal)
    return read


def _plain(value: Any) -> Any:
    """As JSON knows it: whole numbers as such, others as floats."""
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
