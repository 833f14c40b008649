"""What a run would do and cost, before it makes a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.tuning.dropping import FIRST_WARM, may_be_called
from platform_cli.operate.tuning.observations import Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.racing import RaceSettings
from platform_cli.operate.tuning.spending import check_budget, snapshots_usd, worst_call_usd
from platform_cli.operate.tuning.workloads import ONE_CPU_MB

SMALLEST_MB, LARGEST_MB = 128, 10_240
AIMS = {"cost": 1.0, "speed": 0.0, "balanced": 0.5}
"""Weight of the cost by name."""


@dataclass(frozen=True)
class RunPlan:
    """A run that was not made.

    Attributes:
        address: `service.function`.
        variants: Sizes that would be published and called.
        skipped: Sizes that logs already rule out, with the reason.
        first_calls: Calls of the first round, which are made at least.
        most_calls: Calls at most.
        first_usd: What the first round costs, from and to; None where the logs say no duration.
        most_usd: The same for all calls.
        payloads: How many different ones.
        writes: Lines of `access` by which the calls may leave something behind.
        budget_usd: What may be spent; None for no limit.
        budget_calls: How many calls that pays for at least, if each ran into its timeout.
        timeout_seconds: Of the function.
        snapshots_usd: What snapshots of SnapStart cost beside the calls; a part of the other figures.
        bound_usd: What all calls cost if each started as slowly as it can and ran into the timeout, and all
            after the first round were of the dearest size; nothing that happens costs more.
    """

    address: str
    variants: tuple[Variant, ...]
    skipped: Mapping[Variant, str]
    first_calls: int
    most_calls: int
    first_usd: tuple[float, float] | None
    most_usd: tuple[float, float] | None
    payloads: int
    writes: tuple[str, ...]
    budget_usd: float | None = None
    budget_calls: int = 0
    timeout_seconds: int = 0
    snapshots_usd: float = 0.0
    bound_usd: float = 0.0


def plan_run(
    address: str,
    settings: RaceSettings,
    present: Variant,
    mean_ms: float | None,
    *,
    payloads: int = 1,
    writes: tuple[str, ...] = (),
) -> RunPlan:
    """Plan a run.

    Args:
        address: `service.function`.
        settings: Of the race.
        present: The size in use.
        mean_ms: The duration of its warm calls in the logs, or None.
        payloads: How many different ones.
        writes: Lines of `access` by which the calls may leave something behind.

    Raises:
        PlatformError: `budget-too-small`.
    """
    skipped = {
        v: f"the logs show up to {settings.known_memory_mb} MB in use, and a quarter more must be left"
        for v in settings.variants
        if not may_be_called(v, settings.known_memory_mb, present)
    }
    tried = tuple(v for v in settings.variants if v not in skipped)
    budget = settings.max_spend_usd
    own = [v for v in tried if v.architecture == present.architecture]
    snapshots = snapshots_usd(own, settings.prices)
    check_budget(budget, settings.timeout_seconds, tried, settings.prices, snapshots)
    first = min(first_round_calls(tried), settings.max_invocations)
    first_usd = most_usd = None
    if mean_ms is not None and tried:
        ends = [_average_usd(tried, present, mean_ms, share, settings.prices) for share in (0.0, 1.0)]
        low, high = min(ends), max(ends)
        first_usd = (snapshots + low * first, snapshots + high * first)
        most_usd = (snapshots + low * settings.max_invocations, snapshots + high * settings.max_invocations)
        if budget is not None:
            first_usd = (min(first_usd[0], budget), min(first_usd[1], budget))
            most_usd = (min(most_usd[0], budget), min(most_usd[1], budget))
    return RunPlan(
        address,
        tried,
        skipped,
        first,
        settings.max_invocations,
        first_usd,
        most_usd,
        payloads,
        writes,
        budget,
        0 if budget is None or not tried else _calls_for(budget - snapshots, tried, settings),
        settings.timeout_seconds,
        snapshots,
        _bound_usd(tried, settings, snapshots),
    )


def _bound_usd(variants: Sequence[Variant], settings: RaceSettings, snapshots: float) -> float:
    worst = [worst_call_usd(v, settings.timeout_seconds, settings.prices) for v in variants]
    rounds, more = divmod(min(first_round_calls(variants), settings.max_invocations), max(1, len(worst)))
    dearest = sorted(worst, reverse=True)
    first = rounds * sum(worst) + sum(dearest[:more])
    later = max(0, settings.max_invocations - first_round_calls(variants)) * max(worst, default=0.0)
    limit = float("inf") if settings.max_spend_usd is None else settings.max_spend_usd
    return min(limit, snapshots + first + later)


def _calls_for(budget_usd: float, variants: Sequence[Variant], settings: RaceSettings) -> int:
    """How many calls in turns of all sizes are paid for, if each costs as much as it can."""
    worst = [worst_call_usd(v, settings.timeout_seconds, settings.prices) for v in variants]
    turns = int(budget_usd / sum(worst))
    left, more = budget_usd - turns * sum(worst), 0
    # The turn that is not paid for as a whole, at its dearest.
    for usd in sorted(worst, reverse=True):
        left -= usd
        if left < 0:
            break
        more += 1
    return min(settings.max_invocations, turns * len(variants) + more)


def sizes_to_try(asked: Sequence[int], present_mb: int) -> tuple[int, ...]:
    """The sizes, with the present one among them.

    Raises:
        PlatformError: `invalid-size`.
    """
    wrong = [size for size in asked if not SMALLEST_MB <= size <= LARGEST_MB]
    if wrong:
        raise PlatformError(
            f"{wrong[0]} MB is no memory size of Lambda",
            hint=f"sizes are from {SMALLEST_MB} to {LARGEST_MB} MB",
            code="invalid-size",
            exit_code=ExitCode.USAGE,
        )
    return tuple(sorted({*asked, present_mb}))


def first_round_calls(variants: Sequence[Variant]) -> int:
    """How many calls a run makes at least."""
    return len(variants) * (FIRST_WARM + 1)


def cost_weight(aim: str) -> float:
    """The weight of the cost in an aim: by name, or a number from 0 to 1.

    Raises:
        PlatformError: `invalid-aim`.
    """
    if aim in AIMS:
        return AIMS[aim]
    try:
        weight = float(aim)
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 1:
        raise PlatformError(
            f'"{aim}" is no aim',
            hint="write cost, speed, balanced, or the weight of the cost from 0 to 1, such as 0.7",
            code="invalid-aim",
            exit_code=ExitCode.USAGE,
        )
    return weight


def parse_sizes(typed: str) -> tuple[int, ...]:
    """Sizes as typed, `128,512,1024`.

    Raises:
        PlatformError: `invalid-size`.
    """
    try:
        return tuple(sorted({int(part) for part in typed.split(",")}))
    except ValueError as error:
        raise PlatformError(
            f'"{typed}" is no list of memory sizes',
            hint="write megabytes with commas, such as 128,512,1024",
            code="invalid-size",
            exit_code=ExitCode.USAGE,
        ) from error


def _average_usd(
    variants: Sequence[Variant],
    present: Variant,
    mean_ms: float,
    share: float,
    prices: Mapping[str, LambdaPrice],
) -> float:
    """The price of a call, averaged over the sizes, if a share of the duration is the processor's."""
    whole = 0.0
    for variant in variants:
        stretch = min(present.memory_mb, ONE_CPU_MB) / min(variant.memory_mb, ONE_CPU_MB)
        took = mean_ms * (share * stretch + 1 - share)
        price = prices[variant.architecture]
        seconds = took / 1000 * variant.memory_mb / 1024
        whole += seconds * price.gigabyte_second_usd + price.request_usd
    return whole / len(variants)
