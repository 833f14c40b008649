"""What `platform dashboards` shows in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from platform_cli.blueprint.consoles import cloudwatch_console
from platform_cli.cli.rendering.series_chart import short
from platform_cli.cli.rendering.sparkline import sparkline
from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from pathlib import Path

    from platform_cli.blueprint.resolved import ResolvedEnvironment
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.dashboards.panels import Curve, Panel
    from platform_cli.operate.dashboards.previewing import DrawnBoard, Preview

_LABEL = 26
_BAD = "#d62728"
"""The colour of limits beyond which it is bad; others, such as a timeout, have it too."""


def render_list(terminal: Terminal, system: ResolvedEnvironment, names: Sequence[str]) -> None:
    """Show which dashboards there are, and where."""
    from platform_cli.blueprint.dashboards import dashboard_names
    from platform_cli.stacks.dashboards.catalog import dashboard_name

    made = dashboard_names(system)
    rows = [
        {
            "name": name,
            "physical_name": dashboard_name(system, name),
            "made": name in made,
            "url": console_link(system, dashboard_name(system, name)) if name in made else None,
        }
        for name in names
    ]
    if terminal.json:
        terminal.data(rows)
        return
    for row in rows:
        if row["made"]:
            terminal.result(f"{row['name']:<24} {row['url'] or 'in the local AWS, without a console'}")
    left = [str(row["name"]) for row in rows if not row["made"]]
    if left:
        terminal.say(f"not made in {system.environment}: {', '.join(left)}", style="dim")
        terminal.say("`dashboards: { NAME: { enabled: true } }` makes one; preview draws any", style="dim")


def console_link(system: ResolvedEnvironment, physical_name: str) -> str | None:
    """Where the console of CloudWatch shows a dashboard; None where there is no console."""
    place = cloudwatch_console(system)
    return f"{place}#dashboards/dashboard/{quote(physical_name)}" if place else None


def render_written(terminal: Terminal, drawn: Preview, path: Path) -> None:
    """Say where the page is."""
    if terminal.json:
        terminal.data(
            {"path": path, "measured": drawn.measured, "dashboards": [board.name for board in drawn.boards]}
        )
        return
    basis = "measured" if drawn.measured else "sample data"
    terminal.result(f"{path}: {number(len(drawn.boards), 'dashboard')}, {basis}")
    terminal.say(f"open it in a browser: {path.resolve().as_uri()}", style="dim")


def render_board(terminal: Terminal, drawn: Preview) -> None:
    """Draw the figures, a line each, with their shape over time."""
    if terminal.json:
        terminal.data([_board_data(board, drawn) for board in drawn.boards])
        return
    from rich.text import Text

    for board in drawn.boards:
        terminal.result(Text(f"{board.physical_name}  ", style="bold"))
        terminal.result(f"the {drawn.hours} hours before {moment(drawn.now)}", style="dim")
        _render_states(terminal, drawn)
        for panel in board.panels:
            if panel.kind == "text" and panel.text.startswith("## "):
                terminal.result("", Text(panel.text.removeprefix("## "), style="bold"))
            elif panel.curves:
                _render_panel(terminal, panel)


def _render_panel(terminal: Terminal, panel: Panel) -> None:
    from rich.text import Text

    if panel.title:
        unit = f" ({panel.unit})" if panel.unit else ""
        terminal.result(Text(f"  {panel.title}{unit}", style="dim"))
    # Not one that is about less, or about one of the curves alone.
    limits = [line for line in panel.limits if not line.label.endswith("below") and ":" not in line.label]
    limit = min((line.value for line in limits if line.colour == _BAD), default=None)
    for curve in panel.curves:
        terminal.result(_line(curve, limit))


def _line(curve: Curve, limit: float | None) -> Any:
    from rich.text import Text

    label = curve.label if len(curve.label) <= _LABEL else f"{curve.label[: _LABEL - 1]}…"
    line = Text(f"    {label:<{_LABEL}} ")
    if not curve.points:
        return line.append("no data", style="dim")
    values = [value for _, value in curve.points]
    if curve.right:
        limit = None  # it is one of the left axis
    line.append(
        f"{short(values[-1]):>9} ", style="bold red" if limit is not None and values[-1] > limit else "bold"
    )
    line.append(sparkline(values), style=curve.colour)
    bad = limit is not None and max(values) > limit
    line.append(f"  most {short(max(values))}", style="red" if bad else "dim")
    return line


def _render_states(terminal: Terminal, drawn: Preview) -> None:
    on = sorted(name for name, state in drawn.states.items() if state == "ALARM")
    for name in on:
        terminal.result(f"ALARM {name}", style="bold red")
    silent = sum(state not in ("ALARM", "OK") for state in drawn.states.values())
    if silent:
        what = "has no data or is not deployed" if silent == 1 else "have no data or are not deployed"
        terminal.result(f"{silent} of {number(len(drawn.states), 'alarm')} {what}", style="yellow")
    elif drawn.states and not on:
        terminal.result(f"none of {number(len(drawn.states), 'alarm')} is on", style="green")


def _board_data(board: DrawnBoard, drawn: Preview) -> dict[str, Any]:
    return {
        "name": board.name,
        "physical_name": board.physical_name,
        "hours": drawn.hours,
        "alarms": dict(drawn.states),
        "panels": list(_panels_data(board.panels)),
    }


def _panels_data(panels: Iterable[Panel]) -> Iterable[dict[str, Any]]:
    for panel in panels:
        if panel.curves:
            yield {
                "title": panel.title,
                "unit": panel.unit,
                "curves": [
                    {"label": curve.label, "points": [[at, value] for at, value in curve.points]}
                    for curve in panel.curves
                ],
            }
