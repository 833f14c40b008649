"""The answer for one function: the race, its cold starts, and the timeout that it recommends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from platform_cli.operate.tuning.choosing import Candidate
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.racing import Race, RaceSettings

_TIMEOUT_MARGIN = 1.5
_LONGEST_TIMEOUT_SECONDS = 900


@dataclass(frozen=True)
class ColdStarts:
    """Cold calls of a size."""

    variant: Variant
    number: int
    init_ms: float | None
    duration_ms: float | None


@dataclass(frozen=True)
class Tuning:
    """The answer for one function.

    Attributes:
        address: `service.function`.
        environment: Of the blueprint.
        finished: When.
        settings: Of the race.
        race: What was called and chosen.
        cold: Cold starts by size.
        timeout_seconds: What the function has.
        recommended_timeout_seconds: p99.9 at the chosen size with a margin, and above every cold call.
        missing: Calls without a report.
        throttled: Refusals for lack of capacity.
        writes: Lines of `access` by which the calls may have left something behind.
        simulated: The model's name, or None on AWS.
        started: When; None where nobody knows.
        versions: Of the function, that were published for the run.
    """

    address: str
    environment: str
    finished: datetime
    settings: RaceSettings
    race: Race
    cold: tuple[ColdStarts, ...]
    timeout_seconds: int
    recommended_timeout_seconds: int | None
    missing: int
    throttled: int
    writes: tuple[str, ...] = ()
    simulated: str | None = None
    started: datetime | None = None
    versions: tuple[str, ...] = ()

    @property
    def chosen(self) -> Candidate | None:
        """The size that was chosen."""
        return self.race.choice.of(self.race.choice.chosen) if self.race.choice.chosen else None

    @property
    def present(self) -> Candidate | None:
        """The size in use, where it was measured."""
        return self.race.choice.of(self.settings.present) if self.settings.present else None

    @property
    def extension_ms(self) -> float | None:
        """What extensions take after a warm call's answer at the chosen size, on average; None if unknown."""
        told = [
            o.extension_ms
            for o in self.race.observations
            if o.variant == self.race.choice.chosen and o.kind == "warm" and o.extension_ms is not None
        ]
        return sum(told) / len(told) if told else None


def recommended_timeout(result: Race) -> int | None:
    """Seconds: p99.9 of warm calls at the chosen size with half as much again, and above every cold call."""
    chosen = result.choice.of(result.choice.chosen) if result.choice.chosen else None
    if chosen is None:
        return None
    cold = [
        (o.duration_ms or 0.0)
        for o in result.observations
        if o.variant == chosen.variant and o.kind == "cold"
    ]
    needed = max(chosen.estimate.p999_ms, *cold, 0.0) * _TIMEOUT_MARGIN
    return max(1, min(_LONGEST_TIMEOUT_SECONDS, math.ceil(needed / 1000)))


def cold_starts(observations: Sequence[Observation]) -> tuple[ColdStarts, ...]:
    """The cold calls by size."""
    by_variant: dict[Variant, list[Observation]] = {}
    for o in observations:
        if o.kind == "cold":
            by_variant.setdefault(o.variant, []).append(o)
    return tuple(
        ColdStarts(
            variant,
            len(calls),
            median([o.init_ms for o in calls if o.init_ms is not None] or [0.0]),
            median([o.duration_ms for o in calls if o.duration_ms is not None] or [0.0]),
        )
        for variant, calls in sorted(by_variant.items())
    )
