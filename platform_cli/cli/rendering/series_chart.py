"""Lines over time as SVG text, in the size of their place on a dashboard; no script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_cli.operate.dashboards.panels import Curve, Limit, Panel

UNIT = 50
"""Pixels of a column and a row."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 10, 24
_MARKS = 4
_CHARACTER = 6.1
_LINE = 16
_LEGEND_ROWS = 3


@dataclass(frozen=True)
class _Layer:
    """A curve as it is drawn: time, where it begins, where it ends."""

    curve: Curve
    points: tuple[tuple[datetime, float, float], ...]
    stacked: bool


def series_chart(panel: Panel, width: int, height: int) -> str:
    """The curves of a panel with axes, limits and a legend.

    Args:
        panel: With its points.
        width: Pixels.
        height: Pixels.
    """
    rows = _legend_rows(panel.curves, width)
    bottom = height - _BOTTOM - _LINE * len(rows)
    left = _layers([c for c in panel.curves if not c.right], stacked=panel.kind == "areas")
    right = _layers([c for c in panel.curves if c.right], stacked=False)
    wide = width - (_LEFT if right else _RIGHT)
    tops = (_top([*_highs(left), *(limit.value for limit in panel.limits)]), _top(_highs(right)))
    parts = [*_grid(tops[0], bottom, wide, panel.unit)]
    if right:
        parts += _right_axis(tops[1], bottom, wide, panel.right_unit)
    times = [at for layers in (left, right) for layer in layers for at, _, _ in layer.points]
    if times:
        first, last = min(times), max(times)
        parts += _hours(first, last, bottom, wide)
        for layers, top in ((left, tops[0]), (right, tops[1])):
            for layer in reversed(layers):
                parts += _drawn(layer, first, last, (bottom, wide, top))
    else:
        parts.append(f'<text class="none" x="{(_LEFT + wide) / 2:.0f}" y="{bottom / 2:.0f}">no data</text>')
    for limit in panel.limits:
        parts += _limit(limit, _y(limit.value, tops[0], bottom), wide)
    parts += _legend(rows, bottom + _BOTTOM)
    title = escape(panel.title, quote=True)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{"".join(parts)}</svg>'


def sparkline(curve: Curve, width: int, height: int) -> str:
    """The shape of a curve alone."""
    values = [value for _, value in curve.points]
    if len(values) < 2:
        return ""
    top = _top(values)
    step = width / (len(values) - 1)
    line = " ".join(
        f"{'M' if i == 0 else 'L'}{i * step:.1f} {height - 2 - value / top * (height - 4):.1f}"
        for i, value in enumerate(values)
    )
    colour = escape(curve.colour, quote=True)
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path style="fill:{colour};opacity:.15" d="{line} V{height}H0Z"/>'
        f'<path class="line" style="stroke:{colour}" d="{line}"/></svg>'
    )


def short(value: float) -> str:
    """A number as long as it needs to be: `1.2k`, `0.05`, `340`."""
    size = abs(value)
    for least, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= least:
            return f"{value / (1e3 if letter == 'k' else least):.3g}{letter}"
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _layers(curves: Sequence[Curve], *, stacked: bool) -> list[_Layer]:
    """Each curve from where it begins: from zero, or from the top of those before it."""
    below: dict[datetime, float] = {}
    found = []
    for curve in curves:
        points = []
        for at, value in curve.points:
            low = below.get(at, 0.0) if stacked else 0.0
            points.append((at, low, low + value))
            below[at] = low + value
        found.append(_Layer(curve, tuple(points), stacked))
    return found


def _highs(layers: Sequence[_Layer]) -> list[float]:
    return [high for layer in layers for _, _, high in layer.points]


def _top(values: Sequence[float]) -> float:
    """A number above all values, of which a quarter is round too."""
    most = max(values, default=0.0)
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(
        power * digit for digit in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12) if power * digit >= most * 1.02
    )


def _y(value: float, top: float, bottom: float) -> float:
    return bottom - max(0.0, min(value, top)) / top * (bottom - _TOP)


def _grid(top: float, bottom: float, wide: float, unit: str) -> list[str]:
    parts = []
    for number in range(_MARKS + 1):
        y = _y(top * number / _MARKS, top, bottom)
        parts.append(f'<path class="{"axis" if number == 0 else "grid"}" d="M{_LEFT} {y:.1f}H{wide}"/>')
        label = short(top * number / _MARKS)
        parts.append(f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    if unit:
        parts.append(_unit(unit, 10, bottom))
    return parts


def _unit(unit: str, x: float, bottom: float) -> str:
    """What an axis counts, along it."""
    turned = f'transform="translate({x:.0f} {(bottom + _TOP) / 2:.0f}) rotate(-90)"'
    return f'<text {turned} text-anchor="middle">{escape(unit)}</text>'


def _right_axis(top: float, bottom: float, wide: float, unit: str) -> list[str]:
    parts = [_unit(unit, wide + _LEFT - 4, bottom)] if unit else []
    for number in range(_MARKS + 1):
        y = _y(top * number / _MARKS, top, bottom)
        parts.append(f'<text x="{wide + 5}" y="{y + 4:.1f}">{short(top * number / _MARKS)}</text>')
    return parts


def _hours(first: datetime, last: datetime, bottom: float, wide: float) -> list[str]:
    parts = []
    span = (last - first).total_seconds()
    for number in range(_MARKS + 1):
        x = _LEFT + (wide - _LEFT) * number / _MARKS
        at = first + (last - first) * number / _MARKS
        text = at.strftime("%H:%M") if span < 2 * 86_400 else at.strftime("%d %b")
        anchor = "start" if number == 0 else "end" if number == _MARKS else "middle"
        parts.append(f'<text x="{x:.0f}" y="{bottom + 15:.0f}" text-anchor="{anchor}">{text}</text>')
    return parts


def _drawn(layer: _Layer, first: datetime, last: datetime, frame: tuple[float, float, float]) -> list[str]:
    bottom, wide, top = frame
    span = (last - first).total_seconds() or 1.0

    def place(at: datetime, value: float) -> str:
        x = _LEFT + (wide - _LEFT) * (at - first).total_seconds() / span
        return f"{x:.1f} {_y(value, top, bottom):.1f}"

    if not layer.points:
        return []
    colour = escape(layer.curve.colour, quote=True)
    line = "L".join(place(at, high) for at, _, high in layer.points)
    parts = []
    if layer.stacked:
        under = "".join(f"L{place(at, low)}" for at, low, _ in reversed(layer.points))
        parts.append(f'<path style="fill:{colour};opacity:.35" d="M{line}{under}Z"/>')
    note = f"{escape(layer.curve.label)}: {short(layer.curve.latest or 0)}"
    parts.append(f'<path class="line" style="stroke:{colour}" d="M{line}"><title>{note}</title></path>')
    return parts


def _limit(limit: Limit, y: float, wide: float) -> list[str]:
    colour = escape(limit.colour, quote=True)
    beside = y - 4 if y > _TOP + _LINE else y + 13
    return [
        f'<path class="limit" style="stroke:{colour}" d="M{_LEFT} {y:.1f}H{wide}"/>',
        f'<text style="fill:{colour}" x="{wide - 3}" y="{beside:.1f}" text-anchor="end">'
        f"{escape(limit.label)}</text>",
    ]


def _legend_rows(curves: Sequence[Curve], width: int) -> list[list[tuple[Curve, str, float]]]:
    """What stands where: labels from left to right, in as many rows as they need, three at most."""
    rows: list[list[tuple[Curve, str, float]]] = [[]]
    x = float(_LEFT)
    longest = int((width - _LEFT) / _CHARACTER) - 6
    for curve in curves:
        label = curve.label if len(curve.label) <= longest else f"{curve.label[: longest - 1]}…"
        room = 26 + len(label) * _CHARACTER
        if rows[-1] and x + room > width:
            rows.append([])
            x = float(_LEFT)
        rows[-1].append((curve, label, x))
        x += room
    return rows[:_LEGEND_ROWS]


def _legend(rows: Sequence[Sequence[tuple[Curve, str, float]]], top: float) -> list[str]:
    parts = []
    for number, row in enumerate(rows):
        y = top + _LINE * number
        for curve, label, x in row:
            colour = escape(curve.colour, quote=True)
            parts.append(
                f'<rect style="fill:{colour}" x="{x:.0f}" y="{y:.0f}" width="10" height="10" rx="2"/>'
            )
            parts.append(f'<text class="name" x="{x + 14:.0f}" y="{y + 9:.0f}">{escape(label)}</text>')
    return parts
