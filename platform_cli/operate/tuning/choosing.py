"""The rule by which a size is chosen, and how sure that is.

Never cost divided by time: with a cost of `k·m·t + r` that is `k·m + r/t`, which always names the smallest
size. Instead: sizes that cannot work are dropped with a reason; of the rest, the one with the smallest
`w·ln(cost) + (1−w)·ln(time)`, which does not depend on which others are in the list.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_cli.operate.tuning.estimating import Estimates, SizeEstimate
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.statistics import cholesky, normal_quantile, quantile

MEMORY_MARGIN = 1.25
"""A size must have this much more than was ever used."""
TIE = 0.01
"""Scores closer than this are the same for any practical purpose."""
_TIE_GAIN = 5.0
"""A tie is preferred where the other dimension gains this many times what the score loses."""
_DRAWS = 600


@dataclass(frozen=True)
class Aim:
    """What is wanted.

    Attributes:
        cost_weight: 1 for the cheapest, 0 for the fastest, 0.5 for both alike.
        p95_limit_ms: Sizes whose p95 is above are out.
        max_cost_increase: Sizes that cost more than the present one by more than this share are out.
    """

    cost_weight: float = 0.5
    p95_limit_ms: float | None = None
    max_cost_increase: float | None = None


@dataclass(frozen=True)
class Candidate:
    """A size in the choice.

    Attributes:
        estimate: What was measured.
        cost_usd_per_million: Of warm calls, with the price of requests.
        score: What is minimised.
        worse: By how much its score is worse than the chosen one's, as a share.
        worse_low: Lower end of the 95 % interval of that.
        worse_high: Upper end.
        on_front: Whether no other size is both cheaper and faster.
        tied: Whether it is as good as the chosen one for any practical purpose.
        excluded: Why it may not be chosen; empty if it may.
        unsure: Whether its interval lies on both sides of a limit, so that more calls may judge otherwise.
    """

    estimate: SizeEstimate
    cost_usd_per_million: float
    score: float
    worse: float = 0.0
    worse_low: float = 0.0
    worse_high: float = 0.0
    on_front: bool = False
    tied: bool = False
    excluded: str = ""
    unsure: bool = False

    @property
    def variant(self) -> Variant:
        """The size."""
        return self.estimate.variant


@dataclass(frozen=True)
class Choice:
    """The answer.

    Attributes:
        chosen: The size; None where none may be chosen.
        candidates: Every size with an estimate.
        certainty: The probability that no other size is better by more than the tolerance.
        expected_regret: What a wrong choice costs on average, as a share of the score.
        regret_high: What it costs at most, with 95 % probability.
    """

    chosen: Variant | None
    candidates: tuple[Candidate, ...]
    certainty: float = 0.0
    expected_regret: float = 0.0
    regret_high: float = 0.0

    def of(self, variant: Variant) -> Candidate | None:
        """A size's candidate."""
        return next((c for c in self.candidates if c.variant == variant), None)


def cost_usd_per_million(size: SizeEstimate, price: LambdaPrice) -> float:
    """What a million warm calls cost: billed milliseconds by gigabytes, and the requests."""
    seconds = (size.mean_ms + size.billed_extra_ms) / 1000
    return 1e6 * (seconds * size.variant.memory_mb / 1024 * price.gigabyte_second_usd + price.request_usd)


def least_memory_mb(observations: Sequence[Observation], known_mb: int = 0) -> int:
    """The smallest size with the margin above everything that was ever used.

    A size that the function fills says only that it needs more; sizes that were large enough say how much.
    """
    used = max((o.max_memory_mb or 0 for o in observations if o.kind != "out_of_memory"), default=0)
    return math.ceil(max(used, known_mb) * MEMORY_MARGIN)


def choose(
    estimates: Estimates,
    aim: Aim,
    prices: Mapping[str, LambdaPrice],
    *,
    excluded: Mapping[Variant, str] | None = None,
    present: Variant | None = None,
    tolerance: float = 0.03,
    draws: int = _DRAWS,
) -> Choice:
    """Choose among estimates.

    Args:
        estimates: Of the sizes.
        aim: What is wanted.
        prices: By architecture.
        excluded: Sizes that may not be chosen, with the reason.
        present: The size in use, against which a cost increase counts.
        tolerance: How much worse than the best a choice may be and still be right.
        draws: Of the simulation of errors, which are the same for the same input; 0 spares it.
    """
    costs = [cost_usd_per_million(s, prices[s.variant.architecture]) for s in estimates.sizes]
    scores = [
        aim.cost_weight * math.log(c) + (1 - aim.cost_weight) * math.log(s.mean_ms)
        for s, c in zip(estimates.sizes, costs, strict=True)
    ]
    reasons = _reasons(estimates.sizes, costs, aim, dict(excluded or {}), present)
    allowed = [i for i, s in enumerate(estimates.sizes) if s.variant not in reasons]
    best = _winner(allowed, scores, costs, [s.mean_ms for s in estimates.sizes], aim)
    reference = best if best is not None else 0
    slopes = [_slope(s, c, aim.cost_weight, prices) for s, c in zip(estimates.sizes, costs, strict=True)]
    unsure = _unsure(estimates, costs, aim, prices, present, excluded or {})
    z = normal_quantile(0.975)
    candidates = []
    for i, size in enumerate(estimates.sizes):
        gap = scores[i] - scores[reference]
        half = z * difference_error(estimates, slopes, i, reference)
        candidates.append(
            Candidate(
                size,
                costs[i],
                scores[i],
                math.expm1(gap),
                math.expm1(gap - half),
                math.expm1(gap + half),
                size.variant not in reasons and _on_front(i, allowed, costs, estimates.sizes),
                best is not None and i != best and i in allowed and abs(gap) < TIE,
                reasons.get(size.variant, ""),
                size.variant in unsure,
            )
        )
    if best is None:
        return Choice(None, tuple(candidates))
    certainty, expected, high = _regret(estimates, slopes, scores, allowed, best, tolerance, draws)
    return Choice(estimates.sizes[best].variant, tuple(candidates), certainty, expected, high)


def difference_error(estimates: Estimates, slopes: Sequence[float], one: int, other: int) -> float:
    """The standard error of the difference of two scores."""
    c = estimates.covariance
    variance = (
        slopes[one] ** 2 * c[one][one]
        + slopes[other] ** 2 * c[other][other]
        - 2 * slopes[one] * slopes[other] * c[one][other]
    )
    return math.sqrt(max(0.0, variance))


def _slope(size: SizeEstimate, cost: float, cost_weight: float, prices: Mapping[str, LambdaPrice]) -> float:
    """How a score follows the logarithm of the duration."""
    requests = 1e6 * prices[size.variant.architecture].request_usd
    share = (cost - requests) / cost * size.mean_ms / (size.mean_ms + size.billed_extra_ms)
    return cost_weight * share + (1 - cost_weight)


def _unsure(
    estimates: Estimates,
    costs: Sequence[float],
    aim: Aim,
    prices: Mapping[str, LambdaPrice],
    present: Variant | None,
    excluded: Mapping[Variant, str],
) -> set[Variant]:
    """Sizes of which the figures do not say for sure on which side of a limit they are."""
    sizes, found = estimates.sizes, set[Variant]()
    limit = aim.p95_limit_ms
    if limit is not None:
        found |= {s.variant for s in sizes if s.p95_low_ms <= limit <= s.p95_high_ms}
    now = next((i for i, s in enumerate(sizes) if s.variant == present), None)
    if aim.max_cost_increase is not None and now is not None:
        slopes = [_slope(s, c, 1.0, prices) for s, c in zip(sizes, costs, strict=True)]
        z, most = normal_quantile(0.975), math.log1p(aim.max_cost_increase)
        found |= {
            s.variant
            for i, s in enumerate(sizes)
            if i != now
            and abs(math.log(costs[i] / costs[now]) - most) <= z * difference_error(estimates, slopes, i, now)
        }
    return found - set(excluded)


def _reasons(
    sizes: Sequence[SizeEstimate],
    costs: Sequence[float],
    aim: Aim,
    reasons: dict[Variant, str],
    present: Variant | None,
) -> dict[Variant, str]:
    now = next((c for s, c in zip(sizes, costs, strict=True) if s.variant == present), None)
    for size, cost in zip(sizes, costs, strict=True):
        if size.variant in reasons:
            continue
        if aim.p95_limit_ms is not None and size.p95_ms > aim.p95_limit_ms:
            reasons[size.variant] = f"its p95 of {size.p95_ms:.0f} ms is above {aim.p95_limit_ms:g} ms"
        elif aim.max_cost_increase is None or present is None:
            continue
        elif now is None:
            reasons[size.variant] = "nothing says what it costs more: the present size could not be measured"
        elif cost > now * (1 + aim.max_cost_increase):
            reasons[size.variant] = f"it costs {cost / now - 1:+.0%}"
    return reasons


def _winner(
    allowed: Sequence[int],
    scores: Sequence[float],
    costs: Sequence[float],
    times: Sequence[float],
    aim: Aim,
) -> int | None:
    """The best score; among ties, one that gains much in the dimension that weighs less."""
    if not allowed:
        return None
    best = min(allowed, key=lambda i: scores[i])
    other = costs if aim.cost_weight < 0.5 else times
    preferred, most = best, 0.0
    for i in allowed:
        loss = scores[i] - scores[best]
        gain = math.log(other[best] / other[i])
        if loss < TIE and gain > _TIE_GAIN * loss and gain - loss > max(most, TIE):
            preferred, most = i, gain - loss
    return preferred


def _on_front(
    index: int, allowed: Sequence[int], costs: Sequence[float], sizes: Sequence[SizeEstimate]
) -> bool:
    mine = (costs[index], sizes[index].mean_ms)
    others = [(costs[i], sizes[i].mean_ms) for i in allowed if i != index]
    return not any(c <= mine[0] and t <= mine[1] and (c, t) != mine for c, t in others)


def _regret(
    estimates: Estimates,
    slopes: Sequence[float],
    scores: Sequence[float],
    allowed: Sequence[int],
    best: int,
    tolerance: float,
    draws: int,
) -> tuple[float, float, float]:
    """Draw true scores as the errors allow, and see what the choice loses against the best of each draw."""
    if not draws or len(allowed) < 2:
        return (1.0, 0.0, 0.0) if len(allowed) < 2 else (0.0, 0.0, 0.0)
    lower = cholesky(estimates.covariance)
    source = random.Random(0)
    losses = []
    for _ in range(draws):
        normal = [source.gauss(0, 1) for _ in scores]
        drawn = {
            i: scores[i] + slopes[i] * sum(lower[i][k] * normal[k] for k in range(i + 1)) for i in allowed
        }
        losses.append(math.expm1(drawn[best] - min(drawn.values())))
    right = sum(loss <= tolerance for loss in losses) / draws
    return right, sum(losses) / draws, quantile(losses, 0.95)
