"""Charts as SVG text: axes, lines with intervals, points, bars. No script, no style from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 520, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 16, 44
Scale = Callable[[float], float]


@dataclass(frozen=True)
class Point:
    """A value with its interval; `note` is shown where the pointer rests."""

    x: float
    y: float
    low: float
    high: float
    label: str = ""
    kind: str = ""
    note: str = ""


def curve_chart(title: str, unit: str, series: Sequence[tuple[str, Sequence[Point]]], kind: str) -> str:
    """Curves over the memory size, both axes logarithmic, with a bar for each interval.

    Args:
        title: For readers of the screen, too.
        unit: Of the values.
        series: Names and points, by size.
        kind: The class that colours it.
    """
    points = [p for _, mine in series for p in mine]
    x, ticks = _sizes_axis(points)
    y, marks = _log_axis([v for p in points for v in (p.low, p.high)])
    parts = [*_frame(ticks, marks, "memory in MB", unit)]
    for number, (name, mine) in enumerate(series):
        path = " ".join(f"{'M' if i == 0 else 'L'}{x(p.x):.1f} {y(p.y):.1f}" for i, p in enumerate(mine))
        parts.append(f'<path class="line {kind} s{number}" d="{path}"/>')
        for p in mine:
            at = f"{x(p.x):.1f}"
            parts.append(f'<path class="interval {kind}" d="M{at} {y(p.low):.1f}V{y(p.high):.1f}"/>')
            parts.append(_dot(x(p.x), y(p.y), f"{kind} {p.kind}", p.note))
        if len(series) > 1 and mine:
            parts.append(
                f'<text class="name" text-anchor="end" x="{x(mine[-1].x):.1f}" '
                f'y="{y(mine[-1].y) + (-9 if number else 18):.1f}">'
                f"{escape(name)}</text>"
            )
    return _svg(title, parts)


def front_chart(title: str, points: Sequence[Point], front: Sequence[Point]) -> str:
    """Cost against time, with the front of sizes that no other beats in both.

    Args:
        title: For readers of the screen, too.
        points: `x` the time in ms, `y` the cost.
        front: Those on the front, by time.
    """
    x, ticks = _log_axis([p.x for p in points], vertical=False)
    y, marks = _log_axis([p.y for p in points])
    parts = [*_frame(ticks, marks, "mean duration in ms", "USD a million calls")]
    path = " ".join(f"{'M' if i == 0 else 'L'}{x(p.x):.1f} {y(p.y):.1f}" for i, p in enumerate(front))
    if path:
        parts.append(f'<path class="line front" d="{path}"/>')
    for p in points:
        parts.append(_dot(x(p.x), y(p.y), f"front {p.kind}", p.note))
        # The front falls to the right: above to the right and below to the left of it there is room.
        left = x(p.x) > WIDTH - 90
        across, up = (-9, -16 if p in front else 6) if left else (9, 6)
        parts.append(
            f'<text class="name" text-anchor="{"end" if left else "start"}" '
            f'x="{x(p.x) + across:.1f}" y="{y(p.y) - up:.1f}">{escape(p.label)}</text>'
        )
    return _svg(title, parts)


def bar_chart(title: str, unit: str, bars: Sequence[tuple[str, float, float]]) -> str:
    """Stacked bars of two parts, such as starting and running.

    Args:
        title: For readers of the screen, too.
        unit: Of the values.
        bars: Label, lower part, upper part.
    """
    most = max((low + high for _, low, high in bars), default=1.0) or 1.0
    step = _nice(most / 4)
    ticks = [step * i for i in range(int(most / step) + 2)]
    top = ticks[-1]

    def y(value: float) -> float:
        return HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM)

    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(bars))
    places = [(_LEFT + room * (i + 0.5), label) for i, (label, _, _) in enumerate(bars)]
    parts = [*_frame(places, [(y(v), _short(v)) for v in ticks], "memory in MB", unit)]
    for (at, label), (_, low, high) in zip(places, bars, strict=True):
        left, wide = at - room * 0.3, room * 0.6
        for kind, start, size in (("init", 0.0, low), ("first", low, high)):
            parts.append(
                f'<rect class="{kind}" x="{left:.1f}" y="{y(start + size):.1f}" width="{wide:.1f}" '
                f'height="{max(0.0, y(start) - y(start + size)):.1f}">'
                f"<title>{escape(label)} MB: {size:,.0f} {escape(unit)}</title></rect>"
            )
    return _svg(title, parts)


def _svg(title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )


def _frame(
    across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]], name: str, unit: str
) -> list[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    parts = [f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>']
    for y, label in up:
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{right}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>')
    last = -math.inf
    for x, label in across:
        parts.append(f'<path class="axis" d="M{x:.1f} {bottom}v4"/>')
        if x - last > 26:  # labels that would touch are left out
            parts.append(f'<text x="{x:.1f}" y="{bottom + 17}" text-anchor="middle">{escape(label)}</text>')
            last = x
    middle = (_LEFT + right) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(name)}</text>')
    parts.append(
        f'<text transform="translate(13 {(_TOP + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(unit)}</text>"
    )
    return parts


def _dot(x: float, y: float, kind: str, note: str) -> str:
    radius = 6.5 if "chosen" in kind else 4
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius}"'
    return f'<circle class="{kind}" {place}><title>{escape(note)}</title></circle>'


def _sizes_axis(points: Sequence[Point]) -> tuple[Scale, list[tuple[float, str]]]:
    sizes = sorted({p.x for p in points}) or [1.0]
    low, high = math.log(sizes[0]) - 0.15, math.log(sizes[-1]) + 0.15

    def scale(value: float) -> float:
        return _LEFT + (math.log(value) - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    return scale, [(scale(size), f"{size:.0f}") for size in sizes]


def _log_axis(values: Sequence[float], *, vertical: bool = True) -> tuple[Scale, list[tuple[float, str]]]:
    positive = [v for v in values if v > 0] or [1.0]
    low, high = math.log(min(positive)), math.log(max(positive))
    margin = max(0.08, (high - low) * 0.08)
    low, high = low - margin, high + margin
    start, length = (
        (HEIGHT - _BOTTOM, -(HEIGHT - _TOP - _BOTTOM)) if vertical else (_LEFT, WIDTH - _LEFT - _RIGHT)
    )

    def scale(value: float) -> float:
        return start + (math.log(max(value, 1e-12)) - low) / (high - low) * length

    marks = [
        digit * 10.0**power
        for power in range(math.floor(low / math.log(10)), math.ceil(high / math.log(10)) + 1)
        for digit in (1, 1.5, 2, 3, 4, 5, 7)
    ]
    shown = [m for m in marks if low <= math.log(m) <= high]
    while len(shown) > 7:
        shown = shown[::2]
    return scale, [(scale(m), _short(m)) for m in shown]


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step)) if step > 0 else 1.0
    return next(power * digit for digit in (1, 2, 2.5, 5, 10) if power * digit >= step * 0.999)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
