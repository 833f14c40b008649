"""What a simulated function does with its time, by memory size.

A workload is a processor part and a waiting part, each a curve over the memory size, with noise whose
expectation is one: so the expected duration of a size is the sum of the two curves, exactly, and a
choice can be judged against it. Source of the processor's share: AWS Lambda documentation, "Configure
Lambda function memory": 1,769 MB is one vCPU (read November 2026).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ONE_CPU_MB = 1769
"""Memory at which a function has one vCPU."""
MOST_CPUS = 6.0

Curve = Callable[[int], float]
"""Milliseconds by memory size in MB."""


def constant(milliseconds: float) -> Curve:
    """A part that memory does not change."""
    return lambda _memory_mb: milliseconds


def processor(milliseconds: float, parallel: float = 0.0) -> Curve:
    """Work in proportion to the processor's share.

    Args:
        milliseconds: On one vCPU.
        parallel: The share of it that uses more than one vCPU.
    """

    def curve(memory_mb: int) -> float:
        cpus = memory_mb / ONE_CPU_MB
        alone = milliseconds * (1 - parallel) / min(1.0, cpus)
        shared = milliseconds * parallel / min(MOST_CPUS, cpus)
        return alone + shared

    return curve


def under_pressure(work: Curve, working_set_mb: float, strength: float) -> Curve:
    """Work that a garbage collector multiplies where memory is short.

    Args:
        work: Without pressure.
        working_set_mb: What the function needs at a time.
        strength: How much is added where the working set fills half of the memory.
    """

    def curve(memory_mb: int) -> float:
        filled = min(0.95, working_set_mb / memory_mb)
        return work(memory_mb) * (1 + strength * (filled / (1 - filled)) ** 2)

    return curve


@dataclass(frozen=True)
class Noise:
    """A factor with expectation one.

    Attributes:
        sigma: Of a lognormal spread.
        tail_share: How many calls fall into a Pareto tail.
        tail_index: Of the tail; above 1, heavier the smaller.
        tail_factor: How long the tail's shortest calls are, against the others.
        slow_share: How many calls are of a second, slower kind (a missed cache).
        slow_factor: How much slower.
    """

    sigma: float = 0.05
    tail_share: float = 0.0
    tail_index: float = 2.5
    tail_factor: float = 2.0
    slow_share: float = 0.0
    slow_factor: float = 1.0

    @property
    def expectation(self) -> float:
        """Of the factor before it is scaled to one."""
        tail = self.tail_factor * self.tail_index / (self.tail_index - 1)
        spread = 1 + self.tail_share * (tail - 1)
        kinds = 1 + self.slow_share * (self.slow_factor - 1)
        return spread * kinds

    def draw(self, source: random.Random) -> float:
        """One factor."""
        factor = math.exp(source.gauss(-self.sigma * self.sigma / 2, self.sigma)) if self.sigma else 1.0
        # Always the same number of draws, so that a change of one share does not move all later calls.
        tail, kind = source.random(), source.random()
        stretch = source.paretovariate(self.tail_index)
        if tail < self.tail_share:
            factor *= self.tail_factor * stretch
        if kind < self.slow_share:
            factor *= self.slow_factor
        return factor / self.expectation


def steady(_progress: float) -> float:
    """Durations that do not change while a run goes on."""
    return 1.0


def nothing(_memory_mb: int) -> float:
    """No time at all."""
    return 0.0


@dataclass(frozen=True)
class Workload:
    """A function's behaviour.

    Attributes:
        name: For reports.
        busy: The processor's part.
        waiting: The rest: other services, disks, networks.
        busy_noise: Of the processor's part.
        waiting_noise: Of the rest.
        used_mb: The most memory it uses, where it has enough.
        fails_below_mb: It runs out of memory below.
        drift: How durations change while a run goes on: a factor for each progress from 0 to 1.
        init_ms: Of a cold start.
        cold_ms: What the first call in a new environment takes longer, beside that.
        throttle_share: How many calls are refused for lack of capacity.
        error_share: How many calls the handler fails, whatever the size.
        silent_share: How many calls come back without a report.
    """

    name: str
    busy: Curve
    waiting: Curve = nothing
    busy_noise: Noise = Noise()
    waiting_noise: Noise = Noise()
    used_mb: int = 60
    fails_below_mb: int = 0
    drift: Callable[[float], float] = steady
    init_ms: float = 250.0
    cold_ms: float = 40.0
    throttle_share: float = 0.0
    error_share: float = 0.0
    silent_share: float = 0.0

    def expected_ms(self, memory_mb: int) -> float:
        """The expected duration of a warm call, without drift."""
        return self.busy(memory_mb) + self.waiting(memory_mb)

    def draw_ms(self, memory_mb: int, progress: float, source: random.Random) -> float:
        """The duration of one warm call.

        Args:
            memory_mb: The size.
            progress: How far the run is, 0 to 1 and beyond.
            source: Of randomness.
        """
        busy = self.busy(memory_mb) * self.busy_noise.draw(source)
        return (busy + self.waiting(memory_mb) * self.waiting_noise.draw(source)) * self.drift(progress)


MODELS: Mapping[str, Workload] = {
    "cpu": Workload("cpu", processor(400.0), constant(5.0)),
    "io": Workload("io", processor(8.0), constant(120.0), waiting_noise=Noise(0.25, 0.03, 2.2, 2.0)),
    "mixed": Workload("mixed", processor(60.0), constant(80.0), waiting_noise=Noise(0.2)),
    "parallel": Workload("parallel", processor(900.0, parallel=0.8), constant(20.0), used_mb=200),
    "memory": Workload("memory", under_pressure(processor(250.0), 180, 0.6), constant(30.0), used_mb=240),
}
"""What `--simulate` offers."""
