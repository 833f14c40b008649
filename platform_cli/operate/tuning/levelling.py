"""Take out what calls have in common: the payload they sent, and when in the run they were made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.statistics import quantile, trimmed_mean

_CUT = 0.2
_TURNS = 12


def level(
    kept: Mapping[Variant, list[Observation]], weights: Sequence[float]
) -> tuple[dict[Variant, list[float]], float]:
    """Durations as if every call had the average payload and had been made in the middle of the run."""
    factors = _payload_factors(kept, weights)
    values = {v: [(o.duration_ms or 0.0) / factors.get(o.payload, 1.0) for o in x] for v, x in kept.items()}
    last = max(o.order for calls in kept.values() for o in calls) or 1
    slope = _slope(kept, values, last)
    if slope == 0.0:
        return values, 0.0
    return (
        {
            v: [x * math.exp(-slope * (o.order / last - 0.5)) for o, x in zip(kept[v], xs, strict=True)]
            for v, xs in values.items()
        },
        math.expm1(slope),
    )


def _payload_factors(kept: Mapping[Variant, list[Observation]], weights: Sequence[float]) -> dict[int, float]:
    """How much longer a payload takes than the average one, the same at every size.

    Sizes and payloads are told apart by turns, so a size that was sent more of the long ones is not taken
    for slow.
    """
    if len(weights) < 2:
        return {}
    logs = {
        v: [(o.payload, math.log(max(1e-3, o.duration_ms or 0.0))) for o in calls]
        for v, calls in kept.items()
    }
    effect = dict.fromkeys((payload for rows in logs.values() for payload, _ in rows), 0.0)
    for _ in range(_TURNS):
        rest: dict[int, list[float]] = {payload: [] for payload in effect}
        for rows in logs.values():
            level = trimmed_mean([y - effect[payload] for payload, y in rows], _CUT)
            for payload, y in rows:
                rest[payload].append(y - level)
        effect = {payload: trimmed_mean(values, _CUT) for payload, values in rest.items()}
    raw = {payload: math.exp(value) for payload, value in effect.items()}
    whole = sum(weights[payload] for payload in raw)
    average = sum(weights[payload] * factor for payload, factor in raw.items()) / whole
    return {payload: factor / average for payload, factor in raw.items()}


def _slope(
    kept: Mapping[Variant, list[Observation]], values: Mapping[Variant, list[float]], last: int
) -> float:
    """The drift of logarithms over the run, shrunk towards none where it may be chance."""
    across = along = square = 0.0
    freedom = -1
    rows: list[tuple[float, float]] = []
    for variant, calls in kept.items():
        times = [o.order / last for o in calls]
        logs = [math.log(max(1e-3, x)) for x in values[variant]]
        middle, spread = quantile(logs, 0.5), quantile(logs, 0.75) - quantile(logs, 0.25)
        reach = 1.5 * spread + 1e-9
        held = [min(max(y, middle - reach), middle + reach) for y in logs]
        time, level = sum(times) / len(times), sum(held) / len(held)
        rows += [(t - time, y - level) for t, y in zip(times, held, strict=True)]
        freedom += len(calls) - 1
    for t, y in rows:
        across += t * y
        along += t * t
    if along <= 0 or freedom < 8:
        return 0.0
    slope = across / along
    square = sum((y - slope * t) ** 2 for t, y in rows) / freedom
    significance = slope * slope * along / square if square > 0 else 0.0
    return slope * significance / (significance + 4.0)
