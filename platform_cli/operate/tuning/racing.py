"""Which sizes to call next, and when to stop.

A race in rounds: all sizes start, and after each round those that can no longer win, or are known well
enough not to matter, are not called again. Sizes take turns within a round, so a drift hits all of them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from platform_cli.operate.tuning.choosing import (
    Aim,
    Choice,
    choose,
    difference_error,
)
from platform_cli.operate.tuning.dropping import FIRST_WARM, reasons_to_drop
from platform_cli.operate.tuning.estimating import FEWEST_WARM, Estimates, estimate
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.statistics import normal_quantile

DEFAULT_SIZES_MB = (128, 256, 512, 768, 1024, 1536, 2048, 3008)
TOLERANCE = 0.03
"""A choice that is at most this much worse than the best is right."""
# Chosen on the families for development; see docs/tuning.md.
ROUND_WARM = 3
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
        max_spend_usd: Price of all calls at most; None for no limit.
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
    known_memory_mb: int = 0
    weights: tuple[float, ...] = (1.0,)
    seed: int = 1


@dataclass(frozen=True)
class Call:
    """A call to make: `payload` is the index of one of the payloads."""

    variant: Variant
    order: int
    payload: int = 0


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
        stopped: Why it ended: `certain`, `most-calls` (of the sizes in question), `max-invocations`,
            `max-spend`, `nothing-works`.
        rounds: How many.
        spent_usd: Price of all calls.
    """

    observations: tuple[Observation, ...]
    estimates: Estimates
    choice: Choice
    dropped: Mapping[Variant, str]
    stopped: str
    rounds: int
    spent_usd: float


Measure = Callable[[Sequence[Call]], Sequence[Observation]]


@dataclass
class _State:
    observations: list[Observation] = field(default_factory=list)
    order: int = 0
    rounds: int = 0
    sent: dict[Variant, list[int]] = field(default_factory=dict)


def race(
    settings: RaceSettings, measure: Measure, report: Callable[[RoundFinished], None] = lambda _: None
) -> Race:
    """Run a race.

    Args:
        settings: What it is about.
        measure: Makes calls, in this order where it makes them one by one, and brings what they told.
        report: Is told of each round.
    """
    state = _State()
    source = random.Random(settings.seed)
    estimates, choice, stopped = Estimates((), []), Choice(None, ()), ""
    candidates, undecided = list(settings.variants), list[Variant]()
    while not stopped:
        dropped = _dropped(state, settings)
        wanted = _wanted(state, candidates, dropped)
        calls = _interleaved(wanted, state, settings, source)
        calls, stopped = _affordable(calls, state, settings)
        if not calls:
            stopped = stopped or _reason(choice, undecided)
            break
        _measure_turns(calls, state, settings, measure)
        state.rounds += 1
        dropped = _dropped(state, settings)
        estimates = estimate(state.observations, settings.weights)
        choice = choose(
            estimates, settings.aim, settings.prices, excluded=dropped, present=settings.present, draws=0
        )
        undecided = undecided_sizes(estimates, choice, settings)
        candidates = _to_call(estimates, choice, undecided, settings, state.observations, dropped)
        report(
            RoundFinished(
                state.rounds,
                len(state.observations),
                spent_usd(state.observations, settings.prices),
                choice.chosen,
                tuple(candidates),
                dropped,
            )
        )
    dropped = _dropped(state, settings)
    choice = choose(estimates, settings.aim, settings.prices, excluded=dropped, present=settings.present)
    return Race(
        tuple(state.observations),
        estimates,
        choice,
        dropped,
        stopped,
        state.rounds,
        spent_usd(state.observations, settings.prices),
    )


def undecided_sizes(estimates: Estimates, choice: Choice, settings: RaceSettings) -> list[Variant]:
    """Sizes that may still be better than the leader by more than the tolerance.

    A size that is worse for sure cannot win; one that is as good for sure cannot matter.
    """
    leader = choice.of(choice.chosen) if choice.chosen is not None else None
    if leader is None:
        return []
    index = {s.variant: i for i, s in enumerate(estimates.sizes)}
    # Two-sided, though only one side matters: several sizes have each a chance to be misjudged.
    z = normal_quantile((1 + settings.certainty) / 2)
    slopes = [1.0] * len(estimates.sizes)
    found = []
    for candidate in choice.candidates:
        if candidate.excluded or candidate.variant == leader.variant:
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
    observations: Sequence[Observation],
    dropped: Mapping[Variant, str],
) -> list[Variant]:
    """What is undecided or unknown, and the leader as long as any is; none more often than is worth it."""
    known = {s.variant: s.warm for s in estimates.sizes}
    unknown = [v for v in settings.variants if v not in known and v not in dropped]
    warm = {v: sum(o.variant == v and o.kind == "warm" for o in observations) for v in known}
    open_ones = [v for v in undecided if warm[v] < _MOST_WARM]
    if open_ones and choice.chosen is not None and warm[choice.chosen] < _MOST_WARM:
        open_ones.append(choice.chosen)
    return unknown + open_ones


def _reason(choice: Choice, undecided: Sequence[Variant]) -> str:
    if choice.chosen is None:
        return "nothing-works"
    return "most-calls" if undecided else "certain"


def _dropped(state: _State, settings: RaceSettings) -> dict[Variant, str]:
    return reasons_to_drop(state.observations, settings.variants, settings.known_memory_mb)


def spent_usd(observations: Sequence[Observation], prices: Mapping[str, LambdaPrice]) -> float:
    """The price of calls; where a report is missing, that of an average call of the same size."""
    spent = 0.0
    known: dict[Variant, list[float]] = {}
    for o in observations:
        if o.billed_ms is not None:
            known.setdefault(o.variant, []).append(o.billed_ms)
    for o in observations:
        billed = o.billed_ms
        if billed is None:
            mine = known.get(o.variant, [0.0])
            billed = sum(mine) / len(mine)
        price = prices[o.variant.architecture]
        spent += billed / 1000 * o.variant.memory_mb / 1024 * price.gigabyte_second_usd + price.request_usd
    return spent


def _measure_turns(calls: Sequence[Call], state: _State, settings: RaceSettings, measure: Measure) -> None:
    """Make calls, a turn of all sizes at a time; what fails is not called again in the same round."""
    at, dropped = 0, _dropped(state, settings)
    while at < len(calls):
        turn: list[Call] = []
        for call in calls[at:]:
            if any(call.variant == other.variant for other in turn):
                break
            turn.append(call)
        at += len(turn)
        working = [call for call in turn if call.variant not in dropped]
        if working:
            told = measure(working)
            state.observations += told
            if any(o.kind in ("timeout", "failed", "out_of_memory") for o in told):
                dropped = _dropped(state, settings)


def _wanted(
    state: _State, candidates: Sequence[Variant], dropped: Mapping[Variant, str]
) -> dict[Variant, int]:
    if not state.rounds:
        # The first call of a size is cold and counts for nothing else. Below what logs have seen, none.
        return {v: FIRST_WARM + 1 for v in candidates if v not in dropped}
    wanted = {}
    for variant in candidates:
        if variant not in dropped:
            warm = sum(o.variant == variant and o.kind == "warm" for o in state.observations)
            tried = len(state.sent.get(variant, ()))
            if warm < FEWEST_WARM and tried > 4 * FIRST_WARM:
                continue
            wanted[variant] = ROUND_WARM
    return wanted


def _interleaved(
    wanted: Mapping[Variant, int], state: _State, settings: RaceSettings, source: random.Random
) -> list[Call]:
    calls: list[Call] = []
    for turn in range(max(wanted.values(), default=0)):
        taking = [v for v, number in wanted.items() if number > turn]
        source.shuffle(taking)
        for variant in taking:
            sent = state.sent.setdefault(variant, [0] * len(settings.weights))
            if len(sent) != len(settings.weights):
                sent = state.sent[variant] = [0] * len(settings.weights)
            payload = _due(sent, settings.weights)
            sent[payload] += 1
            calls.append(Call(variant, state.order, payload))
            state.order += 1
    return calls


def _due(sent: Sequence[int], weights: Sequence[float]) -> int:
    """The payload that is furthest behind its share, so that every size gets the same mix."""
    whole, made = sum(weights), sum(sent) + 1
    return max(range(len(weights)), key=lambda i: (weights[i] / whole * made - sent[i], -i))


def _affordable(calls: list[Call], state: _State, settings: RaceSettings) -> tuple[list[Call], str]:
    room = settings.max_invocations - len(state.observations)
    if len(calls) > room:
        return calls[: max(0, room)], "max-invocations"
    if settings.max_spend_usd is not None and calls:
        spent = spent_usd(state.observations, settings.prices)
        if spent + _expected_usd(calls, state, settings) > settings.max_spend_usd:
            return [], "max-spend"
    return calls, ""


def _expected_usd(calls: Sequence[Call], state: _State, settings: RaceSettings) -> float:
    made = {o.variant for o in state.observations if o.billed_ms is not None}
    # Before the first round nothing is known; its calls are what the least possible budget pays for.
    assumed = [
        replace(next(o for o in state.observations if o.variant == c.variant and o.billed_ms), order=c.order)
        for c in calls
        if c.variant in made
    ]
    return spent_usd(assumed, settings.prices)
