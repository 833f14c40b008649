"""A few values as a line of blocks, to be read at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Iterable[float], width: int = 24) -> str:
    """Return the last values as blocks from the lowest, which is at most 0, to the highest."""
    shown: Sequence[float] = list(values)[-width:]
    if not shown:
        return ""
    low, high = min(0.0, *shown), max(shown)
    if high <= low:
        return _BLOCKS[0] * len(shown)
    return "".join(_BLOCKS[round((value - low) / (high - low) * (len(_BLOCKS) - 1))] for value in shown)
