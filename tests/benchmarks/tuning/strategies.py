"""Strategies that choose a size, each judged by how far its choice is from the true best.

All of them see the same calls: each size of a simulated function has one sequence of calls, and a strategy
decides how many of them it makes, and when (`platform_cli/operate/tuning/simulator.py`). The published
method calls every size a fixed number of times, drops the fastest and slowest fifth, and takes the least
cost, the least time, or the least mean of cost and time each divided by its maximum
(alexcasalboni/aws-lambda-power-tuning 4.4.0).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent))

from families import AIMS, SEED, SIZES

from platform_cli.operate.tuning.choosing import MEMORY_MARGIN, Aim, choose
from platform_cli.operate.tuning.dropping import reasons_to_drop
from platform_cli.operate.tuning.estimating import estimate
from platform_cli.operate.tuning.measuring import call_once
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.racing import RaceSettings, race
from platform_cli.operate.tuning.rounds import Call
from platform_cli.operate.tuning.simulator import SimulatedLambda
from platform_cli.operate.tuning.workloads import Workload

ARCHITECTURE = "x86_64"
PRICE = LambdaPrice(0.0000166667, 0.0000002, "fixed for this evaluation", "2024")
PRICES = {ARCHITECTURE: PRICE}
VARIANTS = tuple(Variant(ARCHITECTURE, size) for size in SIZES)
LANES = 8
"""Calls at a time; at most one of a size."""
OVERHEAD_MS = 60.0
"""What a call takes beside the function: network and service."""


@dataclass(frozen=True)
class Outcome:
    """One run of one strategy."""

    family: str
    aim: str
    strategy: str
    repeat: int
    regret: float
    own_regret: float
    calls: int
    gigabyte_seconds: float
    seconds: float
    covered_differences: tuple[bool, ...] = ()
    covered_means: tuple[bool, ...] = ()
    covered_regret: bool = True


def measured(
    workload: Workload, seed: int
) -> tuple[SimulatedLambda, Callable[[Sequence[Call]], list[Observation]]]:
    """The function of a seed, with a version of each size, and what calls it."""
    client = SimulatedLambda(workload, seed, architecture=ARCHITECTURE, memory_mb=1024, run_calls=400)
    versions = {}
    for variant in VARIANTS:
        client.update_function_configuration(FunctionName="simulated", MemorySize=variant.memory_mb)
        versions[variant] = client.publish_version(FunctionName="simulated")["Version"]

    def measure(calls: Sequence[Call]) -> list[Observation]:
        return [
            call_once(client, "simulated", versions[c.variant], b"{}", c, sleep=lambda _: None) for c in calls
        ]

    return client, measure


def true_scores(workload: Workload, aim: str) -> dict[int, float]:
    """Scores of the sizes that may be chosen."""
    weight = AIMS[aim]
    scores = {}
    for size in SIZES:
        if size < max(workload.fails_below_mb, MEMORY_MARGIN * workload.used_mb):
            continue
        time = workload.expected_ms(size)
        scores[size] = weight * math.log(true_cost(time, size)) + (1 - weight) * math.log(time)
    return scores


def true_cost(time_ms: float, size: int) -> float:
    return (time_ms + 0.5) / 1000 * size / 1024 * PRICE.gigabyte_second_usd + PRICE.request_usd


def regret_of(workload: Workload, aim: str, chosen: int | None) -> float:
    scores = true_scores(workload, aim)
    if chosen not in scores:
        return 1.0  # a size that the function does not fit in
    return math.expm1(scores[chosen] - min(scores.values()))


def published_objective(workload: Workload, aim: str) -> dict[int, float]:
    sizes = list(true_scores(workload, aim))
    times = {s: workload.expected_ms(s) for s in sizes}
    return normalised({s: true_cost(times[s], s) for s in sizes}, times, aim)


def normalised(costs: dict[int, float], times: dict[int, float], aim: str) -> dict[int, float]:
    if aim != "balanced":
        return costs if aim == "cost" else times
    most_cost, most_time = max(costs.values()), max(times.values())
    return {s: 0.5 * costs[s] / most_cost + 0.5 * times[s] / most_time for s in costs}


def own_regret(workload: Workload, aim: str, chosen: int | None) -> float:
    objective = published_objective(workload, aim)
    return objective[chosen] / min(objective.values()) - 1 if chosen in objective else 1.0


# --- strategies -----------------------------------------------------------------------------------


def wall_seconds(observations: Sequence[Observation]) -> float:
    """In turns of `LANES` calls at most, no two of a size at a time, as the engine works."""
    whole, turn = 0.0, dict[Variant, float]()
    for o in observations:
        if o.variant in turn or len(turn) == LANES:
            whole += max(turn.values())
            turn = {}
        turn[o.variant] = ((o.duration_ms or 0) + (o.init_ms or 0) + OVERHEAD_MS) / 1000
    return whole + max(turn.values(), default=0.0)


def ours(workload: Workload, repeat: int, aim: str) -> Outcome:
    """A race."""
    seed = SEED + repeat
    client, measure = measured(workload, seed)
    result = race(RaceSettings(VARIANTS, Aim(AIMS[aim]), PRICES, seed=seed), measure)
    chosen = result.choice.chosen.memory_mb if result.choice.chosen else None
    scores = true_scores(workload, aim)
    orders = [o.order for o in result.observations]
    level = mean(workload.drift(client_progress(order)) for order in orders)
    differences, means = [], []
    for candidate in result.choice.candidates:
        size = candidate.variant.memory_mb
        if size not in scores or chosen not in scores:
            continue
        estimate_ = candidate.estimate
        means.append(estimate_.low_ms <= workload.expected_ms(size) * level <= estimate_.high_ms)
        if size != chosen:
            truth = math.expm1(scores[size] - scores[chosen])
            differences.append(candidate.worse_low <= truth <= candidate.worse_high)
    lost = regret_of(workload, aim, chosen)
    return Outcome(
        workload.name, aim, "adaptive", repeat, lost, own_regret(workload, aim, chosen),
        len(result.observations),
        client.gigabyte_seconds, wall_seconds(result.observations), tuple(differences), tuple(means),
        lost <= result.choice.regret_high + 1e-9,
    )  # fmt: skip


def client_progress(order: int) -> float:
    return order / 400


def fixed(workload: Workload, repeat: int, numbers: Sequence[int] = (10, 50)) -> list[Outcome]:
    """Every size a fixed number of times; the smaller number is the beginning of the larger."""
    client, measure = measured(workload, SEED + repeat)
    observations: list[Observation] = []
    found = []
    for number in sorted(numbers):
        done = len(observations) // len(VARIANTS)
        observations += measure(
            [Call(v, i * len(VARIANTS) + j) for i in range(done, number) for j, v in enumerate(VARIANTS)]
        )
        seconds = wall_seconds(observations)
        for aim in AIMS:
            for strategy, chosen in (
                (f"published n={number}", published(observations, aim)),
                (f"fixed n={number}, our rule", by_our_rule(observations, aim)),
            ):
                found.append(
                    Outcome(
                        workload.name,
                        aim,
                        strategy,
                        repeat,
                        regret_of(workload, aim, chosen),
                        own_regret(workload, aim, chosen),
                        len(observations),
                        client.gigabyte_seconds,
                        seconds,
                    )
                )
    return found


def published(observations: Sequence[Observation], aim: str) -> int | None:
    times: dict[int, float] = {}
    for variant in VARIANTS:
        mine = [o for o in observations if o.variant == variant]
        if any(o.kind in ("failed", "timeout", "out_of_memory") for o in mine):
            continue  # the published method fails the whole run here; its user would take the size out
        values = sorted(o.duration_ms for o in mine if o.duration_ms is not None)
        cut = int(0.2 * len(values))
        kept = values[cut : len(values) - cut]
        times[variant.memory_mb] = sum(kept) / len(kept)
    costs = {size: true_cost(time, size) for size, time in times.items()}
    objective = normalised(costs, times, aim)
    return min(objective, key=lambda size: objective[size]) if objective else None


def by_our_rule(observations: Sequence[Observation], aim: str) -> int | None:
    dropped = reasons_to_drop(observations, VARIANTS)
    choice = choose(estimate(observations), Aim(AIMS[aim]), PRICES, excluded=dropped, draws=0)
    return choice.chosen.memory_mb if choice.chosen else None
