"""Orders in tumbling windows: how many, for how much, and which are large.

Large is what exceeds 95 % of the amounts of the hour before. Amounts are kept as a sketch, which is small
and can be merged, so the hour is the sum of its windows and of all shards of the stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from pydantic import Field, ValidationError
from servicekit.clock import timestamp
from servicekit.models import Model
from servicekit.sketches import Sketch, merged
from servicekit.windows import Record, State

ID: Final = "id"
"""Where a record has its id; dots lead into objects, as in `order.id`."""
AMOUNT: Final = "amount"
"""Where a record has its amount, a whole number of the smallest unit, such as cents; dots as above."""

WINDOW_SECONDS: Final = 300
"""As `tumbling_window_seconds` in the blueprint, where an hour is a multiple of it."""
PERCENT: Final = 95
HOUR: Final = timedelta(hours=1)
MOST_LARGE: Final = 100
"""Large orders that a part of a window names; the table's records have a limit of 400 KB."""
MOST_AMOUNT: Final = 10**15
"""What is more is taken for a mistake."""


class Order(Model):
    """What counts."""

    id: str = Field(min_length=1, max_length=100)
    amount: int = Field(strict=True, ge=0, le=MOST_AMOUNT)


@dataclass(frozen=True)
class Window:
    """A window, with what each shard found in it."""

    start: datetime
    parts: tuple[State, ...]


class Store(Protocol):
    """Where windows are kept."""

    def find(self, starts: Iterable[datetime]) -> list[Window]:
        """Those of some windows that are there."""

    def keep(self, start: datetime, part: str, state: State) -> None:
        """Keep a part of a window, in the place of the same part."""


class Windows:
    """What is measured."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, window_start: datetime) -> State:
        """Nothing yet, but what is large after the hour before."""
        before = self._store.find(hour_until(window_start))
        amounts = merged(part["amounts"] for window in before for part in window.parts)
        return {
            "volume": 0,
            "revenue": 0,
            "left_out": 0,
            "amounts": {},
            "large_over": amounts.percentile(PERCENT),
            "large": [],
        }

    def add(self, state: State, record: Record) -> None:
        """Count an order; a record that is none is left out, as trying again would not make it one."""
        order = order_of(record.data)
        if order is None:
            state["left_out"] += 1
            return
        state["volume"] += 1
        state["revenue"] += order.amount
        Sketch(state["amounts"]).add(order.amount)
        limit = state["large_over"]
        if limit is not None and order.amount > limit and len(state["large"]) < MOST_LARGE:
            state["large"].append(order.model_dump())

    def end(self, window_start: datetime, part: str, state: State) -> None:
        """Keep what was measured."""
        self._store.keep(window_start, part, state)

    def last_hour(self, now: datetime) -> dict[str, Any]:
        """The windows of the hour that ends with the present one, the latest first, and their sums."""
        present = int(now.timestamp()) // WINDOW_SECONDS * WINDOW_SECONDS
        end = datetime.fromtimestamp(present + WINDOW_SECONDS, UTC)
        rows = [_row(window) for window in reversed(self._store.find(hour_until(end)))]
        return {
            "windows": rows,
            "volume": sum(row["volume"] for row in rows),
            "revenue": sum(row["revenue"] for row in rows),
            "large": sum(len(row["large"]) for row in rows),
            "left_out": sum(row["left_out"] for row in rows),
        }


def hour_until(end: datetime) -> list[datetime]:
    """When the windows of the hour before a moment began, the latest last."""
    step = timedelta(seconds=WINDOW_SECONDS)
    return [end - step * back for back in range(HOUR // step, 0, -1)]


def order_of(data: object) -> Order | None:
    """The order that a record speaks of; None if it speaks of none."""
    try:
        return Order.model_validate({"id": _at(data, ID), "amount": _at(data, AMOUNT)})
    except ValidationError:
        return None


def _at(data: object, path: str) -> object:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _row(window: Window) -> dict[str, Any]:
    amounts = merged(part["amounts"] for part in window.parts)
    limit = amounts.percentile(PERCENT)
    return {
        "start": timestamp(window.start),
        "volume": sum(int(part["volume"]) for part in window.parts),
        "revenue": sum(int(part["revenue"]) for part in window.parts),
        "p95": None if limit is None else round(limit),
        "large": [large for part in window.parts for large in part["large"]],
        "left_out": sum(int(part["left_out"]) for part in window.parts),
    }
