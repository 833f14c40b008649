"""Whether the metrics that alarms look at ever had a value.

The state of an alarm does not tell: where missing data is taken for good on purpose, an alarm on a metric
that does not exist is OK for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import pages
from platform_cli.operate.alarms.reading import region_of, there
from platform_cli.operate.metric_data import MOST_POINTS, MOST_QUERIES, read_points

KEPT = timedelta(days=455)
"""For so long CloudWatch keeps values by the hour (CloudWatch concepts, metrics retention, 2026-11)."""
_DAY_SECONDS = 86_400
_AT_A_TIME = min(MOST_QUERIES, MOST_POINTS // (KEPT.days + 1))
_AT_ONCE = 4


@dataclass(frozen=True)
class Presence:
    """What is known of the values of an alarm's metrics.

    Attributes:
        last: The day of the last value in 15 months; None if there was none.
        in_use: Whether, where there was none, another metric with the same dimensions had a value in two
            weeks; then this one only counts what has not happened.
    """

    last: datetime | None
    in_use: bool = False

    @property
    def blind(self) -> bool:
        """Whether nothing at all was ever seen of what the alarm watches."""
        return self.last is None and not self.in_use


def read_presence(
    documents: Iterable[Mapping[str, Any]], clients: Clients, until: datetime
) -> dict[str, Presence]:
    """What is known of the values of alarms, by their names.

    Args:
        documents: Alarms as CloudWatch describes them; those that look at no metric are left out.
        clients: Of the environment.
        until: Up to when.

    Raises:
        PlatformError: What AWS refuses.
    """
    found: dict[str, Presence] = {}
    by_region: dict[str, list[Mapping[str, Any]]] = {}
    for document in documents:
        by_region.setdefault(region_of(str(document.get("AlarmArn") or "")), []).append(document)
    for region, told in by_region.items():
        found |= _presence(told, there(region, clients), until)
    return found


def _presence(
    documents: Iterable[Mapping[str, Any]], clients: Clients, until: datetime
) -> dict[str, Presence]:
    watched = {d["AlarmName"]: metrics for d in documents if (metrics := dict(_metrics(d)))}
    asked = {key: metric for metrics in watched.values() for key, metric in metrics.items()}
    last = _last_days(asked, clients, until)
    days = {
        name: max((last[key] for key in metrics if key in last), default=None)
        for name, metrics in watched.items()
    }
    silent = {
        _place(m): m for name, metrics in watched.items() if days[name] is None for m in metrics.values()
    }
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        used = dict(zip(silent, pool.map(lambda m: _in_use(m, clients), silent.values()), strict=True))
    return {
        name: Presence(days[name], any(used.get(_place(m), False) for m in metrics.values()))
        for name, metrics in watched.items()
    }


def _metrics(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The metrics of an alarm, each under a key that it shares with the same metric of another."""
    told = [query["MetricStat"]["Metric"] for query in document.get("Metrics") or () if "MetricStat" in query]
    if document.get("MetricName"):
        told.append(document)
    for metric in told:
        kept = {
            "Namespace": metric["Namespace"],
            "MetricName": metric["MetricName"],
            "Dimensions": _dimensions(metric),
        }
        yield json.dumps(kept), kept


def _last_days(
    metrics: Mapping[str, dict[str, Any]], clients: Clients, until: datetime
) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    keys = list(metrics)
    for at in range(0, len(keys), _AT_A_TIME):
        part = {f"m{number}": key for number, key in enumerate(keys[at : at + _AT_A_TIME])}
        queries = [
            {
                "Id": name,
                "MetricStat": {"Metric": metrics[key], "Period": _DAY_SECONDS, "Stat": "SampleCount"},
            }
            for name, key in part.items()
        ]
        points = read_points(queries, clients, until - KEPT, until, "looking for values of metrics")
        found |= {part[name]: max(values) for name, values in points.items() if values}
    return found


def _in_use(metric: Mapping[str, Any], clients: Clients) -> bool:
    """Whether any metric has these very dimensions; CloudWatch lists those of the last two weeks."""
    wanted = _dimensions(metric)
    with aws_errors("listing metrics", target=clients.target):
        listed = pages(
            clients.client("cloudwatch").list_metrics,
            "Metrics",
            Namespace=metric["Namespace"],
            Dimensions=wanted,
        )
        return any(_dimensions(other) == wanted for other in listed)


def _dimensions(metric: Mapping[str, Any]) -> list[dict[str, str]]:
    told: Sequence[Mapping[str, str]] = metric.get("Dimensions") or ()
    return sorted(({"Name": d["Name"], "Value": d["Value"]} for d in told), key=lambda d: d["Name"])


def _place(metric: Mapping[str, Any]) -> str:
    return json.dumps([metric["Namespace"], metric["Dimensions"]])
