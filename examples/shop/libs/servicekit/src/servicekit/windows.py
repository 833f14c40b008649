"""Tumbling windows over a stream: a state is carried from batch to batch, and kept when its window ends.

Lambda carries a state for each shard of the stream. What a shard found in a window is a *part*; the
parts of all shards together are the result, so a state must be of a kind that can be merged.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from aws_lambda_powertools.utilities.typing import LambdaContext

from servicekit.observability import Handler, observability

State = dict[str, Any]
"""JSON values, at most 1 MB."""
_FIRST = "first_sequence"


@dataclass(frozen=True)
class Record:
    """What somebody put into the stream."""

    sequence: str
    arrived: datetime
    data: Any


class WindowLogic(Protocol):
    """What is measured."""

    def begin(self, window_start: datetime) -> State:
        """The state of a window before its first record."""

    def add(self, state: State, record: Record) -> None:
        """Count a record in."""

    def end(self, window_start: datetime, part: str, state: State) -> None:
        """Keep a part of a window. The same part may come twice; it is the same then."""


def window_handler(module: str, logic: Callable[[], WindowLogic], *, window_seconds: int) -> Handler:
    """The Lambda handler of a stream with a tumbling window.

    Where no windows come with the batches, as on the local AWS, each batch is cut into windows by the
    times at which its records arrived, and each piece is kept as a part of its own: the results are the
    same, with more parts.

    Args:
        module: `__name__`.
        logic: Gives what is measured.
        window_seconds: As `tumbling_window_seconds` in the blueprint.
    """
    tools = observability(module)

    def handle(event: dict[str, Any], context: LambdaContext) -> Any:
        read = [_record(raw) for raw in event.get("Records", [])]
        records = [record for record in read if record]
        tools.count("RecordsUnreadable", len(read) - len(records))
        tools.count("RecordsMeasured", len(records))
        if "window" not in event:
            return _by_arrival(logic(), event, records, window_seconds)
        start = _moment(event["window"]["start"])
        state = _measured(logic(), start, event.get("state") or {}, records)
        if not (event.get("isFinalInvokeForWindow") or event.get("isWindowTerminatedEarly")):
            return {"state": state}
        if state:
            first = state.pop(_FIRST)
            logic().end(start, f"{event['shardId']}/{first}", state)
        tools.logger.info("window ended", extra={"window": start.isoformat()})
        return {"state": {}}

    return tools.watch(handle)


def _measured(logic: WindowLogic, start: datetime, state: State, records: Sequence[Record]) -> State:
    for record in records:
        if not state:
            # The first record names the part, so that a part which is tried again replaces itself.
            state = {**logic.begin(start), _FIRST: record.sequence}
        logic.add(state, record)
    return state


def _by_arrival(
    logic: WindowLogic, event: dict[str, Any], records: Sequence[Record], seconds: int
) -> dict[str, Any]:
    pieces: dict[datetime, list[Record]] = {}
    for record in records:
        at = int(record.arrived.timestamp()) // seconds * seconds
        pieces.setdefault(datetime.fromtimestamp(at, UTC), []).append(record)
    for start, piece in pieces.items():
        state = _measured(logic, start, {}, piece)
        logic.end(start, f"batch/{state.pop(_FIRST)}", state)
    return {"batchItemFailures": []}


def _record(raw: dict[str, Any]) -> Record | None:
    """A record; None for one that is no JSON, which no second try would make better."""
    kinesis = raw["kinesis"]
    try:
        data = json.loads(base64.b64decode(kinesis["data"]))
    except ValueError:
        return None
    arrived = datetime.fromtimestamp(float(kinesis["approximateArrivalTimestamp"]), UTC)
    return Record(sequence=str(kinesis["sequenceNumber"]), arrived=arrived, data=data)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
