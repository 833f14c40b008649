"""Orders in the single table.

`PK = ORDER#<id>, SK = DETAILS` once an order; `GSI1PK = USER#<id>, GSI1SK = ORDER#<created at>#<id>`
lists a user's orders by time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from orders.logic.orders import Item, Order, Status
from orders.logic.store import Page
from servicekit.aws import error_code
from servicekit.clock import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_REFUSED = "ConditionalCheckFailedException"


class OrderTable:
    """Keeps orders in DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, order: Order) -> Order | None:
        """Keep a new order; if one with its id is there already, that one and nothing is written."""
        try:
            self._table.put_item(Item=_item(order), ConditionExpression=Attr("PK").not_exists())
        except ClientError as error:
            if error_code(error) != _REFUSED:
                raise
            return self.find(order.order_id)
        return None

    def find(self, order_id: str) -> Order | None:
        """One order, as last written: whoever created it reads it back at once."""
        found = self._table.get_item(Key=_key(order_id), ConsistentRead=True).get("Item")
        return _order(found) if found else None

    def page(self, user_id: str, limit: int, position: str | None) -> Page:
        """Up to `limit` orders of a user, newest first. The index follows the table within moments."""
        query: dict[str, Any] = {
            "IndexName": "GSI1",
            "KeyConditionExpression": Key("GSI1PK").eq(_user(user_id)) & Key("GSI1SK").begins_with("ORDER#"),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if position is not None:
            order_id = position.rpartition("#")[2]
            query["ExclusiveStartKey"] = _key(order_id) | {"GSI1PK": _user(user_id), "GSI1SK": position}
        answer = self._table.query(**query)
        following = answer.get("LastEvaluatedKey", {}).get("GSI1SK")
        return Page([_order(item) for item in answer["Items"]], str(following) if following else None)

    def move(self, order_id: str, before: Status, after: Status, at: datetime) -> Order | None:
        """Set the status if it is still `before`; None if it is not."""
        try:
            answer = self._table.update_item(
                Key=_key(order_id),
                UpdateExpression="SET #status = :after, updated_at = :at",
                ConditionExpression=Attr("status").eq(before.value),
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":after": after.value, ":at": timestamp(at)},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if error_code(error) != _REFUSED:
                raise
            return None
        return _order(answer["Attributes"])


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def _key(order_id: str) -> dict[str, str]:
    return {"PK": f"ORDER#{order_id}", "SK": "DETAILS"}


def _item(order: Order) -> dict[str, Any]:
    created_at = timestamp(order.created_at)
    return {
        **_key(order.order_id),
        "GSI1PK": _user(order.user_id),
        "GSI1SK": f"ORDER#{created_at}#{order.order_id}",
        "entity": "ORDER",
        **order.model_dump(mode="json"),
        "created_at": created_at,
        "updated_at": timestamp(order.updated_at),
    }


def _order(item: dict[str, Any]) -> Order:
    # DynamoDB gives numbers as Decimal; ours are whole cents, and the model refuses a fraction.
    known = {name: item[name] for name in Order.model_fields}
    return Order.model_validate(known | {"items": tuple(Item.model_validate(line) for line in item["items"])})
