"""Notifications in the single table: `PK = USER#<id>`, `SK = NOTIFICATION#<occurred at>#<event id>`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from notifications.logic.notices import Notification
from servicekit.aws import error_code
from servicekit.clock import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class NotificationTable:
    """Keeps notifications in DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, notification: Notification, expires_at: datetime) -> bool:
        """Keep it until then; False if it is there already."""
        occurred_at = timestamp(notification.occurred_at)
        item = {
            "PK": f"USER#{notification.user_id}",
            "SK": f"NOTIFICATION#{occurred_at}#{notification.event_id}",
            "entity": "NOTIFICATION",
            **notification.model_dump(mode="json"),
            "occurred_at": occurred_at,
            "expires_at": int(expires_at.timestamp()),
        }
        try:
            self._table.put_item(Item=item, ConditionExpression=Attr("PK").not_exists())
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def newest(self, user_id: str, limit: int, now: datetime) -> Sequence[Notification]:
        """A user's notifications, newest first, without those that DynamoDB has yet to remove."""
        mine = Key("PK").eq(f"USER#{user_id}") & Key("SK").begins_with("NOTIFICATION#")
        items = self._table.query(
            KeyConditionExpression=mine,
            FilterExpression=Attr("expires_at").gt(int(now.timestamp())),
            ScanIndexForward=False,
            Limit=limit,
            ConsistentRead=True,
        )["Items"]
        names = Notification.model_fields
        return [Notification.model_validate({name: item[name] for name in names}) for item in items]
