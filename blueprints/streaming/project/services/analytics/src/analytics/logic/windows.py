"""Orders in windows of five minutes: how many, for how much, and which are large.

Large is what exceeds 95 % of the orders of the last hour. Amounts are kept as a sketch, which is small and
can be merged, so the hour is the sum of its twelve windows and of all shards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from servicekit.clock import timestamp
from servicekit.sketches import Sketch, merged
from servicekit.windows import Record, State

WINDOW_SECONDS = 300
PERCENT = 95
HOUR = timedelta(hours=1)
MOST_LARGE = 100
"""Large orders that a part of a window keeps."""

Window = dict[str, Any]


class Store(Protocol):
    """Where windows are kept."""

    def windows(self, starts: Iterable[datetime]) -> list[Window]:
        """Those of some windows that are there, with their parts."""

    def keep(self, start: datetime, part: str, state: State) -> None:
        """Keep a part of a window, in the place of the same part."""


def starts_before(moment: datetime, *, including: bool = False) -> list[datetime]:
    """When the windows of the hour before a window began, the latest last."""
    count = int(HOUR.total_seconds()) // WINDOW_SECONDS
    latest = moment if including else moment - timedelta(seconds=WINDOW_SECONDS)
    return [latest - timedelta(seconds=WINDOW_SECONDS * back) for back in reversed(range(count))]


def threshold(windows: Iterable[Window]) -> float | None:
    """The amount that 95 % of the orders in some windows do not exceed; None without any."""
    parts = [part for window in windows for part in window["parts"].values()]
    return merged(part["amounts"] for part in parts).percentile(PERCENT)


class OrderWindows:
    """What is measured of orders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, window_start: datetime) -> State:
        """Nothing yet, but what was large in the hour before."""
        limit = threshold(self._store.windows(starts_before(window_start)))
        return {"orders": 0, "revenue_cents": 0, "amounts": {}, "large_over_cents": limit, "large": []}

    def add(self, state: State, record: Record) -> None:
        """Count an order that was placed; whatever else happened to orders does not matter here."""
        if not isinstance(record.data, dict) or record.data.get("type") != "OrderPlaced":
            return
        cents = int(record.data["data"]["total_cents"])
        state["orders"] += 1
        state["revenue_cents"] += cents
        amounts = Sketch(state["amounts"])
        amounts.add(cents)
        limit = state["large_over_cents"]
        if limit is not None and cents > limit and len(state["large"]) < MOST_LARGE:
            state["large"].append({"order_id": record.data["order_id"], "total_cents": cents})

    def end(self, window_start: datetime, part: str, state: State) -> None:
        """Keep what was measured."""
        self._store.keep(window_start, part, state)


def report(windows: Iterable[Window]) -> dict[str, Any]:
    """The windows of an hour, all parts of each together, the latest first."""
    rows = [_row(window["start"], window["parts"]) for window in windows]
    orders: list[dict[str, Any]] = [large for row in rows for large in row["large"]]
    return {
        "windows": sorted(rows, key=lambda row: str(row["start"]), reverse=True),
        "orders": sum(row["orders"] for row in rows),
        "revenue_cents": sum(row["revenue_cents"] for row in rows),
        "large_orders": len(orders),
    }


def _row(start: datetime, parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    amounts = merged(part["amounts"] for part in parts.values())
    p95 = amounts.percentile(PERCENT)
    return {
        "start": timestamp(start),
        "orders": sum(int(part["orders"]) for part in parts.values()),
        "revenue_cents": sum(int(part["revenue_cents"]) for part in parts.values()),
        "p95_cents": None if p95 is None else round(p95),
        "large": [large for part in parts.values() for large in part["large"]],
    }
