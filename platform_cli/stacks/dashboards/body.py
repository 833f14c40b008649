"""A dashboard as CloudWatch reads it: the grid, the metrics' arrays, the limits.

«Dashboard Body Structure and Syntax», CloudWatch API reference, 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from platform_cli.stacks.dashboards.parts import COLUMNS, AlarmStates, Board, Graph, Line, Text, Widget

MOST_WIDGETS = 500
MOST_METRICS = 500
"""On one graph, and so that it opens quickly on one dashboard, which CloudWatch would let have 2,500.

«CloudWatch service quotas», dashboards, 2026-11: 500 widgets, 500 metrics of each, 2,500 of all.
"""
MOST_BYTES = 200_000
"""Of a body: CloudFormation takes 1 MB of template, and all dashboards of a system are in one."""
START = "-PT12H"


def body(board: Board, region: str) -> dict[str, Any]:
    """The body of a dashboard, before it becomes text.

    Args:
        board: What is on it.
        region: Whose metrics it shows.
    """
    return {
        "start": START,
        "periodOverride": "inherit",
        "widgets": [
            {"type": _kind(widget), "x": x, "y": y, "width": widget.width, "height": widget.height}
            | {"properties": _properties(widget, region)}
            for widget, x, y in placed(board.widgets)
        ],
    }


def text_of(content: dict[str, Any]) -> str:
    """The body as text, without a character that is not needed."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def placed(widgets: Sequence[Widget]) -> Iterator[tuple[Widget, int, int]]:
    """Widgets with column and row: from left to right, a new row where one does not fit."""
    x = y = tallest = 0
    for widget in widgets:
        if x + widget.width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        yield widget, x, y
        x, tallest = x + widget.width, max(tallest, widget.height)


def _kind(widget: Widget) -> str:
    if isinstance(widget, Text):
        return "text"
    return "alarm" if isinstance(widget, AlarmStates) else "metric"


def _properties(widget: Widget, region: str) -> dict[str, Any]:
    if isinstance(widget, Text):
        return {"markdown": widget.markdown, "background": "transparent"}
    if isinstance(widget, AlarmStates):
        return {"title": widget.title, "alarms": list(widget.arns), "sortBy": "stateUpdatedTimestamp"}
    found: dict[str, Any] = {
        "title": widget.title,
        "region": region,
        "view": "singleValue" if widget.view == "numbers" else "timeSeries",
        "period": widget.period_seconds,
        "metrics": [entry for number, line in enumerate(widget.lines) for entry in _entries(number, line)],
    }
    if widget.view == "numbers":
        # CloudWatch takes one or the other.
        found |= {"setPeriodToTimeRange": True} if widget.days else {"sparkline": True}
    else:
        found |= {"stacked": widget.view == "areas", "legend": {"position": "bottom"}, "yAxis": _axes(widget)}
    if widget.days:
        found |= {"start": f"-P{widget.days}D", "end": "P0D"}
    if widget.thresholds:
        found["annotations"] = {
            "horizontal": [
                {"value": line.value, "label": line.label, "color": line.colour} for line in widget.thresholds
            ]
        }
    return found


def _axes(graph: Graph) -> dict[str, Any]:
    left: dict[str, Any] = {"min": 0}
    if graph.unit:
        left |= {"label": graph.unit, "showUnits": False}
    if not any(line.right for line in graph.lines):
        return {"left": left}
    right: dict[str, Any] = {"min": 0}
    if graph.right_unit:
        right |= {"label": graph.right_unit, "showUnits": False}
    return {"left": left, "right": right}


def _entries(number: int, line: Line) -> Iterator[list[Any]]:
    """A line's metrics, hidden where an expression is what is shown."""
    look: dict[str, Any] = {"label": line.label, "color": line.colour}
    if line.right:
        look["yAxis"] = "right"
    ids = {word: f"m{number}x{place}" for place, (word, _) in enumerate(line.metrics)}
    if line.expression:
        yield [look | {"expression": line.expression.format(**ids), "id": f"e{number}"}]
    for word, metric in line.metrics:
        names = [part for dimension in metric.dimensions for part in dimension]
        own = {"visible": False} if line.expression else look
        if metric.region:
            own = own | {"region": metric.region}
        yield [metric.namespace, metric.name, *names, own | {"id": ids[word], "stat": metric.statistic}]
