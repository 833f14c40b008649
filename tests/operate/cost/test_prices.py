"""Prices: where they come from, their tiers at the borders, which of two wins."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.cost.prices import (
    Price,
    PriceTable,
    Tier,
    bundled_prices,
    keep_prices,
    lambda_prices,
    load_prices,
    read_prices,
)
from platform_cli.operate.cost.quantities import PRODUCTS


def price(usd="0.5", *, region="us-east-1", dated=date(2026, 1, 1), id="lambda.requests", tiers=None):
    tiers = tiers or (Tier(usd=Decimal(usd)),)
    return Price(id=id, region=region, unit="request", tiers=tiers, source="a test", date=dated)


def test_every_bundled_price_says_its_source_its_date_and_its_unit():
    for bundled in bundled_prices().prices.values():
        assert len(bundled.source) > 10, bundled.id
        assert date(2023, 1, 1) < bundled.date < date(2026, 12, 1), bundled.id
        assert bundled.unit, bundled.id
        assert bundled.region == "us-east-1"
        assert bundled.id.partition(".")[0] in PRODUCTS
        assert all(tier.usd > 0 for tier in bundled.tiers)
        assert bool(bundled.free_per_month) == bool(bundled.free_source), bundled.id


def test_tiers_apply_to_what_falls_into_them():
    x86 = bundled_prices().price("lambda.duration.x86_64", "us-east-1")

    # 6 B × 0.0000166667 = 100,000.20
    assert x86.cost(Decimal(6_000_000_000)) == Decimal("100000.2")
    # one more unit is of the second tier, 0.000015
    assert x86.cost(Decimal(6_000_000_001)) == Decimal("100000.200015")
    # 6 B × 0.0000166667 + 9 B × 0.000015 = 100,000.20 + 135,000
    assert x86.cost(Decimal(15_000_000_000)) == Decimal("235000.2")
    # and the next is of the third, 0.0000133334
    assert x86.cost(Decimal(15_000_000_001)) == Decimal("235000.2000133334")
    assert x86.cost(Decimal(0)) == 0


def test_tiers_of_the_http_api_are_those_of_its_source():
    http = bundled_prices().price("apigateway.http.requests", "us-east-1")

    # The golden file it comes from says: 300 M for 300.00 and 700 M more for 630.00.
    assert http.cost(Decimal(300_000_000)) == Decimal(300)
    assert http.cost(Decimal(1_000_000_000)) == Decimal(930)


@pytest.mark.parametrize(
    "tiers",
    [
        (),
        (Tier(usd=Decimal(1), up_to=Decimal(5)),),
        (
            Tier(usd=Decimal(1), up_to=Decimal(5)),
            Tier(usd=Decimal(1), up_to=Decimal(3)),
            Tier(usd=Decimal(1)),
        ),
        (Tier(usd=Decimal(1)), Tier(usd=Decimal(2))),
    ],
)
def test_tiers_that_leave_a_gap_are_refused(tiers):
    with pytest.raises(ValueError, match="tier"):
        Price(id="a.b", region="r", unit="u", tiers=tiers, source="s", date=date(2026, 1, 1))


def test_a_price_is_old_on_the_day_after_its_year():
    dated = price(dated=date(2025, 11, 21))

    assert not dated.is_stale(date(2026, 11, 21))
    assert dated.is_stale(date(2026, 11, 22))


def test_an_unknown_region_gets_the_price_of_us_east_1_and_sees_that():
    found = bundled_prices().price("lambda.requests", "eu-west-1")

    assert found.region == "us-east-1"
    assert bundled_prices().price("no.such-price", "us-east-1") is None


def test_the_newer_of_two_prices_wins():
    table = PriceTable.of([price("0.5", dated=date(2026, 1, 1))])

    newer = table.with_prices([price("0.7", dated=date(2026, 2, 1))])
    older = table.with_prices([price("0.3", dated=date(2025, 2, 1))])

    assert newer.price("lambda.requests", "us-east-1").tiers[0].usd == Decimal("0.7")
    assert older.price("lambda.requests", "us-east-1").tiers[0].usd == Decimal("0.5")


def test_kept_prices_are_found_again_beside_those_of_other_regions(tmp_path):
    path = tmp_path / "cache" / "prices.json"

    keep_prices(path, [price("0.3", region="eu-west-1")])
    keep_prices(path, [price("0.4", region="eu-north-1")])

    table = load_prices(path)
    assert table.price("lambda.requests", "eu-west-1").tiers[0].usd == Decimal("0.3")
    assert table.price("lambda.requests", "eu-north-1").tiers[0].usd == Decimal("0.4")
    assert table.price("lambda.requests", "us-east-1").tiers[0].usd == Decimal("0.0000002")
    assert [entry.name for entry in path.parent.iterdir()] == ["prices.json"]


def test_a_broken_file_of_prices_is_told_and_mended_by_the_next_refresh(tmp_path):
    path = tmp_path / "prices.json"
    path.write_text('{"format": 1, "prices": [{"id": "x"}]}')

    with pytest.raises(PlatformError) as told:
        load_prices(path)
    assert told.value.code == "unreadable-prices"
    assert "platform cost refresh" in told.value.hint

    keep_prices(path, [price()])
    assert [kept.id for kept in read_prices(path)] == ["lambda.requests"]


def test_prices_that_cannot_be_kept_are_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(PlatformError) as told:
        keep_prices(tmp_path / "file" / "prices.json", [price()])
    assert told.value.code == "unwritable-prices"


def test_lambda_costs_what_its_price_list_says():
    prices = lambda_prices("us-east-1")

    # 512 MB for 100 ms: 0.05 GB-seconds × 0.0000133334, and a request.
    assert prices.invocation_usd(512, 100, "arm64") == pytest.approx(0.05 * 0.0000133334 + 0.0000002)
    assert prices.gb_second_usd("x86_64") == pytest.approx(0.0000166667)
    assert prices.tiers["arm64"][0] == (7_500_000_000, pytest.approx(0.0000133334))
    assert prices.tiers["arm64"][-1][0] is None
    assert prices.region == "us-east-1"


def test_lambda_prices_of_an_unknown_region_say_whose_they_are():
    fetched = [
        price("0.1", region="eu-west-1", id=id)
        for id in ("lambda.requests", "lambda.duration.arm64", "lambda.duration.x86_64")
    ]

    assert lambda_prices("eu-west-1").region == "us-east-1"
    assert lambda_prices("eu-west-1", bundled_prices().with_prices(fetched)).region == "eu-west-1"
