"""The latest of each user, and refusals, in their tables."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from servicekit.aws import error_code
from servicekit.clock import Clock, timestamp

from activity.logic.activity import Happening, Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=30)


class ActivityTable:
    """The latest that each user did."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def did(self, happening: Happening, at: datetime, sequence: str) -> None:
        """Keep it, unless something later is kept: a batch that failed comes again."""
        item = {
            "user_id": happening.user_id,
            "last_action": happening.action,
            "last_page": happening.page,
            "seen_at": timestamp(at),
            "sequence": sequence.zfill(60),
            "expires_at": int((at + KEPT).timestamp()),
        }
        newer = Attr("sequence").not_exists() | Attr("sequence").lt(item["sequence"])
        try:
            self._table.put_item(Item=item, ConditionExpression=newer)
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise

    def of(self, user_id: str) -> dict[str, str | None] | None:
        """The latest that a user did, or None."""
        item = self._table.get_item(Key={"user_id": user_id}).get("Item")
        if item is None:
            return None
        shown = ("user_id", "last_action", "last_page", "seen_at")
        return {name: None if item.get(name) is None else str(item[name]) for name in shown}


class RefusalTable:
    """What the API refused."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def refused(self, refusal: Refusal) -> None:
        """Keep a refusal."""
        self._table.put_item(
            Item={
                "id": refusal.id,
                "status": refusal.status,
                "line": json.dumps(refusal.line),
                "expires_at": int((self._clock() + KEPT).timestamp()),
            }
        )
