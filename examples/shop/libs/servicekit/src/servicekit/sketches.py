"""Percentiles of many values in little room, for states that travel and are merged.

Values are counted in buckets whose bounds grow by a constant factor (the idea of DDSketch, VLDB 2019), so
any percentile is within 1 % of a value that was really there, two sketches are merged by adding their
counts, and a sketch of amounts from a cent to a million has at most 930 buckets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ACCURACY = 0.01
_GROWTH = (1 + ACCURACY) / (1 - ACCURACY)
_LOG = math.log(_GROWTH)
_ZERO = "0"
"""The bucket of zero and less: amounts are positive."""


@dataclass
class Sketch:
    """Counts by bucket; keys are texts, as in JSON."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, value: float) -> None:
        """Count a value."""
        bucket = _ZERO if value <= 0 else f"b{math.ceil(math.log(value) / _LOG)}"
        self.counts[bucket] = self.counts.get(bucket, 0) + 1

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self.counts.values())

    def percentile(self, percent: float) -> float | None:
        """A value that `percent` % of the values do not exceed; None without any."""
        wanted = math.ceil(self.count * percent / 100)
        passed = 0
        for bucket, count in sorted(self.counts.items(), key=lambda entry: _order(entry[0])):
            passed += count
            if passed >= wanted:
                return _value(bucket)
        return None


def merged(sketches: Iterable[Mapping[str, int]]) -> Sketch:
    """One sketch of all the values of several, given by their counts."""
    whole = Sketch()
    for counts in sketches:
        for bucket, count in counts.items():
            whole.counts[bucket] = whole.counts.get(bucket, 0) + int(count)
    return whole


def _order(bucket: str) -> float:
    return -math.inf if bucket == _ZERO else int(bucket[1:])


def _value(bucket: str) -> float:
    """The middle of a bucket, at most 1 % from either bound."""
    if bucket == _ZERO:
        return 0.0
    return float(2 * _GROWTH ** int(bucket[1:]) / (_GROWTH + 1))
