"""Values as a line of blocks, to be read at a glance."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 32


def sparkline(values: Sequence[float], width: int = _WIDTH) -> str:
    """The shape of values as text; each character is the greatest of its share of them."""
    if not values:
        return ""
    share = max(1, -(-len(values) // width))
    peaks = [max(values[i : i + share]) for i in range(0, len(values), share)]
    top = max(peaks)
    if top <= 0:
        return _BARS[0] * len(peaks)
    return "".join(_BARS[min(7, int(max(0.0, value) / top * 7.999))] for value in peaks)
