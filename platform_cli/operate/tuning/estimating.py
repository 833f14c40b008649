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

from platform_cli.operate.tuning.curve import smooth
from platform_cli.operate.tuning.levelling import level
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.statistics import (
    Matrix,
    nonnegative_fit,
    normal_quantile,
    quantile,
    student_quantile,
    trimmed_error,
    trimmed_mean,
)

FEWEST_WARM = 3
"""Warm calls below which a size has no estimate."""
# Chosen on the families for development; see docs/tuning.md.
_CUT = 0.2
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
        p95_low_ms: Lower end of the 95 % interval of `p95_ms`.
        p95_high_ms: Upper end.
    """

    variant: Variant
    warm: int
    mean_ms: float
    low_ms: float
    high_ms: float
    p95_ms: float
    p999_ms: float
    billed_extra_ms: float
    p95_low_ms: float
    p95_high_ms: float


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
    levelled, drift = level(kept, weights)
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
    drawn, covariance = smooth([v.memory_mb for v in levelled], means, relative)
    for i, one in enumerate(drawn):
        for j, other in enumerate(drawn):
            covariance[i][j] = _INFLATION * covariance[i][j] + _TAIL_INFLATION * tail_variance / (one * other)
    shape = _shape(values, places)
    freedom = sum(len(x) - 1 for x in values) / 2
    width = student_quantile(0.975, max(3.0, freedom))
    narrower, wider = _stretch_of_p95(shape)
    sizes = []
    for i, (variant, mean) in enumerate(zip(levelled, drawn, strict=True)):
        half = width * math.sqrt(covariance[i][i])
        place = mean * places[i] / means[i]
        p95 = max(_beyond(shape, 0.95, place), mean)
        sizes.append(
            SizeEstimate(
                variant,
                len(values[i]),
                mean,
                mean * math.exp(-half),
                mean * math.exp(half),
                p95,
                max(_beyond(shape, 0.999, place), mean, *values[i]),
                billed_extra_ms,
                p95 * math.exp(-math.hypot(half, narrower)),
                p95 * math.exp(math.hypot(half, wider)),
            )
        )
    return sizes, covariance


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


def _stretch_of_p95(shape: Sequence[float]) -> tuple[float, float]:
    """How far below and above a p95 may be by the number of calls alone, in logarithms.

    Of so many calls, the share that stays below the true p95 is binomial; its 95 % interval names two
    quantiles, which hold the true one between them.
    """
    reach = normal_quantile(0.975) * math.sqrt(0.95 * 0.05 / len(shape))
    middle = _beyond(shape, 0.95, 1.0)
    low, high = _beyond(shape, max(0.5, 0.95 - reach), 1.0), _beyond(shape, min(0.999, 0.95 + reach), 1.0)
    return math.log(max(1.0, middle / low)), math.log(max(1.0, high / middle))


def _diagonal(blocks: Sequence[Matrix]) -> Matrix:
    size = sum(len(block) for block in blocks)
    whole = [[0.0] * size for _ in range(size)]
    start = 0
    for block in blocks:
        for i, row in enumerate(block):
            whole[start + i][start : start + len(row)] = row
        start += len(block)
    return whole
