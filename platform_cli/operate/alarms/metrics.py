"""What an alarm looks at: its metrics' values, and how often they would have set it off."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.operate.alarms.reading import AlarmStatus, there
from platform_cli.operate.metric_data import MOST_POINTS, MOST_QUERIES, read_points

_DEFAULT_SECONDS = 300
_AT_ONCE = 4
"""Requests; CloudWatch also limits how many points are read in a second."""
_Asked = tuple[AlarmStatus, list[dict[str, Any]]]
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True)
class Series:
    """Values of an alarm's metric or expression.

    Attributes:
        values: By the begin of their periods.
        has_data: Whether any of its metrics had a value at all, also where an expression fills the gaps.
    """

    values: Mapping[datetime, float]
    has_data: bool


def read_series(
    alarms: Sequence[AlarmStatus], clients: Clients, *, periods: int | None, since: datetime, until: datetime
) -> dict[str, Series]:
    """Values of alarms by name; composite alarms have none, and are left out.

    Args:
        alarms: Whose.
        clients: Of the environment.
        periods: Only so many of the latest, for each alarm by its own period; None takes all.
        since: From when on, where not `periods` says it.
        until: Up to when.

    Raises:
        PlatformError: What AWS refuses.
    """
    groups: dict[tuple[str, datetime], list[_Asked]] = {}
    for number, alarm in enumerate(alarms):
        if queries := _queries(alarm, f"a{number}"):
            begin = until - timedelta(seconds=periods * period_of(alarm)) if periods else since
            groups.setdefault((alarm.region, begin), []).append((alarm, queries))
    asked = [
        (there(region, clients), begin, part)
        for (region, begin), group in groups.items()
        for part in _parts(group, until - begin)
    ]
    found: dict[str, Series] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for read in pool.map(lambda one: _read(one[2], one[0], one[1], until), asked):
            found |= read
    return found


def period_of(alarm: AlarmStatus) -> int:
    """Seconds of a period of the alarm."""
    document = alarm.document
    told = document.get("Period") or next(
        (q.get("Period") or q.get("MetricStat", {}).get("Period") for q in document.get("Metrics") or ()),
        None,
    )
    return int(told or _DEFAULT_SECONDS)


def share_on(alarm: AlarmStatus, series: Series, since: datetime, until: datetime) -> float:
    """The share of the time for which an alarm with these values would have been on, from 0 to 1.

    M of the last N points must be bad, as CloudWatch counts; a missing point is what the alarm says that it
    is, and one that is ignored leaves the alarm as it was.
    """
    document = alarm.document
    compare, threshold = _COMPARE.get(str(document.get("ComparisonOperator"))), document.get("Threshold")
    if compare is None or threshold is None:
        return 0.0
    wanted = int(document.get("EvaluationPeriods") or 1)
    enough = int(document.get("DatapointsToAlarm") or wanted)
    missing = {"breaching": True, "notBreaching": False}.get(str(document.get("TreatMissingData")))
    step = timedelta(seconds=period_of(alarm))
    points: list[bool | None] = []
    at = min(series.values, default=since)
    while at < until:
        value = series.values.get(at)
        points.append(missing if value is None else compare(value, float(threshold)))
        at += step
    on, was = 0, False
    for number in range(len(points)):
        known = [point for point in points[max(0, number + 1 - wanted) : number + 1] if point is not None]
        was = sum(known) >= enough if known else was
        on += was
    return on / len(points) if points else 0.0


def nearest(alarm: AlarmStatus, series: Series) -> float | None:
    """How near the values came to the threshold: 1 touches it; None where that means nothing."""
    document = alarm.document
    threshold = document.get("Threshold")
    if not series.values or not threshold or "ComparisonOperator" not in document:
        return None
    if str(document["ComparisonOperator"]).startswith("Less"):
        lowest = min(series.values.values())
        return float(threshold) / lowest if lowest > 0 else None
    return max(series.values.values()) / float(threshold)


def _queries(alarm: AlarmStatus, mark: str) -> list[dict[str, Any]]:
    """The alarm's own queries, under ids that no other alarm has."""
    document = alarm.document
    if document.get("MetricName"):
        return [
            {
                "Id": f"{mark}_value",
                "MetricStat": {
                    "Metric": {
                        "Namespace": document["Namespace"],
                        "MetricName": document["MetricName"],
                        "Dimensions": list(document.get("Dimensions") or ()),
                    },
                    "Period": int(document["Period"]),
                    "Stat": document.get("ExtendedStatistic") or document.get("Statistic"),
                },
                "ReturnData": True,
            }
        ]
    told = list(document.get("Metrics") or ())
    names = sorted((query["Id"] for query in told), key=len, reverse=True)
    found = []
    for query in told:
        copy = {key: query[key] for key in ("MetricStat", "Expression", "Period") if key in query}
        if "Expression" in copy:
            copy["Expression"] = _renamed(str(copy["Expression"]), names, mark)
        found.append({"Id": f"{mark}_{query['Id']}", **copy, "ReturnData": True})
    return found


def _renamed(expression: str, names: Sequence[str], mark: str) -> str:
    alternatives = "|".join(re.escape(name) for name in names)
    return re.sub(rf"\b({alternatives})\b(?!\()", lambda match: f"{mark}_{match[0]}", expression)


def _parts(group: Sequence[_Asked], span: timedelta) -> Iterator[list[_Asked]]:
    """Requests of as much as one page answers; the queries of an alarm stay together."""
    part: list[_Asked] = []
    size = points = 0
    for alarm, queries in group:
        more = len(queries) * int(span.total_seconds() // period_of(alarm))
        if part and (size + len(queries) > MOST_QUERIES or points + more > MOST_POINTS):
            yield part
            part, size, points = [], 0, 0
        part.append((alarm, queries))
        size, points = size + len(queries), points + more
    if part:
        yield part


def _read(part: Sequence[_Asked], clients: Clients, since: datetime, until: datetime) -> dict[str, Series]:
    asked = [query for _, queries in part for query in queries]
    values = read_points(asked, clients, since, until, "reading the metrics of alarms")
    found = {}
    for alarm, queries in part:
        shown = _shown(alarm, queries)
        metrics = [query["Id"] for query in queries if "MetricStat" in query]
        found[alarm.name] = Series(values.get(shown, {}), any(values.get(metric) for metric in metrics))
    return found


def _shown(alarm: AlarmStatus, queries: Sequence[Mapping[str, Any]]) -> str:
    """The query that the alarm compares with its threshold."""
    told = list(alarm.document.get("Metrics") or ())
    for query, asked in zip(told, queries, strict=False):
        if query.get("ReturnData", True):
            return str(asked["Id"])
    return str(queries[0]["Id"])
