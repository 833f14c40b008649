from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from servicekit.sketches import Sketch, merged
from servicekit.testing import Context, stream_event
from servicekit.windows import Record, State, window_handler

START = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)
WINDOW = {"start": "2026-01-02T03:00:00Z", "end": "2026-01-02T03:05:00Z"}


class Counting:
    def __init__(self) -> None:
        self.kept: dict[tuple[datetime, str], State] = {}

    def begin(self, window_start: datetime) -> State:
        return {"sum": 0}

    def add(self, state: State, record: Record) -> None:
        state["sum"] += record.data

    def end(self, window_start: datetime, part: str, state: State) -> None:
        self.kept[window_start, part] = state


@pytest.fixture
def logic() -> Counting:
    return Counting()


def call(logic: Counting, *records: object, first: int = 1, **window: Any) -> Any:
    event = stream_event(*records, arrived=START, first=first, **window)
    return window_handler("test", lambda: logic, window_seconds=300)(event, Context())


def test_a_state_is_carried_through_the_window_and_kept_at_its_end(logic: Counting) -> None:
    common = {"window": WINDOW, "shardId": "shard-0"}
    carried = call(logic, 1, 2, state={}, **common)["state"]
    carried = call(logic, 3, first=3, state=carried, **common)["state"]
    assert logic.kept == {}

    for _ in range(2):  # Lambda repeats a last call that failed
        state = dict(carried)
        assert call(logic, state=state, isFinalInvokeForWindow=True, **common) == {"state": {}}
    assert logic.kept == {(START, "shard-0/1"): {"sum": 6}}


def test_a_window_that_ends_early_is_kept_in_parts(logic: Counting) -> None:
    common = {"window": WINDOW, "shardId": "shard-0"}
    assert call(logic, 1, state={}, isWindowTerminatedEarly=True, **common) == {"state": {}}
    carried = call(logic, 5, first=2, state={}, **common)["state"]
    call(logic, state=carried, isFinalInvokeForWindow=True, **common)

    assert logic.kept == {(START, "shard-0/1"): {"sum": 1}, (START, "shard-0/2"): {"sum": 5}}


def test_a_window_without_records_leaves_nothing(logic: Counting) -> None:
    call(logic, state={}, window=WINDOW, shardId="shard-0", isFinalInvokeForWindow=True)
    assert logic.kept == {}


def test_without_windows_each_batch_is_a_part_of_the_window_it_arrived_in(logic: Counting) -> None:
    assert call(logic, 1, 2) == {"batchItemFailures": []}
    call(logic, 4, first=3)
    assert logic.kept == {(START, "batch/1"): {"sum": 3}, (START, "batch/3"): {"sum": 4}}


def test_a_record_that_is_no_json_holds_nothing_up(logic: Counting) -> None:
    call(logic, "not json", 2)
    assert logic.kept == {(START, "batch/2"): {"sum": 2}}


def test_percentiles_are_within_one_percent() -> None:
    chance = random.Random(1)
    values = sorted(chance.lognormvariate(8, 2) for _ in range(2000))
    sketch = Sketch()
    for value in values:
        sketch.add(value)

    for percent in (1, 50, 95, 99, 100):
        exact = values[max(0, -(-len(values) * percent // 100) - 1)]
        estimate = sketch.percentile(percent)
        assert estimate == pytest.approx(exact, rel=0.0101)


def test_merged_sketches_are_as_one_of_all_values() -> None:
    parts = [Sketch(), Sketch()]
    whole = Sketch()
    for number in range(1, 200):
        parts[number % 2].add(number)
        whole.add(number)

    assert merged(part.counts for part in parts).counts == whole.counts


def test_a_sketch_of_nothing_has_no_percentile_and_zero_is_a_value() -> None:
    sketch = Sketch()
    assert sketch.percentile(95) is None
    sketch.add(0)
    assert sketch.percentile(95) == 0.0
