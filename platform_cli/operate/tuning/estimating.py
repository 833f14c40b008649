"""From calls to an expected duration of every size, with its uncertainty.

Three things make few calls enough. A robust location of each size leaves the rare slow calls out, and what
they add to the mean is learned from the calls of all sizes together. A smooth falling curve through the
locations lends a size the strength of its neighbours, as far as the data agree with the curve: how far a
size may stand off is estimated too, so a function of another shape falls back on its own calls. And a
drift of durations over the run, which every size shares, is taken out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.statistics import (
    Matrix,
    nonnegative_fit,
    quantile,
    solve,
    student_quantile,
    trimmed_error,
    trimmed_mean,
)

ONE_CPU_MB = 1769
FEWEST_WARM = 3
"""Warm calls below which a size has no estimate."""
# Chosen on the families for development; see docs/tuning.md.
_CUT = 0.2
_MISFIT = 0.04
_MISFIT_FREEDOM = 3.0
_SPREAD_FREEDOM = 6.0
_SMALLEST_ERROR = 0.002
_INFLATION = 1.4
"""Of variances, for what they leave out: that the smallest is chosen, the drift's slope, the law's error."""
_TAIL_INFLATION = 3.0
"""The same, for what a heavy tail has not shown yet."""


@dataclass(frozen=True)
class SizeEstimate:
    """What is known of a size.

    Attributes:
        variant: The size.
        warm: Calls that count.
        mean_ms: The expected duration of a warm call.
        low_ms: Lower end of its 95 % interval.
        high_ms: Upper end.
        p95_ms: The duration that 95 % of the calls stay below.
        p999_ms: The duration that 99.9 % stay below; beyond the calls made, by the shape of all sizes.
        billed_extra_ms: What is billed beyond the duration of a warm call, on average.
    """

    variant: Variant
    warm: int
    mean_ms: float
    low_ms: float
    high_ms: float
    p95_ms: float
    p999_ms: float
    billed_extra_ms: float


@dataclass(frozen=True)
class Estimates:
    """Estimates of sizes, and how their errors hang together.

    Attributes:
        sizes: In the order of the matrix.
        covariance: Of the errors of the logarithms of the means.
        drift: How much slower the calls became from the first to the last, as a share.
    """

    sizes: tuple[SizeEstimate, ...]
    covariance: Matrix
    drift: float = 0.0


def estimate(observations: Sequence[Observation], weights: Sequence[float] = (1.0,)) -> Estimates:
    """Estimate every size that has warm calls enough.

    Args:
        observations: Of a run, in any order.
        weights: Of the payloads.
    """
    warm = [o for o in observations if o.kind == "warm" and o.duration_ms is not None]
    by_variant: dict[Variant, list[Observation]] = {}
    for observation in warm:
        by_variant.setdefault(observation.variant, []).append(observation)
    kept = {v: calls for v, calls in sorted(by_variant.items()) if len(calls) >= FEWEST_WARM}
    if not kept:
        return Estimates((), [])
    levelled, drift = _level(kept, weights)
    architectures = sorted({variant.architecture for variant in kept})
    sizes: list[SizeEstimate] = []
    blocks: list[Matrix] = []
    for architecture in architectures:
        mine = {v: x for v, x in levelled.items() if v.architecture == architecture}
        extra = [
            max(0.0, (o.billed_ms or 0.0) - (o.duration_ms or 0.0))
            for v in mine
            for o in kept[v]
            if o.billed_ms is not None
        ]
        found, block = _of_architecture(mine, sum(extra) / len(extra) if extra else 0.5)
        sizes += found
        blocks.append(block)
    return Estimates(tuple(sizes), _diagonal(blocks), drift)


def _of_architecture(
    levelled: Mapping[Variant, list[float]], billed_extra_ms: float
) -> tuple[list[SizeEstimate], Matrix]:
    values = list(levelled.values())
    places = [trimmed_mean(x, _CUT) for x in values]
    errors = _errors(values, places)
    constant, factor, tail_variance = _excess(values, places)
    means = [place + constant + factor * place for place in places]
    relative = [max(_SMALLEST_ERROR, e * (1 + factor) / m) for e, m in zip(errors, means, strict=True)]
    smooth, covariance = _smooth([v.memory_mb for v in levelled], means, relative)
    for i, one in enumerate(smooth):
        for j, other in enumerate(smooth):
            covariance[i][j] = _INFLATION * covariance[i][j] + _TAIL_INFLATION * tail_variance / (one * other)
    shape = _shape(values, places)
    freedom = sum(len(x) - 1 for x in values) / 2
    width = student_quantile(0.975, max(3.0, freedom))
    sizes = []
    for i, (variant, mean) in enumerate(zip(levelled, smooth, strict=True)):
        half = width * math.sqrt(covariance[i][i])
        place = mean * places[i] / means[i]
        sizes.append(
            SizeEstimate(
                variant,
                len(values[i]),
                mean,
                mean * math.exp(-half),
                mean * math.exp(half),
                max(_beyond(shape, 0.95, place), mean),
                max(_beyond(shape, 0.999, place), mean, *values[i]),
                billed_extra_ms,
            )
        )
    return sizes, covariance


# --- the levelling of payloads and of the drift ------------------------------------------------------


def _level(
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
    """How much longer a payload takes than the average one, the same at every size."""
    if len(weights) < 2:
        return {}
    logs: dict[int, list[float]] = {}
    for calls in kept.values():
        middle = quantile([math.log(max(1e-3, o.duration_ms or 0.0)) for o in calls], 0.5)
        for o in calls:
            logs.setdefault(o.payload, []).append(math.log(max(1e-3, o.duration_ms or 0.0)) - middle)
    raw = {payload: math.exp(trimmed_mean(values, _CUT)) for payload, values in logs.items()}
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


# --- spread and tail ---------------------------------------------------------------------------------


def _errors(values: Sequence[Sequence[float]], places: Sequence[float]) -> list[float]:
    """Standard errors of the places; each size borrows from a common law of the spread."""
    own = [trimmed_error(x, _CUT) ** 2 * len(x) for x in values]
    freedom = [max(1.0, (1 - 2 * _CUT) * len(x) - 1) for x in values]
    weights = [f / (p**4) for f, p in zip(freedom, places, strict=True)]
    law = nonnegative_fit([[1.0] * len(own), [p * p for p in places]], own, weights)
    errors = []
    for variance, free, place, x in zip(own, freedom, places, values, strict=True):
        common = law[0] + law[1] * place * place
        pooled = (_SPREAD_FREEDOM * common + free * variance) / (_SPREAD_FREEDOM + free)
        errors.append(math.sqrt(max(0.0, pooled) / len(x)))
    return errors


def _excess(values: Sequence[Sequence[float]], places: Sequence[float]) -> tuple[float, float, float]:
    """What the mean has beyond the place: a constant, a share of the place, and the constant's variance."""
    beyond = [sum(x) / len(x) - p for x, p in zip(values, places, strict=True)]
    numbers = [float(len(x)) for x in values]
    # A relative spread weighs calls of long sizes less.
    weights = [n / p for n, p in zip(numbers, places, strict=True)]
    constant, factor = nonnegative_fit([[1.0] * len(places), list(places)], beyond, weights)
    whole = sum(numbers)
    middle = sum(p * n for p, n in zip(places, numbers, strict=True)) / whole
    variance = 0.0
    for x, p in zip(values, places, strict=True):
        expected = p + constant + factor * p
        variance += sum((min(v, 20 * p) - expected) ** 2 * (middle / p) ** 2 for v in x)
    share = constant / (constant + factor * middle) if constant + factor * middle > 0 else 0.0
    return constant, factor, share * variance / max(1.0, whole - len(places)) / whole


def _shape(values: Sequence[Sequence[float]], places: Sequence[float]) -> list[float]:
    return [x / place for xs, place in zip(values, places, strict=True) for x in xs]


def _beyond(shape: Sequence[float], share: float, place: float) -> float:
    """A quantile of the common shape; beyond its calls, by a Pareto tail through its upper tenth (Hill)."""
    if (1 - share) * len(shape) >= 1:
        return place * quantile(shape, share)
    ordered = sorted(shape)
    tail = ordered[-max(3, len(ordered) // 10) :]
    threshold = tail[0]
    index = sum(math.log(max(x, threshold) / threshold) for x in tail[1:]) / max(1, len(tail) - 1)
    # A Hill estimate of few values can be absurd; durations with a heavier tail than this have no mean.
    stretch: float = (len(tail) / len(ordered) / (1 - share)) ** min(index, 0.8)
    return place * threshold * stretch


# --- the curve ---------------------------------------------------------------------------------------


def _columns(sizes: Sequence[int]) -> list[list[float]]:
    return [
        [1.0] * len(sizes),
        [ONE_CPU_MB / min(m, ONE_CPU_MB) for m in sizes],
        [ONE_CPU_MB / m for m in sizes],
        [(ONE_CPU_MB / m) ** 2 for m in sizes],
    ]


def _smooth(
    sizes: Sequence[int], means: Sequence[float], relative: Sequence[float]
) -> tuple[list[float], Matrix]:
    """Means drawn towards a falling curve as far as the data allow; the covariance of their logarithms."""
    number = len(sizes)
    if number < 4:
        return list(means), [
            [relative[i] ** 2 if i == j else 0.0 for j in range(number)] for i in range(number)
        ]
    columns = _columns(sizes)
    misfit = _MISFIT**2
    fitted, active = _fit(columns, means, relative, misfit)
    freedom = number - len(active)
    if freedom > 0:
        standing = [math.log(m / f) for m, f in zip(means, fitted, strict=True)]
        seen = sum(r * r - e * e for r, e in zip(standing, relative, strict=True)) * number / freedom / number
        misfit = (_MISFIT_FREEDOM * _MISFIT**2 + freedom * max(0.0, seen)) / (_MISFIT_FREEDOM + freedom)
        fitted, active = _fit(columns, means, relative, misfit)
    draw = [misfit / (misfit + e * e) for e in relative]
    smooth = [f * math.exp(k * math.log(m / f)) for f, m, k in zip(fitted, means, draw, strict=True)]
    return smooth, _covariance([columns[c] for c in active], fitted, relative, misfit, draw)


def _fit(
    columns: list[list[float]], means: Sequence[float], relative: Sequence[float], misfit: float
) -> tuple[list[float], list[int]]:
    weights = [1 / (m * m * (e * e + misfit)) for m, e in zip(means, relative, strict=True)]
    found = nonnegative_fit(columns, means, weights)
    active = [i for i, coefficient in enumerate(found) if coefficient > 0]
    fitted = [
        max(1e-6, sum(c * column[i] for c, column in zip(found, columns, strict=True)))
        for i in range(len(means))
    ]
    return fitted, active


def _covariance(
    columns: list[list[float]],
    fitted: Sequence[float],
    relative: Sequence[float],
    misfit: float,
    draw: Sequence[float],
) -> Matrix:
    """Of the errors `L(truth's misfit + noise) − misfit`, with `L` the smoother, in logarithms."""
    number = len(fitted)
    scaled = [[x / f for x, f in zip(column, fitted, strict=True)] for column in columns]
    weights = [1 / (e * e + misfit) for e in relative]
    gram = [
        [sum(w * a * b for w, a, b in zip(weights, one, other, strict=True)) for other in scaled]
        for one in scaled
    ]
    hat: Matrix = [[0.0] * number for _ in range(number)]
    for j in range(number):
        solved = solve(gram, [column[j] * weights[j] for column in scaled])
        if solved is None:
            continue
        for i in range(number):
            hat[i][j] = sum(column[i] * s for column, s in zip(scaled, solved, strict=True))
    smoother = [
        [(draw[i] if i == j else 0.0) + (1 - draw[i]) * hat[i][j] for j in range(number)]
        for i in range(number)
    ]
    missing = [[smoother[i][j] - (1.0 if i == j else 0.0) for j in range(number)] for i in range(number)]
    return [
        [
            sum(
                misfit * missing[i][k] * missing[j][k] + smoother[i][k] * smoother[j][k] * relative[k] ** 2
                for k in range(number)
            )
            for j in range(number)
        ]
        for i in range(number)
    ]


def _diagonal(blocks: Sequence[Matrix]) -> Matrix:
    size = sum(len(block) for block in blocks)
    whole = [[0.0] * size for _ in range(size)]
    start = 0
    for block in blocks:
        for i, row in enumerate(block):
            whole[start + i][start : start + len(row)] = row
        start += len(block)
    return whole
