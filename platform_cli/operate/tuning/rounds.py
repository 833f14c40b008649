"""The calls of a round: how often each size is called, in turns, each with the payload that is due."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from platform_cli.operate.tuning.dropping import FIRST_WARM
from platform_cli.operate.tuning.estimating import FEWEST_WARM
from platform_cli.operate.tuning.observations import Observation, Variant

# Chosen on the families for development; see docs/tuning.md.
ROUND_WARM = 3


@dataclass(frozen=True)
class Call:
    """A call to make: `payload` is the index of one of the payloads."""

    variant: Variant
    order: int
    payload: int = 0


Measure = Callable[[Sequence[Call]], Sequence[Observation]]
Fitting = Callable[[Sequence[Call], Sequence[Observation]], int]
"""How many calls, from the first on, may be made at the same time after what was observed."""


@dataclass
class Progress:
    """What a race has done.

    Attributes:
        observations: Of all calls.
        order: The number of the next call.
        rounds: Those that are done.
        sent: By size, how often each payload was.
    """

    observations: list[Observation] = field(default_factory=list)
    order: int = 0
    rounds: int = 0
    sent: dict[Variant, list[int]] = field(default_factory=dict)

    @property
    def warm(self) -> dict[Variant, int]:
        """Warm calls by size."""
        found: dict[Variant, int] = {}
        for o in self.observations:
            if o.kind == "warm":
                found[o.variant] = found.get(o.variant, 0) + 1
        return found


def next_calls(
    progress: Progress,
    candidates: Sequence[Variant],
    dropped: Collection[Variant],
    weights: Sequence[float],
    source: random.Random,
) -> list[Call]:
    """The calls of the next round, noted in the progress.

    Args:
        progress: So far.
        candidates: Sizes that are to be called.
        dropped: Sizes that cannot work.
        weights: Of the payloads.
        source: Of the order within a turn.
    """
    wanted = _wanted(progress, candidates, dropped)
    calls: list[Call] = []
    for turn in range(max(wanted.values(), default=0)):
        taking = [v for v, number in wanted.items() if number > turn]
        source.shuffle(taking)
        for variant in taking:
            sent = progress.sent.setdefault(variant, [0] * len(weights))
            payload = _due(sent, weights)
            sent[payload] += 1
            calls.append(Call(variant, progress.order, payload))
            progress.order += 1
    return calls


def make_calls(
    calls: Sequence[Call],
    progress: Progress,
    measure: Measure,
    dropped: Callable[[], Mapping[Variant, str]],
    fitting: Fitting = lambda calls, _: len(calls),
) -> bool:
    """Make calls, a turn of all sizes at a time; what fails is not called again in the same round.

    Args:
        calls: Of a round.
        progress: Gets what they told.
        measure: Makes calls.
        dropped: Says which sizes cannot work, by what is known when it is asked.
        fitting: Says how many calls may be made now.

    Returns:
        Whether nothing kept any of them from being made.
    """
    at, out = 0, dropped()
    while at < len(calls):
        turn: list[Call] = []
        taken: set[Variant] = set()
        for call in calls[at:]:
            if call.variant in taken:
                break
            taken.add(call.variant)
            turn.append(call)
        at += len(turn)
        working = [call for call in turn if call.variant not in out]
        while working:
            some = working[: fitting(working, progress.observations)]
            if not some:
                return False
            told = measure(some)
            progress.observations += told
            working = working[len(some) :]
            if any(o.kind in ("timeout", "failed", "out_of_memory") for o in told):
                out = dropped()
    return True


def _wanted(
    progress: Progress, candidates: Sequence[Variant], dropped: Collection[Variant]
) -> dict[Variant, int]:
    if not progress.rounds:
        # The first call of a size is cold and counts for nothing else. Below what logs have seen, none.
        return {v: FIRST_WARM + 1 for v in candidates if v not in dropped}
    warm = progress.warm
    # A size that was tried often, and whose calls came back without reports, has had its chance.
    silent = {
        v for v, sent in progress.sent.items() if warm.get(v, 0) < FEWEST_WARM and sum(sent) > 4 * FIRST_WARM
    }
    return {v: ROUND_WARM for v in candidates if v not in dropped and v not in silent}


def _due(sent: Sequence[int], weights: Sequence[float]) -> int:
    """The payload that is furthest behind its share, so that every size gets the same mix."""
    whole, made = sum(weights), sum(sent) + 1
    return max(range(len(weights)), key=lambda i: (weights[i] / whole * made - sent[i], -i))
