"""What a dashboard is made of: metrics, lines, graphs, headings, states of alarms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

_FEWEST_ROWS = 3
_THREE = 3
_ALARMS_A_ROW = 9
"""States of alarms that a row of the grid shows over the whole width, two above each other."""
COLUMNS = 24
"""Of CloudWatch's grid (Dashboard Body Structure, 2026-11)."""

# One meaning, one colour, on every dashboard. Things of a kind (functions, tables) have the others in turn.
TRAFFIC = "#1f77b4"
BAD = "#d62728"
DOUBTFUL = "#ff7f0e"
GOOD = "#2ca02c"
AVERAGE = "#17becf"
SLOWEST = "#9467bd"
SECOND = "#8c564b"
"""What stands beside traffic: writes beside reads."""
TOGETHER = "#7f7f7f"
"""All things of a graph together."""
_STRONG = ("#1f77b4", "#17becf", "#9467bd", "#8c564b", "#e377c2", "#bcbd22", "#393b79", "#637939", "#7b4173")
_PALE = ("#6baed6", "#9c9ede", "#c49c94", "#f7b6d2", "#b5cf6b", "#e7ba52")
_THINGS = (*_STRONG, *_PALE)


def colour_of(number: int) -> str:
    """The colour of the thing of a number, among others of its kind; never one that means something."""
    return _THINGS[number % len(_THINGS)]


@dataclass(frozen=True)
class Metric:
    """A metric of CloudWatch, with exactly the dimensions under which it is published.

    `region` is where it is, if not in the system's own region.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str = "Sum"
    region: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of a graph: a metric, or an expression over several.

    Attributes:
        label: In the legend.
        colour: As `#rrggbb`.
        metrics: By the word that the expression has in braces for it; a single one without expression.
        expression: Such as `100 * {errors} / {calls}`.
        right: Whether it belongs to the axis at the right.
    """

    label: str
    colour: str
    metrics: tuple[tuple[str, Metric], ...]
    expression: str | None = None
    right: bool = False


@dataclass(frozen=True)
class Threshold:
    """A horizontal line: an alarm, or what is promised."""

    value: float
    label: str
    colour: str = BAD


@dataclass(frozen=True)
class Graph:
    """Lines over time, or the latest value of each as a number.

    Attributes:
        title: Above it.
        lines: In the order of the legend.
        unit: At the left axis.
        right_unit: At the right axis, where a line belongs to that.
        thresholds: Horizontal lines.
        view: Lines, areas on each other, or numbers.
        width: Columns.
        height: Rows.
        period_seconds: Seconds that are one point.
        days: How far back it looks, where not as the whole dashboard.
    """

    title: str
    lines: tuple[Line, ...]
    unit: str = ""
    thresholds: tuple[Threshold, ...] = ()
    view: Literal["lines", "areas", "numbers"] = "lines"
    width: int = 8
    height: int = 6
    period_seconds: int = 300
    days: int | None = None
    right_unit: str = ""


@dataclass(frozen=True)
class Text:
    """Markdown over the whole width, or as wide as said."""

    markdown: str
    width: int = COLUMNS
    height: int = 1


@dataclass(frozen=True)
class AlarmStates:
    """The states of alarms, each a coloured field."""

    title: str
    arns: tuple[str, ...]
    width: int = COLUMNS
    height: int = 3


Widget = Graph | Text | AlarmStates


@dataclass(frozen=True)
class Board:
    """A dashboard."""

    name: str
    physical_name: str
    title: str
    widgets: tuple[Widget, ...]

    @property
    def metrics(self) -> int:
        """How many metrics it reads; expressions read theirs."""
        graphs = (widget for widget in self.widgets if isinstance(widget, Graph))
        return sum(len(line.metrics) for graph in graphs for line in graph.lines)


def alarm_states(arns: Sequence[str]) -> tuple[AlarmStates, ...]:
    """The states of all of these alarms, high enough for each to be seen; nothing without any."""
    height = max(_FEWEST_ROWS, 1 + ceil(len(arns) / _ALARMS_A_ROW))
    return (AlarmStates("Alarms", tuple(arns), height=height),) if arns else ()


def section(title: str, widgets: Sequence[Widget | None]) -> tuple[Widget, ...]:
    """A heading and what stands under it, in rows without an empty end; nothing where nothing does."""
    there = tuple(
        widget
        for widget in widgets
        if widget is not None and not (isinstance(widget, Graph) and not widget.lines)
    )
    return (Text(f"## {title}"), *filled(there)) if there else ()


def filled(widgets: Sequence[Widget]) -> tuple[Widget, ...]:
    """Graphs as wide as their row has room for; a last one that would stand alone joins the row before."""
    rows: list[list[Widget]] = []
    for widget in widgets:
        if not rows or _width(rows[-1]) + widget.width > COLUMNS:
            rows.append([])
        rows[-1].append(widget)
    if len(rows) > 1 and len(rows[-1]) == 1 and len(rows[-2]) == _THREE and _are_graphs(rows[-2] + rows[-1]):
        rows[-2:] = [rows[-2] + rows[-1]]
    return tuple(widget for row in rows for widget in _spread(row))


def _spread(row: Sequence[Widget]) -> Iterator[Widget]:
    if _width(row) == COLUMNS or not _are_graphs(row):
        yield from row
        return
    for widget in row:
        yield replace(widget, width=COLUMNS // len(row))


def _are_graphs(row: Sequence[Widget]) -> bool:
    """Whether they can have another width, all of them the same."""
    return all(isinstance(widget, Graph) for widget in row) and len({widget.width for widget in row}) == 1


def _width(row: Sequence[Widget]) -> int:
    return sum(widget.width for widget in row)


def single(label: str, colour: str, metric: Metric, *, right: bool = False) -> Line:
    """A line that is a metric as it is."""
    return Line(label, colour, (("m", metric),), right=right)
