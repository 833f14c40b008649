"""Sums and averages of CloudWatch metrics over the last days, many in one call.

In: metrics by a key of the caller's. Out: a figure for each key, and the days that have data.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from platform_cli.aws.clients import Clients
from platform_cli.operate.metric_data import MOST_QUERIES, Points, read_points

_DAY_SECONDS = 86_400
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Metric:
    """A CloudWatch metric and how its points become one figure."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str = "Sum"


@dataclass(frozen=True)
class Series:
    """What a metric said.

    Attributes:
        points: Day and value, in the order of time; a day without data has none.
    """

    points: tuple[tuple[datetime, float], ...] = ()

    @property
    def total(self) -> float:
        """The sum of all days."""
        return sum(value for _, value in self.points)

    @property
    def average(self) -> float | None:
        """The mean of the days that have data; None without any."""
        return self.total / len(self.points) if self.points else None

    @property
    def greatest(self) -> float | None:
        """The greatest day; None without any."""
        return max((value for _, value in self.points), default=None)

    @property
    def last(self) -> float | None:
        """The last day; None without any."""
        return self.points[-1][1] if self.points else None


def read_metrics(metrics: Mapping[K, Metric], clients: Clients, now: datetime, days: int) -> dict[K, Series]:
    """Read metrics by day.

    Args:
        metrics: What to read, by any key.
        clients: Of the environment.
        now: The end of the period.
        days: Its length.

    Returns:
        A series for each key; one without points where CloudWatch has no data.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    keys = list(metrics)
    found: dict[K, Series] = {}
    for start in range(0, len(keys), MOST_QUERIES):
        some = keys[start : start + MOST_QUERIES]
        values = _read([metrics[key] for key in some], clients, now, days)
        found.update({key: Series(tuple(values.get(f"m{i}", {}).items())) for i, key in enumerate(some)})
    return found


def _read(metrics: Sequence[Metric], clients: Clients, now: datetime, days: int) -> dict[str, Points]:
    # From midnight on, since CloudWatch counts the days of a longer period from where it begins.
    begin = (now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    return read_points([_query(index, metric) for index, metric in enumerate(metrics)], clients, begin, now)


def _query(index: int, metric: Metric) -> dict[str, Any]:
    return {
        "Id": f"m{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            },
            "Period": _DAY_SECONDS,
            "Stat": metric.statistic,
        },
    }
