"""Judge the estimator on the frozen families, beside the published method; report, never gate.

    python tests/benchmarks/tuning/evaluation.py [--families development|evaluation] [--repeats N] [--jobs N]

The published method calls every size a fixed number of times, drops the fastest and slowest fifth, and
takes the least cost, the least time, or the least mean of cost and time each divided by its maximum
(alexcasalboni/aws-lambda-power-tuning 4.4.0).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent))

from families import AIMS, DEVELOPMENT, EVALUATION, REPEATS, SEED, SIZES

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
    regret: float
    own_regret: float
    calls: int
    gigabyte_seconds: float
    seconds: float
    covered_differences: tuple[bool, ...] = ()
    covered_means: tuple[bool, ...] = ()
    covered_regret: bool = True


class Trace:
    """A function from a seed: strategies that make the same calls in the same order get the same answers."""

    def __init__(self, workload: Workload, seed: int) -> None:
        self.workload = workload
        self.seed = seed

    def client(self) -> tuple[SimulatedLambda, dict[Variant, str]]:
        client = SimulatedLambda(
            self.workload, self.seed, architecture=ARCHITECTURE, memory_mb=1024, run_calls=400
        )
        versions = {}
        for variant in VARIANTS:
            client.update_function_configuration(FunctionName="simulated", MemorySize=variant.memory_mb)
            versions[variant] = client.publish_version(FunctionName="simulated")["Version"]
        return client, versions


def measured(trace: Trace) -> tuple[SimulatedLambda, Callable[[Sequence[Call]], list[Observation]]]:
    client, versions = trace.client()

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


def ours(workload: Workload, seed: int, aim: str) -> Outcome:
    client, measure = measured(Trace(workload, seed))
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
        workload.name, aim, "adaptive", lost, own_regret(workload, aim, chosen), len(result.observations),
        client.gigabyte_seconds, wall_seconds(result.observations), tuple(differences), tuple(means),
        lost <= result.choice.regret_high + 1e-9,
    )  # fmt: skip


def client_progress(order: int) -> float:
    return order / 400


def fixed(workload: Workload, seed: int, number: int) -> list[Outcome]:
    client, measure = measured(Trace(workload, seed))
    calls = [Call(v, i * len(VARIANTS) + j) for i in range(number) for j, v in enumerate(VARIANTS)]
    observations = measure(calls)
    found = []
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
                    regret_of(workload, aim, chosen),
                    own_regret(workload, aim, chosen),
                    len(observations),
                    client.gigabyte_seconds,
                    wall_seconds(observations),
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


# --- the table ------------------------------------------------------------------------------------


def run_family(work: tuple[str, int, int, bool]) -> list[Outcome]:
    name, first, repeats, baselines = work
    workload = next(w for w in (*DEVELOPMENT, *EVALUATION) if w.name == name)
    outcomes = []
    for repeat in range(first, first + repeats):
        outcomes += [ours(workload, SEED + repeat, aim) for aim in AIMS]
        if baselines:
            outcomes += [o for n in (10, 50) for o in fixed(workload, SEED + repeat, n)]
    return outcomes


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan


def summary(outcomes: Sequence[Outcome], strategy: str, base: Sequence[Outcome]) -> str:
    mine = [o for o in outcomes if o.strategy == strategy]
    cells: dict[tuple[str, str], list[Outcome]] = {}
    for o in mine:
        cells.setdefault((o.family, o.aim), []).append(o)
    within = {cell: share([o.regret <= 0.03 for o in x]) for cell, x in cells.items()}
    worst = min(within, key=lambda cell: within[cell])
    calls, gb = mean(o.calls for o in mine), mean(o.gigabyte_seconds for o in mine)
    base_calls, base_gb = (
        (mean(o.calls for o in base), mean(o.gigabyte_seconds for o in base)) if base else (400.0, gb)
    )
    # Families differ by orders of magnitude, so the shares are means of each family's own share.
    gb_share = (
        mean(
            mean(o.gigabyte_seconds for o in mine if o.family == f)
            / mean(o.gigabyte_seconds for o in base if o.family == f)
            for f in {o.family for o in mine}
        )
        if base
        else math.nan
    )
    return (
        f"{strategy:<24} {mean(within.values()):7.1%} {within[worst]:7.1%} {'/'.join(worst):<24}"
        f"{mean(o.regret for o in mine):8.2%} {mean(o.own_regret for o in mine):8.2%}"
        f"{calls:8.0f} {calls / base_calls:6.0%} {gb_share:6.0%} {gb / base_gb:6.0%}"
        f"{mean(o.seconds for o in mine):8.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--families", choices=["development", "evaluation"], default="evaluation")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only-adaptive", action="store_true")
    parser.add_argument("--cells", action="store_true", help="one line a family and aim")
    options = parser.parse_args()
    families = DEVELOPMENT if options.families == "development" else EVALUATION
    step = max(1, options.repeats // 4)
    work = [
        (w.name, first, min(step, options.repeats - first), not options.only_adaptive)
        for w in families
        for first in range(0, options.repeats, step)
    ]
    with ProcessPoolExecutor(options.jobs) as pool:
        outcomes = [o for found in pool.map(run_family, work) for o in found]
    print(f"families: {options.families}, {len(families)} x {len(AIMS)} aims x {options.repeats} repeats")
    print(
        f"{'strategy':<24} {'<=3 %':>7} {'worst':>7} {'(cell)':<24}{'regret':>8} {'(own)':>8}"
        f"{'calls':>8} {'share':>6} {'GB-s':>6} {'total':>6}{'seconds':>8}"
    )
    base = [o for o in outcomes if o.strategy == "published n=50"]
    for strategy in dict.fromkeys(o.strategy for o in outcomes):
        print(summary(outcomes, strategy, base))
    mine = [o for o in outcomes if o.strategy == "adaptive"]
    print(
        "95 % intervals cover:",
        f"differences of scores {share([c for o in mine for c in o.covered_differences]):.1%},",
        f"mean durations {share([c for o in mine for c in o.covered_means]):.1%},",
        f"the 95 % bound of the regret {share([o.covered_regret for o in mine]):.1%}",
    )
    if options.cells:
        for w in families:
            for aim in AIMS:
                cell = [o for o in mine if (o.family, o.aim) == (w.name, aim)]
                print(
                    f"  {w.name:<14} {aim:<9} {share([o.regret <= 0.03 for o in cell]):7.1%} within,"
                    f" regret {mean(o.regret for o in cell):6.2%}, calls {mean(o.calls for o in cell):5.0f},"
                    f" cover {share([c for o in cell for c in o.covered_differences]):6.1%}"
                    f" {share([c for o in cell for c in o.covered_means]):6.1%}"
                )


if __name__ == "__main__":
    main()
