"""Values of metrics on their way to PutMetricData, in as few requests as its limits allow.

No library serves: the SDK takes what is within the limits, and Powertools only writes lines of a log.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

# PutMetricData and MetricDatum, 2026-11: a megabyte, of which the request's own fields take some.
MOST_METRICS = 1000
MOST_VALUES = 150
MOST_BYTES = 900_000
MOST_DIMENSIONS = 30
PAST_MS = 14 * 24 * 3600 * 1000
FUTURE_MS = 2 * 3600 * 1000
LARGEST = 2.0**360
_SIZES = [f"{size}{of}" for of in ("bytes", "bits") for size in ("", "kilo", "mega", "giga", "tera")]
UNITS = frozenset(
    [
        *("None", "Count", "Percent", "Seconds", "Microseconds", "Milliseconds", "Count/Second"),
        *(f"{size.capitalize()}{rate}" for size in _SIZES for rate in ("", "/Second")),
    ]
)

Request = Mapping[str, Any]
"""The input of one PutMetricData."""


@dataclass(frozen=True)
class Metric:
    """A metric, with what its values are stored by.

    Attributes:
        namespace: Of the metric.
        name: Of the metric.
        dimensions: Names and values, sorted by name.
        unit: As CloudWatch calls it.
        resolution_seconds: 1 or 60.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    unit: str = "None"
    resolution_seconds: int = 60


@dataclass(frozen=True)
class Datum:
    """Values of a metric at one time.

    Attributes:
        metric: Which.
        at_ms: Milliseconds since the epoch.
        values: One or more.
    """

    metric: Metric
    at_ms: int
    values: tuple[float, ...]


def is_in_time(at_ms: float, now_ms: int) -> bool:
    """Whether CloudWatch takes values of that time: of the last two weeks and the next two hours."""
    return now_ms - PAST_MS <= at_ms <= now_ms + FUTURE_MS


def is_number(value: Any) -> TypeGuard[float]:
    """Whether CloudWatch takes a value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def put_requests(data: Iterable[Datum]) -> Iterator[Request]:
    """What to put, equal values of one metric and second counted together.

    Args:
        data: Of any metrics, in any order.

    Yields:
        Inputs for PutMetricData, one namespace each.
    """
    counted: dict[str, dict[tuple[Metric, int], Counter[float]]] = {}
    for datum in data:
        key = (datum.metric, datum.at_ms // 1000)
        counted.setdefault(datum.metric.namespace, {}).setdefault(key, Counter()).update(datum.values)
    for namespace, metrics in counted.items():
        batch, size = list[dict[str, Any]](), 0
        for entry in _entries(metrics):
            length = len(json.dumps(entry))
            if len(batch) == MOST_METRICS or (batch and size + length > MOST_BYTES):
                yield {"Namespace": namespace, "MetricData": batch}
                batch, size = [], 0
            batch.append(entry)
            size += length
        yield {"Namespace": namespace, "MetricData": batch}


def _entries(metrics: Mapping[tuple[Metric, int], Counter[float]]) -> Iterator[dict[str, Any]]:
    for (metric, second), values in metrics.items():
        several = list(values.items())
        for start in range(0, len(several), MOST_VALUES):
            part = several[start : start + MOST_VALUES]
            yield {
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
                "Timestamp": second,
                "Values": [value for value, _ in part],
                "Counts": [count for _, count in part],
                "Unit": metric.unit,
                "StorageResolution": metric.resolution_seconds,
            }
