"""Tiers and free tiers of every bundled price, one unit before, at, and one unit after each border."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from platform_cli.operate.cost.estimate import price_quantities
from platform_cli.operate.cost.prices import bundled_prices
from platform_cli.operate.cost.quantities import Quantity

PRICES = {price_id: price for (price_id, _), price in bundled_prices().prices.items()}
TIERED = sorted(price_id for price_id, price in PRICES.items() if len(price.tiers) > 1)
FREE = sorted(price_id for price_id, price in PRICES.items() if price.free_per_month)


def bill(price_id, *units, free_tier):
    """What so many units cost, each number of them a part of the blueprint of its own."""
    quantities = [Quantity(price_id, Decimal(n), "variable", f"part.{i}", "x") for i, n in enumerate(units)]
    lines, unpriced = price_quantities(quantities, bundled_prices(), "us-east-1", free_tier=free_tier)
    assert unpriced == ()
    return sum((line.usd for line in lines), Decimal(0))


def exactly(value):
    return pytest.approx(value, rel=Decimal("1e-18"), abs=Decimal("1e-18"))


def by_hand(price, units):
    """Tier after tier, as on an invoice."""
    whole, begin = Decimal(0), Decimal(0)
    for tier in price.tiers:
        end = units if tier.up_to is None else min(tier.up_to, units)
        whole += max(Decimal(0), end - begin) * tier.usd
        begin = max(begin, end)
    return whole


def test_there_are_prices_with_tiers_and_with_free_tiers():
    assert {"lambda.duration.arm64", "lambda.duration.x86_64", "cloudwatch.metrics"} <= set(TIERED)
    assert {"lambda.requests", "dynamodb.storage", "cloudfront.data-out"} <= set(FREE)


@pytest.mark.parametrize("price_id", TIERED)
def test_each_unit_about_the_border_of_a_tier_costs_what_its_tier_says(price_id):
    price = PRICES[price_id]
    for tier, following in pairwise(price.tiers):
        border = tier.up_to
        at = bill(price_id, border, free_tier=False)
        assert at == exactly(by_hand(price, border))
        assert at - bill(price_id, border - 1, free_tier=False) == exactly(tier.usd)
        assert bill(price_id, border + 1, free_tier=False) - at == exactly(following.usd)


@pytest.mark.parametrize("price_id", TIERED)
def test_parts_of_the_blueprint_fill_the_tiers_together(price_id):
    price = PRICES[price_id]
    for tier in price.tiers[:-1]:
        units = (tier.up_to / 2, tier.up_to / 2, Decimal(1000))
        assert bill(price_id, *units, free_tier=False) == exactly(by_hand(price, sum(units)))


@pytest.mark.parametrize("price_id", FREE)
def test_the_free_tier_ends_at_its_last_unit(price_id):
    price = PRICES[price_id]
    free, first = price.free_per_month, price.tiers[0].usd
    assert bill(price_id, free - 1, free_tier=True) == 0
    assert bill(price_id, free, free_tier=True) == 0
    assert bill(price_id, free + 1, free_tier=True) == exactly(first)
    assert bill(price_id, free / 2, free / 2, 1, free_tier=True) == exactly(first), "once an account"
    assert bill(price_id, 1, free_tier=False) == exactly(first)


@pytest.mark.parametrize("price_id", sorted({*TIERED} & {*FREE}))
def test_tiers_begin_after_what_is_free(price_id):
    price = PRICES[price_id]
    for tier, following in pairwise(price.tiers):
        border = price.free_per_month + tier.up_to
        at = bill(price_id, border, free_tier=True)
        assert at == exactly(by_hand(price, tier.up_to))
        assert bill(price_id, border + 1, free_tier=True) - at == exactly(following.usd)


def test_both_architectures_of_lambda_share_one_free_tier():
    def cost(arm, intel):
        quantities = [
            Quantity("lambda.duration.arm64", Decimal(arm), "variable", "a", "x"),
            Quantity("lambda.duration.x86_64", Decimal(intel), "variable", "b", "x"),
        ]
        return sum(line.usd for line in price_quantities(quantities, bundled_prices(), "us-east-1")[0])

    assert cost(200_000, 200_000) == 0
    # One unit beyond 400,000, borne by both in proportion: half of it at each price.
    both = Decimal("0.0000133334") * Decimal("0.5") + Decimal("0.0000166667") * Decimal("0.5")
    assert cost(200_000.5, 200_000.5) == exactly(both)
