"""The functions that the estimator is judged by: frozen before it was tuned.

`DEVELOPMENT` may be looked at while the estimator is changed. `EVALUATION` is of other shapes (quotas in
steps, bandwidth that grows with memory, a knee where data fits, synchronisation, missed caches, heavy
tails, drifts), whose curves the estimator does not know; it is only run. Neither is changed to make a
figure better. `SEED` is the first of the seeds: repeat `i` of a family uses `SEED + i`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from platform_cli.operate.tuning.workloads import (
    ONE_CPU_MB,
    Curve,
    Noise,
    Workload,
    constant,
    processor,
    under_pressure,
)

SEED = 20261121
REPEATS = 300
SIZES = (128, 256, 512, 768, 1024, 1536, 2048, 3008)
AIMS: Mapping[str, float] = {"cost": 1.0, "balanced": 0.5, "speed": 0.0}
"""Weight of cost by aim."""
# With weight 0 or 1, ties in the other dimension are decided by it; see `choosing.py`.

# --- for development --------------------------------------------------------------------------------


def rising(progress: float) -> float:
    """A tenth slower at the end of the run."""
    return 1 + 0.1 * min(1.0, progress)


DEVELOPMENT = (
    Workload("dev-cpu", processor(220.0), constant(3.0), busy_noise=Noise(0.05)),
    Workload("dev-io", processor(6.0), constant(90.0), waiting_noise=Noise(0.3)),
    Workload(
        "dev-io-heavy", processor(10.0), constant(60.0), waiting_noise=Noise(0.2, 0.05, 2.2, 2.0), used_mb=70
    ),
    Workload("dev-mixed", processor(45.0), constant(70.0), waiting_noise=Noise(0.2)),
    Workload("dev-parallel", processor(600.0, parallel=0.7), constant(15.0), used_mb=150),
    Workload("dev-pressure", under_pressure(processor(150.0), 140, 0.5), constant(25.0), used_mb=150),
    Workload("dev-drift", processor(80.0), constant(40.0), waiting_noise=Noise(0.2), drift=rising),
)

# --- for evaluation ---------------------------------------------------------------------------------


def quota(milliseconds: float, period_ms: float = 20.0) -> Curve:
    """A processor's share given in slices: work runs at full speed until its quota of a period is used.

    So a function that needs less than a slice is as fast at small sizes as at large ones, and longer
    ones run in steps. (Period as measured by others for Lambda; here only a shape.)
    """

    def curve(memory_mb: int) -> float:
        slice_ms = period_ms * min(1.0, memory_mb / ONE_CPU_MB)
        whole = math.floor(milliseconds / slice_ms)
        return whole * period_ms + (milliseconds - whole * slice_ms)

    return curve


def bandwidth(milliseconds: float, exponent: float, full_at_mb: float) -> Curve:
    """A transfer whose speed grows with memory by a power, up to a limit."""
    return lambda memory_mb: milliseconds * (full_at_mb / min(memory_mb, full_at_mb)) ** exponent


def knee(milliseconds: float, at_mb: float, excess: float, width: float = 0.18) -> Curve:
    """A cache that either holds the data or does not: a logistic step in the logarithm of memory."""

    def curve(memory_mb: int) -> float:
        return milliseconds * (1 + excess / (1 + math.exp(math.log(memory_mb / at_mb) / width)))

    return curve


def synchronised(milliseconds: float, threads: int, overhead: float) -> Curve:
    """Threads that wait for each other: more processors help less and less, and then harm."""

    def curve(memory_mb: int) -> float:
        cpus = memory_mb / ONE_CPU_MB
        if cpus <= 1:
            return milliseconds / cpus
        used = min(float(threads), cpus)
        return milliseconds * (0.25 + 0.75 / used + overhead * (used - 1))

    return curve


def collecting(work: Curve, heap_mb: float, strength: float) -> Curve:
    """Garbage collection whose share grows exponentially as the free memory shrinks."""
    return lambda memory_mb: work(memory_mb) * (1 + strength * math.exp(-(memory_mb - heap_mb) / heap_mb))


def added(*curves: Curve) -> Curve:
    """One after the other."""
    return lambda memory_mb: sum(curve(memory_mb) for curve in curves)


def swinging(progress: float) -> float:
    """A neighbour that comes and goes, three times in a run."""
    return 1 + 0.06 * math.sin(2 * math.pi * 3 * progress)


def stepping(progress: float) -> float:
    """A dependency that is deployed in the middle of the run, and slower afterwards."""
    return 1.0 if progress < 0.2 else 1.12


EVALUATION = (
    Workload("quota-short", quota(7.0), constant(24.0), Noise(0.06), Noise(0.15)),
    Workload("quota-long", quota(260.0), constant(10.0), Noise(0.06), Noise(0.15), used_mb=90),
    Workload("bandwidth", processor(25.0), bandwidth(55.0, 0.45, 1792), Noise(0.05), Noise(0.2)),
    Workload("knee", knee(140.0, 640, 2.5), constant(30.0), Noise(0.08), Noise(0.2), used_mb=180),
    Workload("synchronised", synchronised(520.0, 4, 0.02), constant(20.0), Noise(0.07), used_mb=190),
    Workload(
        "collecting", collecting(processor(120.0), 110, 4.0), constant(35.0), Noise(0.15), Noise(0.2), 130
    ),
    Workload("cache-misses", processor(30.0), constant(22.0), Noise(0.05), Noise(0.15, 0, 2.5, 2, 0.2, 4.0)),
    Workload("heavy-tail", processor(12.0), constant(45.0), Noise(0.05), Noise(0.2, 0.08, 1.9, 2.0)),
    Workload("noisy-service", processor(35.0), constant(70.0), Noise(0.1), Noise(0.5)),
    Workload(
        "swinging", added(processor(40.0), quota(30.0)), constant(40.0), Noise(0.08), Noise(0.2),
        drift=swinging,
    ),
    Workload(
        "stepping", processor(95.0, 0.3), constant(25.0), Noise(0.08), Noise(0.25), 110, drift=stepping
    ),
    Workload(
        "too-small", processor(300.0), constant(12.0), Noise(0.06), used_mb=330, fails_below_mb=340,
        throttle_share=0.05, silent_share=0.03,
    ),
)  # fmt: skip
