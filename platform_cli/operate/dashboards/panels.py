"""A dashboard's body as panels: where each stands, and what it shows.

«Dashboard Body Structure and Syntax», CloudWatch API reference, 2026-11, as far as this tool writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["graph", "areas", "numbers", "text", "alarms"]


@dataclass(frozen=True)
class Query:
    """A metric or an expression of a panel, as GetMetricData takes it.

    `region` is where the metric is, if not in the system's own region.
    """

    id: str
    expression: str | None
    metric: Mapping[str, Any] | None
    statistic: str
    shown: bool
    region: str | None = None


@dataclass(frozen=True)
class Curve:
    """A line of a panel.

    Attributes:
        id: Of its query.
        label: In the legend.
        colour: `#rrggbb`.
        right: Whether it belongs to the axis at the right.
        points: Time and value, in the order of time; empty where there is no data.
    """

    id: str
    label: str
    colour: str
    right: bool
    points: tuple[tuple[datetime, float], ...] = ()

    @property
    def latest(self) -> float | None:
        """The last value; None without data."""
        return self.points[-1][1] if self.points else None


@dataclass(frozen=True)
class Limit:
    """A horizontal line."""

    value: float
    label: str
    colour: str


@dataclass(frozen=True)
class Panel:
    """A part of a dashboard; place and size in units of the grid of 24 columns.

    Attributes:
        kind: How it looks.
        title: Above it.
        unit: At the left axis.
        right_unit: At the right axis.
        text: Markdown, of a text.
        alarms: Names, of states of alarms.
        curves: Lines, or numbers.
        limits: Horizontal lines.
        queries: What is asked for the curves.
        period_seconds: Seconds that are one point.
        days: How far back it looks, where not as the whole dashboard.
    """

    kind: Kind
    x: int
    y: int
    width: int
    height: int
    title: str = ""
    unit: str = ""
    text: str = ""
    alarms: tuple[str, ...] = ()
    curves: tuple[Curve, ...] = ()
    limits: tuple[Limit, ...] = ()
    queries: tuple[Query, ...] = ()
    period_seconds: int = 300
    days: int | None = None
    right_unit: str = ""


def panels_of(body: Mapping[str, Any]) -> tuple[Panel, ...]:
    """The panels of a body."""
    return tuple(_panel(widget) for widget in body["widgets"])


def _panel(widget: Mapping[str, Any]) -> Panel:
    properties = widget["properties"]
    place = (widget["x"], widget["y"], widget["width"], widget["height"])
    title = properties.get("title", "")
    if widget["type"] == "text":
        return Panel("text", *place, text=properties["markdown"])
    if widget["type"] == "alarm":
        names = tuple(arn.rpartition(":alarm:")[2] for arn in properties["alarms"])
        return Panel("alarms", *place, title=title, alarms=names)
    queries = tuple(_query(entry) for entry in properties["metrics"])
    numbers = properties["view"] == "singleValue"
    start = str(properties.get("start", ""))
    return Panel(
        "numbers" if numbers else "areas" if properties.get("stacked") else "graph",
        *place,
        title=title,
        unit=properties.get("yAxis", {}).get("left", {}).get("label", ""),
        right_unit=properties.get("yAxis", {}).get("right", {}).get("label", ""),
        curves=tuple(_curve(entry) for entry in properties["metrics"] if _is_shown(entry)),
        limits=tuple(
            Limit(float(line["value"]), line["label"], line["color"])
            for line in properties.get("annotations", {}).get("horizontal", ())
        ),
        queries=queries,
        period_seconds=int(properties["period"]),
        days=int(start.removeprefix("-P").removesuffix("D")) if start else None,
    )


def _is_shown(entry: Sequence[Any]) -> bool:
    return bool(entry[-1].get("visible", True))


def _curve(entry: Sequence[Any]) -> Curve:
    look = entry[-1]
    return Curve(look["id"], look["label"], look["color"], look.get("yAxis") == "right")


def _query(entry: Sequence[Any]) -> Query:
    look = entry[-1]
    if len(entry) == 1:
        return Query(look["id"], look["expression"], None, "", _is_shown(entry))
    namespace, name, *dimensions = entry[:-1]
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [
            {"Name": dimensions[i], "Value": dimensions[i + 1]} for i in range(0, len(dimensions), 2)
        ],
    }
    return Query(look["id"], None, metric, look["stat"], _is_shown(entry), look.get("region"))
