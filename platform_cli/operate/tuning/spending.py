"""What calls cost, and whether more of them are within what may be spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.rounds import Call


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
        price = prices[o.variant.architecture]
        spent += billed / 1000 * o.variant.memory_mb / 1024 * price.gigabyte_second_usd + price.request_usd
    return spent


def affordable(
    calls: Sequence[Call],
    observations: Sequence[Observation],
    prices: Mapping[str, LambdaPrice],
    max_invocations: int,
    max_spend_usd: float | None,
) -> tuple[Sequence[Call], str]:
    """The calls of a round that limits allow, and the limit that allows no more; empty if there is none.

    Args:
        calls: Of the round.
        observations: So far.
        prices: By architecture.
        max_invocations: Calls at most.
        max_spend_usd: Price of all calls at most; None for no limit.
    """
    room = max_invocations - len(observations)
    if len(calls) > room:
        return calls[: max(0, room)], "max-invocations"
    if max_spend_usd is None or not calls:
        return calls, ""
    expected = spent_usd(observations, prices) + _expected_usd(calls, observations, prices)
    return ([], "max-spend") if expected > max_spend_usd else (calls, "")


def _expected_usd(
    calls: Sequence[Call], observations: Sequence[Observation], prices: Mapping[str, LambdaPrice]
) -> float:
    first: dict[Variant, Observation] = {}
    for o in observations:
        if o.billed_ms:
            first.setdefault(o.variant, o)
    # Before the first round nothing is known; its calls are what the least possible budget pays for.
    assumed = [replace(first[c.variant], order=c.order) for c in calls if c.variant in first]
    return spent_usd(assumed, prices)
