"""What calls cost, and which of them stay within what may be spent, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.rounds import Call

LONGEST_INIT_SECONDS = 10
"""Lambda ends the initialisation of a function then, and bills it; AWS Lambda documentation, "Understanding
the Lambda execution environment lifecycle" (read November 2026)."""

SHORTEST_SNAPSHOT_SECONDS = 3 * 3600
"""A snapshot of SnapStart is billed for at least so long, though its version is deleted before; AWS Lambda
pricing, "SnapStart" (read November 2026)."""


def spent_usd(observations: Sequence[Observation], prices: Mapping[str, LambdaPrice]) -> float:
    """The price of calls; where a report is missing, that of an average call of the same size."""
    known: dict[Variant, list[float]] = {}
    for o in observations:
        if o.billed_ms is not None:
            known.setdefault(o.variant, []).append(o.billed_ms)
    average = {variant: sum(billed) / len(billed) for variant, billed in known.items()}
    spent = 0.0
    for o in observations:
        billed = o.billed_ms if o.billed_ms is not None else average.get(o.variant, 0.0)
        spent += _usd(o.variant, billed, prices, cold=o.kind == "cold")
    return spent


def worst_call_usd(variant: Variant, timeout_seconds: int, prices: Mapping[str, LambdaPrice]) -> float:
    """The most that a call can cost: the longest start, and the whole timeout."""
    return _usd(variant, 1000.0 * (timeout_seconds + LONGEST_INIT_SECONDS), prices, cold=True)


def snapshots_usd(variants: Sequence[Variant], prices: Mapping[str, LambdaPrice]) -> float:
    """What Lambda takes for the snapshots of published sizes; nothing without SnapStart."""
    return sum(
        v.memory_mb / 1024 * SHORTEST_SNAPSHOT_SECONDS * prices[v.architecture].snapshot_usd for v in variants
    )


class Budget:
    """What may be spent, never exceeded: a call is made only while its worst price still fits.

    A call without a report counts as the worst one, since nobody knows what it was billed.

    Args:
        limit_usd: Of all calls; None for no limit.
        timeout_seconds: Of the function.
        prices: By architecture.
    """

    def __init__(
        self, limit_usd: float | None, timeout_seconds: int, prices: Mapping[str, LambdaPrice]
    ) -> None:
        self._limit = limit_usd
        self._timeout = timeout_seconds
        self._prices = prices

    def fitting(self, calls: Sequence[Call], observations: Sequence[Observation]) -> int:
        """How many of these calls, from the first on, may be made at the same time.

        Args:
            calls: That are due.
            observations: Of the calls that were made.
        """
        if self._limit is None:
            return len(calls)
        left = self._limit - sum(self._most(o) for o in observations)
        for number, call in enumerate(calls):
            left -= worst_call_usd(call.variant, self._timeout, self._prices)
            if left < 0:
                return number
        return len(calls)

    def _most(self, observation: Observation) -> float:
        if observation.billed_ms is None:
            return worst_call_usd(observation.variant, self._timeout, self._prices)
        # What failed may have started from a snapshot too, and does not say so.
        return _usd(observation.variant, observation.billed_ms, self._prices, cold=observation.kind != "warm")


def check_budget(
    limit_usd: float | None,
    timeout_seconds: int,
    variants: Sequence[Variant],
    prices: Mapping[str, LambdaPrice],
    beside_usd: float = 0.0,
) -> None:
    """See that a limit pays for at least one call of every size, each made while no other runs.

    Args:
        limit_usd: What may be spent; None for no limit.
        timeout_seconds: Of the function.
        variants: Sizes that are called.
        prices: By architecture.
        beside_usd: What is paid beside calls, for snapshots.

    Raises:
        PlatformError: `budget-too-small`.
    """
    if limit_usd is None or not variants:
        return
    dearest = max(variants, key=lambda v: worst_call_usd(v, timeout_seconds, prices))
    worst = worst_call_usd(dearest, timeout_seconds, prices)
    if worst + beside_usd > limit_usd:
        kept = f" beside {beside_usd:.2g} USD for snapshots" if beside_usd else ""
        raise PlatformError(
            f"{limit_usd:g} USD do not pay for one call of {dearest} that runs into its timeout of "
            f"{timeout_seconds} s, which costs {worst:.2g} USD{kept}",
            hint="raise --max-spend-usd, lower the function's timeout, or leave large sizes out with --sizes",
            code="budget-too-small",
            exit_code=ExitCode.USAGE,
        )


def _usd(variant: Variant, billed_ms: float, prices: Mapping[str, LambdaPrice], *, cold: bool) -> float:
    price, gigabytes = prices[variant.architecture], variant.memory_mb / 1024
    started = gigabytes * price.restore_usd if cold else 0.0
    return billed_ms / 1000 * gigabytes * price.gigabyte_second_usd + price.request_usd + started
