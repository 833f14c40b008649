"""Windows in the table: an item each, its parts as JSON texts by their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from servicekit.clock import timestamp
from servicekit.windows import State

from analytics.logic.windows import Window

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=90)
_PART = "part_"


class WindowTable:
    """Windows of orders. A part that comes twice replaces itself; parts never touch each other."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def windows(self, starts: Iterable[datetime]) -> list[Window]:
        """Those of some windows that are there."""
        found = []
        for start in starts:
            item = self._table.get_item(Key={"window_start": timestamp(start)}).get("Item")
            if item:
                found.append({"start": start, "parts": _parts(item)})
        return found

    def keep(self, start: datetime, part: str, state: State) -> None:
        """Keep a part of a window."""
        name = _PART + hashlib.sha256(part.encode()).hexdigest()[:16]
        self._table.update_item(
            Key={"window_start": timestamp(start)},
            UpdateExpression="SET #part = :state, expires_at = :end",
            ExpressionAttributeNames={"#part": name},
            ExpressionAttributeValues={":state": json.dumps(state), ":end": int((start + KEPT).timestamp())},
        )


def _parts(item: dict[str, Any]) -> dict[str, Any]:
    return {name: json.loads(str(text)) for name, text in item.items() if name.startswith(_PART)}
