"""The stream that tells of orders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from servicekit.clock import timestamp
from servicekit.event_store import StoredEvent

_MOST = 500
"""Records that Kinesis takes at once."""


class Refused(RuntimeError):
    """The stream took some events and not others; those that it took come twice."""


class Kinesis(Protocol):
    """What the stream needs of boto3's client."""

    def put_records(self, *, StreamName: str, Records: list[dict[str, Any]]) -> Any:  # noqa: ANN401
        """As boto3 has it."""


class Stream:
    """A Kinesis stream of events, those of an aggregate in one shard."""

    def __init__(self, kinesis: Kinesis, name: str) -> None:
        self._kinesis = kinesis
        self._name = name

    def put(self, events: Sequence[StoredEvent]) -> None:
        """Tell of events; who listens knows a repeated one by its `event_id`.

        Raises:
            Refused: Not all were taken.
        """
        for start in range(0, len(events), _MOST):
            answer = self._kinesis.put_records(
                StreamName=self._name,
                Records=[
                    {"Data": _text(event), "PartitionKey": event.aggregate_id}
                    for event in events[start : start + _MOST]
                ],
            )
            if answer["FailedRecordCount"]:
                raise Refused(f"the stream did not take {answer['FailedRecordCount']} events")


def _text(event: StoredEvent) -> bytes:
    told = {
        "event_id": event.event_id,
        "type": event.type,
        "order_id": event.aggregate_id,
        "version": event.version,
        "occurred_at": timestamp(event.occurred_at),
        "data": event.data,
        "correlation_id": event.correlation_id,
    }
    return json.dumps(told, ensure_ascii=False).encode()
