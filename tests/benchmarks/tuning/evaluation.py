"""Judge the estimator on the frozen families, beside the published method; report, never gate.

    python tests/benchmarks/tuning/evaluation.py [--families development|evaluation] [--repeats N] [--jobs N]

A long evaluation can be made in parts: `--first 100 --repeats 100 --keep FILE` adds the second hundred to
a file, from which `--kept FILE` prints the table.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from statistics import mean, stdev

sys.path.insert(0, str(Path(__file__).parent))

from families import AIMS, DEVELOPMENT, EVALUATION, REPEATS, SIZES
from strategies import Outcome, fixed, ours

from platform_cli.operate.tuning.curve import columns
from platform_cli.operate.tuning.statistics import nonnegative_fit
from platform_cli.operate.tuning.workloads import Workload


def run_family(work: tuple[str, int, int, bool]) -> list[Outcome]:
    """The outcomes of all strategies for some repeats of a family."""
    name, first, repeats, baselines = work
    workload = next(w for w in (*DEVELOPMENT, *EVALUATION) if w.name == name)
    outcomes = []
    for repeat in range(first, first + repeats):
        outcomes += [ours(workload, repeat, aim) for aim in AIMS]
        if baselines:
            outcomes += fixed(workload, repeat)
    return outcomes


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan


def share_error(values: Sequence[bool]) -> float:
    """The standard error of a share."""
    part = share(values)
    return math.sqrt(part * (1 - part) / len(values)) if values else math.nan


def mean_error(values: Sequence[float]) -> float:
    """The standard error of a mean."""
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def stands_off(workload: Workload) -> float:
    """How far a family is from every curve that the estimator can draw, as the greatest relative gap.

    The estimator draws sizes towards sums of four falling functions with weights that are not negative. A
    family that is such a sum suits it, whatever its noise; its figures are reported apart.
    """
    truth = [workload.expected_ms(size) for size in SIZES]
    basis = columns(SIZES)
    weights = nonnegative_fit(basis, truth, [1 / (t * t) for t in truth])
    drawn = [sum(w * column[i] for w, column in zip(weights, basis, strict=True)) for i in range(len(SIZES))]
    return max(abs(d / t - 1) for d, t in zip(drawn, truth, strict=True))


def of_known_shape(families: Iterable[str]) -> frozenset[str]:
    """The families whose curve the estimator can draw exactly."""
    known = {w.name: w for w in (*DEVELOPMENT, *EVALUATION)}
    return frozenset(name for name in families if stands_off(known[name]) < 1e-6)


def by_cell(outcomes: Sequence[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    cells: dict[tuple[str, str], list[Outcome]] = {}
    for o in outcomes:
        cells.setdefault((o.family, o.aim), []).append(o)
    return cells


def summary(outcomes: Sequence[Outcome], strategy: str, base: Sequence[Outcome]) -> str:
    mine = [o for o in outcomes if o.strategy == strategy]
    within = {cell: [o.regret <= 0.03 for o in x] for cell, x in by_cell(mine).items()}
    worst = min(within, key=lambda cell: share(within[cell]))
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
        f"{strategy:<22} {mean(share(x) for x in within.values()):6.1%}"
        f" {share(within[worst]):6.1%} ±{share_error(within[worst]):4.1%} {'/'.join(worst):<22}"
        f"{mean(o.regret for o in mine):7.2%} {mean(o.own_regret for o in mine):7.2%}"
        f"{calls:6.0f} {calls / base_calls:5.0%} {gb_share:5.0%} {gb / base_gb:5.0%}"
        f"{mean(o.seconds for o in mine):6.0f}"
    )


def differences(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How much more regret each strategy has than the adaptive one, run by run on the same calls."""
    adaptive = {(o.family, o.aim, o.repeat): o.regret for o in outcomes if o.strategy == "adaptive"}
    for strategy in dict.fromkeys(o.strategy for o in outcomes if o.strategy != "adaptive"):
        more = [o.regret - adaptive[o.family, o.aim, o.repeat] for o in outcomes if o.strategy == strategy]
        yield f"  {strategy}: regret {mean(more):+.2%} ± {mean_error(more):.2%} beyond the adaptive one's"


def cell_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One line a family and aim."""
    for (family, aim), cell in by_cell(outcomes).items():
        within = [o.regret <= 0.03 for o in cell]
        yield (
            f"  {family:<14} {aim:<9} {share(within):6.1%} ±{share_error(within):4.1%} within,"
            f" regret {mean(o.regret for o in cell):6.2%}, calls {mean(o.calls for o in cell):4.0f},"
            f" cover {share([c for o in cell for c in o.covered_differences]):6.1%}"
            f" {share([c for o in cell for c in o.covered_means]):6.1%}"
        )


def group(title: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The strategies on some of the families."""
    if not outcomes:
        return
    yield f"- {title}"
    base = [o for o in outcomes if o.strategy == "published n=50"]
    for strategy in dict.fromkeys(o.strategy for o in outcomes):
        yield summary(outcomes, strategy, base)
    mine = [o for o in outcomes if o.strategy == "adaptive"]
    yield (
        "95 % intervals cover: "
        f"differences of scores {share([c for o in mine for c in o.covered_differences]):.1%}, "
        f"mean durations {share([c for o in mine for c in o.covered_means]):.1%}, "
        f"the 95 % bound of the regret {share([o.covered_regret for o in mine]):.1%}"
    )


def table(outcomes: Sequence[Outcome], *, cells: bool) -> Iterator[str]:
    """The lines of the report; ± is one standard error, of the number of repeats."""
    families = {o.family for o in outcomes}
    drawable = of_known_shape(families)
    repeats = len({o.repeat for o in outcomes})
    yield f"{len(families)} families x {len(AIMS)} aims x {repeats} repeats"
    yield (
        f"{'strategy':<22} {'<=3 %':>6} {'worst':>6}       {'(cell)':<22}{'regret':>7} {'(own)':>7}"
        f"{'calls':>6} {'share':>5} {'GB-s':>5} {'total':>5}{'secs':>6}"
    )
    for title, some in (
        ("all families", families),
        (f"the {len(families - drawable)} whose curve the estimator cannot draw", families - drawable),
        (f"the {len(drawable)} within the span of its curve: {', '.join(sorted(drawable))}", drawable),
    ):
        yield from group(title, [o for o in outcomes if o.family in some])
    mine = [o for o in outcomes if o.strategy == "adaptive"]
    regrets = [o.regret for o in mine]
    yield f"regret of the adaptive strategy {mean(regrets):.3%} ± {mean_error(regrets):.3%}"
    yield from differences(outcomes)
    if cells:
        yield from cell_lines(mine)


def kept(path: Path) -> list[Outcome]:
    """The outcomes of runs of all families; a repeat that some family lacks is left out."""
    found = [Outcome(**json.loads(line)) for line in path.read_text().splitlines()]
    repeats: dict[str, set[int]] = {}
    for o in found:
        repeats.setdefault(o.family, set()).add(o.repeat)
    whole = set.intersection(*repeats.values())
    return [o for o in found if o.repeat in whole]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--families", choices=["development", "evaluation"], default="evaluation")
    parser.add_argument("--first", type=int, default=0, help="the first repeat")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only-adaptive", action="store_true")
    parser.add_argument("--cells", action="store_true", help="one line a family and aim")
    parser.add_argument("--keep", type=Path, help="add the outcomes to this file")
    parser.add_argument("--kept", type=Path, help="run nothing; print the table of this file")
    options = parser.parse_args()
    if options.kept is not None:
        print(*table(kept(options.kept), cells=options.cells), sep="\n")
        return
    families = DEVELOPMENT if options.families == "development" else EVALUATION
    step, end = max(1, min(25, options.repeats // 4)), options.first + options.repeats
    work = [
        (w.name, first, min(step, end - first), not options.only_adaptive)
        for first in range(options.first, end, step)
        for w in families
    ]
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for found in pool.map(run_family, work):
            outcomes += found
            if options.keep is not None:
                with options.keep.open("a") as file:
                    file.writelines(f"{json.dumps(asdict(o))}\n" for o in found)
    print(*table(outcomes, cells=options.cells), sep="\n")


if __name__ == "__main__":
    main()
