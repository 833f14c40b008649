"""The ledger and the closings, in their tables."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key
from servicekit.aws import error_code
from servicekit.clock import Clock

from books.logic.books import Reading, Totals

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

REMEMBERED = timedelta(days=30)
"""How long a booked event is known: longer than any queue or archive brings it again by itself."""
TOTALS, READING = "totals", "reading"
BOOK = "orders"


class LedgerTable:
    """Totals in one item, and an item for each event that is in them."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def book(self, event_id: str, booking: Totals) -> bool:
        """Add a booking to the totals, in one transaction with the event's id."""
        expires_at = int((self._clock() + REMEMBERED).timestamp())
        name = self._table.name
        amounts = booking.data()
        try:
            self._table.meta.client.transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": name,
                            "Item": {"id": f"event#{event_id}", "expires_at": expires_at},
                            "ConditionExpression": "attribute_not_exists(id)",
                        }
                    },
                    {
                        "Update": {
                            "TableName": name,
                            "Key": {"id": TOTALS},
                            "UpdateExpression": "ADD " + ", ".join(f"{key} :{key}" for key in amounts),
                            "ExpressionAttributeValues": {f":{key}": n for key, n in amounts.items()},
                        }
                    },
                ]
            )
        except Exception as error:
            if _is_known(error):
                return False
            raise
        return True

    def totals(self) -> Totals:
        """All that was ever booked."""
        return _totals(self._item(TOTALS) or {})

    def last_reading(self) -> Reading | None:
        """The totals of the last closing, or None before the first one."""
        item = self._item(READING)
        return Reading(str(item["at"]), _totals(item)) if item else None

    def read(self, reading: Reading) -> None:
        """Keep the totals of a closing."""
        self._table.put_item(Item={"id": READING, "at": reading.at, **reading.totals.data()})

    def _item(self, key: str) -> dict[str, Any] | None:
        return self._table.get_item(Key={"id": key}, ConsistentRead=True).get("Item")


class ClosingTable:
    """Closings in the order of their times."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, data: dict[str, Any]) -> None:
        """Keep one; one that counts since the same moment takes its place."""
        self._table.put_item(Item={"book": BOOK, **data})

    def latest(self, count: int) -> list[dict[str, Any]]:
        """The latest ones, the last one first."""
        found = self._table.query(
            KeyConditionExpression=Key("book").eq(BOOK), ScanIndexForward=False, Limit=count
        )
        return [
            {"since": str(item["since"]), "until": str(item["until"]), **_totals(item).data()}
            for item in found["Items"]
        ]


def _totals(item: dict[str, Any]) -> Totals:
    return Totals(**{key: int(Decimal(str(item.get(key, 0)))) for key in Totals().data()})


def _is_known(error: Exception) -> bool:
    """Whether the event is in the totals already; another booking at the same moment is tried again."""
    if error_code(error) != "TransactionCanceledException":
        return False
    reasons = getattr(error, "response", {}).get("CancellationReasons", [])
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)
