"""Points that could be: for a preview without AWS. They say nothing about any system.

The same panel has the same points on every machine: they follow from its words alone.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from platform_cli.operate.dashboards.panels import Curve, Panel

_RARE = (
    *("error", "failed", "5xx", "4xx", "dead", "throttle", "turned away", "blocked", "cold", "gave up"),
    *("thrown away", "down", "restarts", "not begun", "not copied"),
)
_POINTS = 144


def sample(panels: Iterable[Panel], now: datetime, hours: int) -> tuple[Panel, ...]:
    """The panels with points that were made up."""
    return tuple(
        replace(panel, curves=tuple(_curve(panel, curve, now, hours) for curve in panel.curves))
        for panel in panels
    )


def _curve(panel: Panel, curve: Curve, now: datetime, hours: int) -> Curve:
    chance = random.Random(hashlib.sha256(f"{panel.title}/{curve.label}".encode()).digest())
    step = timedelta(hours=hours) / _POINTS
    level = _level(panel, curve, chance)
    rare = _is_rare(panel, curve)
    phase = chance.uniform(0, 2 * math.pi)
    points = []
    for number in range(_POINTS):
        at = now - step * (_POINTS - 1 - number)
        wave = 1 + 0.35 * math.sin(2 * math.pi * number / _POINTS + phase)
        value = level * wave * chance.lognormvariate(0, 0.12)
        if rare:
            # Mostly nothing, and one bad quarter of an hour.
            bad = 96 <= number < 100
            value = value * chance.uniform(0.6, 1.4) if bad else value * 0.1 * (chance.random() < 0.15)
        points.append((at, _fitting(panel, curve, value)))
    return replace(curve, points=tuple(points[-1:] if panel.days else points))


def _is_rare(panel: Panel, curve: Curve) -> bool:
    words = f"{panel.title} {curve.label}".lower()
    return any(word in words for word in _RARE) and "budget" not in words


def _level(panel: Panel, curve: Curve, chance: random.Random) -> float:
    words = f"{panel.title} {curve.label}".lower()
    if "budget left" in words:
        return 70
    if "burn rate" in words:
        return 0.4
    if panel.limits and not curve.right and "%" not in panel.unit and not _is_rare(panel, curve):
        # Well away from where it becomes bad.
        near = min(limit.value for limit in panel.limits)
        return near * chance.uniform(*((2.2, 2.8) if "free" in words else (0.2, 0.4)))
    if panel.days and panel.days > 1:
        return chance.uniform(5, 9)
    if panel.unit == "ms":
        return (380 if "p99" in words else 60) * chance.uniform(0.7, 1.4)
    if "%" in (panel.unit, curve.label[-1:]):
        return 0.7 if _is_rare(panel, curve) else 35
    if "cents" in words:
        return 60_000
    if _is_rare(panel, curve):
        return chance.uniform(2, 6)
    if panel.unit in ("calls", "messages", "s"):
        return chance.uniform(2, 12)
    return chance.uniform(80, 400)


def _fitting(panel: Panel, curve: Curve, value: float) -> float:
    """Counts are whole, percentages end at 100."""
    if "%" in panel.unit or "%" in curve.label:
        return min(100.0, round(value, 2))
    fine = "rate" in curve.label or panel.unit in ("ms", "ACU") or (panel.unit == "s" and value < 5)
    return round(value, 2) if fine else float(round(value))
