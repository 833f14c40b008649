"""The page of `platform dashboards preview`: dashboards in the grid of CloudWatch; one file, no script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.series_chart import UNIT, series_chart, short, sparkline
from platform_cli.cli.rendering.words import moment

if TYPE_CHECKING:
    from platform_cli.operate.dashboards.panels import Panel
    from platform_cli.operate.dashboards.previewing import Preview

_GAP = 8
_HEAD = 26
"""Pixels of a title."""
_STYLE = """
:root { color-scheme: light dark; --text: #1c2430; --dim: #5b6675; --back: #eef0f3; --card: #fff;
  --grid: #e4e7eb; --good: #14804a; --link: #2f6bd0; --note: #fff3cd; --note-text: #664d03; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --dim: #9aa5b4; --back: #14181e;
  --card: #1c222b; --grid: #323b47; --good: #5fcf92; --link: #8ab4f8; --note: #3d3413;
  --note-text: #f3dc94; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1440px; min-width: 1180px; padding: 16px 20px 40px;
  background: var(--back); color: var(--text);
  font: 14px/1.45 system-ui, sans-serif; }
header { display: flex; gap: 16px; align-items: baseline; flex-wrap: wrap; margin: 0 0 8px; }
header h1 { font-size: 19px; margin: 0; } nav a { margin-right: 12px; }
a { color: var(--link); } .dim { color: var(--dim); font-size: 13px; }
.note { background: var(--note); color: var(--note-text); padding: 6px 12px; border-radius: 6px;
  margin: 0 0 10px; }
.board { margin: 0 0 44px; } .board > h2 { font-size: 16px; margin: 22px 0 8px; }
.grid24 { display: grid; grid-template-columns: repeat(24, 1fr); gap: 8px;
  grid-auto-rows: clamp(45px, 3.6vw, 50px); }
.panel { background: var(--card); border-radius: 6px; padding: 6px 8px; overflow: hidden; }
.panel.of-text { background: none; padding: 4px 2px; align-self: end; }
.panel h3 { font-size: 13px; font-weight: 600; margin: 0; height: 20px; white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis; }
.of-text h1, .of-text h2 { margin: 0; font-size: 18px; line-height: 1.3; } .of-text h2 { font-size: 15px;
  color: var(--dim); }
svg { display: block; width: 100%; } svg text { fill: var(--dim); font-size: 11px; }
  svg .name { fill: var(--text); }
svg .none { text-anchor: middle; font-size: 13px; } .axis { stroke: var(--dim); }
  .grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 1.6; } .limit { stroke-dasharray: 5 4; stroke-width: 1.2; }
.numbers { display: flex; gap: 14px; height: calc(100% - 20px); }
.number { flex: 1; min-width: 0; display: flex; flex-direction: column; justify-content: center; }
.number b { font-size: 24px; line-height: 1.1; font-weight: 600; } .number .spark { height: 30px; }
.number span { font-size: 12px; color: var(--dim); white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.alarms { display: flex; flex-wrap: wrap; gap: 5px; overflow: hidden; max-height: calc(100% - 20px); }
.alarm { font-size: 11px; padding: 1px 7px; border-radius: 4px; border-left: 4px solid var(--dim);
  background: var(--back); white-space: nowrap; }
.alarm.OK { border-color: var(--good); } .alarm.ALARM { border-color: #d62728; background: #d62728;
  color: #fff; }
"""


def page(preview: Preview) -> str:
    """The page, with a part for each dashboard."""
    title = f"Dashboards of {preview.system} in {preview.environment}"
    links = "".join(f'<a href="#{escape(b.name, quote=True)}">{escape(b.name)}</a>' for b in preview.boards)
    span = f"the {preview.hours} hours before {moment(preview.now)}"
    said = (
        f"Measured: what CloudWatch had for {span}."
        if preview.measured
        else f"Sample data: each value and state here is made up, for {span}. Only the layout is real."
    )
    boards = "".join(
        f'<section class="board" id="{escape(board.name, quote=True)}">'
        f"<h2>{escape(board.physical_name)}{_made(made=board.made)}</h2>"
        f'<div class="grid24">{_grid(board.panels, preview.states)}</div></section>'
        for board in preview.boards
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=1280">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{escape(title)}</h1><nav>{links}</nav></header>"
        f'<p class="{"dim" if preview.measured else "note"}">{escape(said)}</p>{boards}</body></html>\n'
    )


def _made(*, made: bool) -> str:
    return "" if made else ' <span class="dim">not made in this environment</span>'


def _grid(panels: Sequence[Panel], states: Mapping[str, str]) -> str:
    return "".join(_panel(panel, states) for panel in panels)


def _panel(panel: Panel, states: Mapping[str, str]) -> str:
    place = f"grid-column:{panel.x + 1}/span {panel.width};grid-row:{panel.y + 1}/span {panel.height}"
    return f'<div class="panel of-{panel.kind}" style="{place}">{_content(panel, states)}</div>'


def _content(panel: Panel, states: Mapping[str, str]) -> str:
    head = f"<h3>{escape(panel.title)}</h3>"
    if panel.kind == "text":
        return _markdown(panel.text)
    if panel.kind == "alarms":
        fields = "".join(
            f'<span class="alarm {escape(states.get(name, "OK"), quote=True)}">{escape(name)}</span>'
            for name in panel.alarms
        )
        return f'{head}<div class="alarms">{fields}</div>'
    if panel.kind == "numbers":
        return (
            f'{head}<div class="numbers">{"".join(_number(panel, i) for i in range(len(panel.curves)))}</div>'
        )
    wide = panel.width * (UNIT + _GAP + 1) - _GAP - 16
    return head + series_chart(panel, wide, panel.height * (UNIT + _GAP) - _GAP - _HEAD - 6)


def _number(panel: Panel, number: int) -> str:
    curve = panel.curves[number]
    value = "–" if curve.latest is None else short(curve.latest)
    spark = "" if panel.days else sparkline(curve, 160, 30)
    colour = escape(curve.colour, quote=True)
    return (
        f'<div class="number"><b style="color:{colour}">{value}</b>{spark}'
        f"<span>{escape(curve.label)}</span></div>"
    )


def _markdown(text: str) -> str:
    """Headings and links, which is what this tool writes; the rest as it stands."""
    found: list[str] = []
    for line in text.splitlines():
        marks = len(line) - len(line.lstrip("#"))
        shown = _LINK.sub(_link, escape(line[marks:].strip()))
        found.append(f"<h{marks}>{shown}</h{marks}>" if 0 < marks < 3 else f"<p class='dim'>{shown}</p>")
    return "".join(found)


_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def _link(match: re.Match[str]) -> str:
    """Links between dashboards lead to the parts of this page; others stay what they are."""
    name, target = match[1], match[2]
    if target.startswith("#dashboards:name="):
        return f'<a href="#{name}">{name}</a>'
    return f'<a href="{target}">{name}</a>' if target.startswith("https://") else name
