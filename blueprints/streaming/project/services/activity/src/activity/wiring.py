"""Puts the parts together; each is made at its first use and kept while the function is warm."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from servicekit.aws import client, table
from servicekit.clock import utc_now
from servicekit.environment import required_variable

from activity.data.tables import ActivityTable, RefusalTable

Put = Callable[[str, bytes], None]


@cache
def put() -> Put:
    """Puts a record into the stream, those of a user in one shard."""
    kinesis = client("kinesis")
    name = required_variable("STREAM_USER_ACTIVITY_NAME", "streams.user-activity: put")

    def into(user_id: str, data: bytes) -> None:
        kinesis.put_record(StreamName=name, PartitionKey=user_id, Data=data)

    return into


@cache
def activity() -> ActivityTable:
    """The latest of each user."""
    return ActivityTable(table("activity"))


@cache
def refusals() -> RefusalTable:
    """What the API refused."""
    return RefusalTable(table("refusals"), utc_now)
