"""Which sizes to call next, and when to stop.

A race in rounds: all sizes start, and after each round those that can no longer win, or are known well
enough not to matter, are not called again. Sizes take turns within a round, so a drift hits all of them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from platform_cli.operate.tuning.choosing import (
    Aim,
    Choice,
    choose,
    difference_error,
)
from platform_cli.operate.tuning.dropping import reasons_to_drop
from platform_cli.operate.tuning.estimating import Estimates, estimate
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.rounds import Call, Measure, Progress, make_calls, next_calls
from platform_cli.operate.tuning.spending import Budget, spent_usd
from platform_cli.operate.tuning.statistics import normal_quantile

DEFAULT_SIZES_MB = (128, 256, 512, 768, 1024, 1536, 2048, 3008)
TOLERANCE = 0.03
"""A choice that is at most this much worse than the best is right."""
_MOST_WARM = 60
"""Warm calls of a size beyond which more would say little."""


@dataclass(frozen=True)
class RaceSettings:
    """What a race is about.

    Attributes:
        variants: Sizes to try.
        aim: What is wanted.
        prices: By architecture.
        present: The size in use.
        certainty: Probability with which the answer must be right within `TOLERANCE` before the race ends.
        max_invocations: Calls at most.
        max_spend_usd: Price of all calls at most, whatever becomes of them; None for no limit.
        beside_usd: What is paid beside calls, for snapshots of SnapStart; a part of what is spent.
        timeout_seconds: Of the function, by which the worst price of a call counts.
        known_memory_mb: The most memory that logs have seen, 0 if they say nothing.
        weights: Of the payloads.
        seed: Of the order within a round.
    """

    variants: tuple[Variant, ...]
    aim: Aim
    prices: Mapping[str, LambdaPrice]
    present: Variant | None = None
    certainty: float = 0.95
    max_invocations: int = 400
    max_spend_usd: float | None = None
    beside_usd: float = 0.0
    timeout_seconds: int = 900
    known_memory_mb: int = 0
    weights: tuple[float, ...] = (1.0,)
    seed: int = 1


@dataclass(frozen=True)
class RoundFinished:
    """A round is done; what it brought."""

    number: int
    invocations: int
    spent_usd: float
    leader: Variant | None
    open: tuple[Variant, ...]
    dropped: Mapping[Variant, str]


@dataclass(frozen=True)
class Race:
    """All that a race gave.

    Attributes:
        observations: Every call.
        estimates: Of the sizes.
        choice: By the rule.
        dropped: Sizes that cannot work, with the reason.
        stopped: Why it ended: `certain`, `each-decided` (each size by itself is decided with the stated
            certainty, and all of them together with less), `most-calls` (of the sizes in question),
            `max-invocations`, `max-spend`, `nothing-works`.
        rounds: How many.
        spent_usd: Price of all calls, and of snapshots.
    """

    observations: tuple[Observation, ...]
    estimates: Estimates
    choice: Choice
    dropped: Mapping[Variant, str]
    stopped: str
    rounds: int
    spent_usd: float


def race(
    settings: RaceSettings, measure: Measure, report: Callable[[RoundFinished], None] = lambda _: None
) -> Race:
    """Run a race.

    Args:
        settings: What it is about.
        measure: Makes calls, in this order where it makes them one by one, and brings what they told.
        report: Is told of each round.
    """
    progress, source = Progress(), random.Random(settings.seed)
    estimates, choice, stopped = Estimates((), []), Choice(None, ()), ""
    candidates, undecided = list(settings.variants), list[Variant]()
    limit = None if settings.max_spend_usd is None else settings.max_spend_usd - settings.beside_usd
    budget = Budget(limit, settings.timeout_seconds, settings.prices)
    while not stopped:
        dropped = _not_called(progress, settings)
        calls: Sequence[Call] = next_calls(progress, candidates, dropped, settings.weights, source)
        room = settings.max_invocations - len(progress.observations)
        if len(calls) > room:
            calls, stopped = calls[: max(0, room)], "max-invocations"
        if not calls:
            stopped = stopped or _reason(choice, undecided)
            break
        if not make_calls(calls, progress, measure, lambda: _not_called(progress, settings), budget.fitting):
            stopped = "max-spend"
        progress.rounds += 1
        dropped = _dropped(progress, settings)
        estimates = estimate(progress.observations, settings.weights)
        choice = choose(
            estimates, settings.aim, settings.prices, excluded=dropped, present=settings.present, draws=0
        )
        undecided = undecided_sizes(estimates, choice, settings)
        candidates = _to_call(estimates, choice, undecided, settings, progress, dropped)
        report(
            RoundFinished(
                progress.rounds,
                len(progress.observations),
                settings.beside_usd + spent_usd(progress.observations, settings.prices),
                choice.chosen,
                tuple(candidates),
                dropped,
            )
        )
    dropped = _dropped(progress, settings)
    choice = choose(estimates, settings.aim, settings.prices, excluded=dropped, present=settings.present)
    if stopped == "certain" and choice.certainty < settings.certainty:
        stopped = "each-decided"
    return Race(
        tuple(progress.observations),
        estimates,
        choice,
        dropped,
        stopped,
        progress.rounds,
        settings.beside_usd + spent_usd(progress.observations, settings.prices),
    )


def undecided_sizes(estimates: Estimates, choice: Choice, settings: RaceSettings) -> list[Variant]:
    """Sizes that may still be better than the leader by more than the tolerance.

    A size that is worse for sure cannot win; one that is as good for sure cannot matter. One that seems to be
    beyond a limit may win as long as that is not sure; and so may the leader lose.
    """
    leader = choice.of(choice.chosen) if choice.chosen is not None else None
    if leader is None:
        return [c.variant for c in choice.candidates if c.unsure]
    index = {s.variant: i for i, s in enumerate(estimates.sizes)}
    # Two-sided, though only one side matters: several sizes have each a chance to be misjudged.
    z = normal_quantile((1 + settings.certainty) / 2)
    slopes = [1.0] * len(estimates.sizes)
    found = [leader.variant] if leader.unsure else []
    for candidate in choice.candidates:
        if (candidate.excluded and not candidate.unsure) or candidate.variant == leader.variant:
            continue
        lead = candidate.score - leader.score
        error = difference_error(estimates, slopes, index[candidate.variant], index[leader.variant])
        if z * error - lead > math.log1p(TOLERANCE):
            found.append(candidate.variant)
    return found


def _to_call(
    estimates: Estimates,
    choice: Choice,
    undecided: Sequence[Variant],
    settings: RaceSettings,
    progress: Progress,
    dropped: Mapping[Variant, str],
) -> list[Variant]:
    """What is undecided or unknown, and the leader as long as any is; none more often than is worth it."""
    known, warm = {s.variant for s in estimates.sizes}, progress.warm
    unknown = [v for v in settings.variants if v not in known and v not in dropped]
    open_ones = [v for v in undecided if warm[v] < _MOST_WARM]
    references = [choice.chosen]
    if settings.aim.max_cost_increase is not None and any(c.unsure for c in choice.candidates):
        references.append(settings.present)
    open_ones += [
        v for v in references if open_ones and v in known and v not in open_ones and warm[v] < _MOST_WARM
    ]
    return unknown + open_ones


def _reason(choice: Choice, undecided: Sequence[Variant]) -> str:
    if choice.chosen is None:
        return "nothing-works"
    return "most-calls" if undecided else "certain"


def _not_called(progress: Progress, settings: RaceSettings) -> dict[Variant, str]:
    """What is not called: all that cannot work, but in the first round for the size in use.

    Without its figures nobody could say what another size saves, or what it may cost more.
    """
    return reasons_to_drop(
        progress.observations,
        settings.variants,
        settings.known_memory_mb,
        in_use=None if progress.rounds else settings.present,
    )


def _dropped(progress: Progress, settings: RaceSettings) -> dict[Variant, str]:
    return reasons_to_drop(progress.observations, settings.variants, settings.known_memory_mb)
