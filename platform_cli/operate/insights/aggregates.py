"""The functions of `stats`, each over the values of a group's lines, by their names in small letters.

From the CloudWatch Logs user guide, "stats", read in November 2026. AWS estimates percentiles and the number
of distinct values of many; here both are exact. A percentile is the smallest value that so many are not
above, and the deviation is that of a sample: the guide says neither.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from platform_cli.operate.insights.values import Value, number, rank, shown

Timed: TypeAlias = tuple[int, Value]
"""The time of a line, in milliseconds, and what an expression is for it."""


@dataclass(frozen=True)
class Aggregate:
    """A function of `stats`.

    Attributes:
        apply: Gets what its argument is for each line, and the constants after it.
        constants: Numbers that follow the argument.
        star: Whether it may count lines as such, without an argument or with `*`.
    """

    apply: Callable[..., Value]
    constants: int = 0
    star: bool = False


def _present(values: Sequence[Timed]) -> list[Value]:
    return [value for _, value in values if value is not None]


def _numbers(values: Sequence[Timed]) -> list[float]:
    return [counted for _, value in values if (counted := number(value)) is not None]


def _average(values: Sequence[Timed]) -> Value:
    numbers = _numbers(values)
    total = _added(numbers)
    return total / len(numbers) if numbers and total is not None else None


def _sum(values: Sequence[Timed]) -> Value:
    numbers = _numbers(values)
    if all(isinstance(each, int) for each in numbers):
        return sum(numbers) if numbers else None
    return _added(numbers)


def _added(numbers: Sequence[float]) -> float | None:
    try:
        return math.fsum(numbers)
    except OverflowError:
        return None


def _deviation(values: Sequence[Timed]) -> Value:
    numbers = _numbers(values)
    if len(numbers) < 2:
        return 0 if numbers else None
    return statistics.stdev(numbers)


def _percentile(values: Sequence[Timed], percent: float) -> Value:
    numbers = sorted(_numbers(values))
    if not numbers:
        return None
    return numbers[max(1, math.ceil(len(numbers) * percent / 100)) - 1]


def _extreme(choose: Callable[..., Value]) -> Callable[[Sequence[Timed]], Value]:
    """Of numbers where there are any: texts beside them are no measurements."""

    def apply(values: Sequence[Timed]) -> Value:
        present = _present(values)
        counted = [value for value in present if number(value) is not None]
        return choose(counted or present, key=rank, default=None)

    return apply


def _first(values: Sequence[Timed]) -> Value:
    present = [each for each in values if each[1] is not None]
    return min(present, key=lambda each: each[0])[1] if present else None


def _last(values: Sequence[Timed]) -> Value:
    present = [each for each in reversed(values) if each[1] is not None]
    return max(present, key=lambda each: each[0])[1] if present else None


AGGREGATES: Mapping[str, Aggregate] = {
    "count": Aggregate(lambda values: len(_present(values)), star=True),
    "count_distinct": Aggregate(lambda values: len({shown(value) for value in _present(values)})),
    "sum": Aggregate(_sum),
    "avg": Aggregate(_average),
    "min": Aggregate(_extreme(min)),
    "max": Aggregate(_extreme(max)),
    "pct": Aggregate(_percentile, constants=1),
    "stddev": Aggregate(_deviation),
    "earliest": Aggregate(_first),
    "latest": Aggregate(_last),
    "sortsfirst": Aggregate(lambda values: min(_present(values), key=rank, default=None)),
    "sortslast": Aggregate(lambda values: max(_present(values), key=rank, default=None)),
}
