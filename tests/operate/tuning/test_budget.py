"""`--max-spend-usd` is never exceeded, and says what it allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.measuring import Measurer
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.planning import plan_run
from platform_cli.operate.tuning.pricing import lambda_prices
from platform_cli.operate.tuning.racing import race
from platform_cli.operate.tuning.rounds import Call
from platform_cli.operate.tuning.spending import (
    Budget,
    check_budget,
    snapshots_usd,
    spent_usd,
    worst_call_usd,
)
from platform_cli.operate.tuning.tuning import tune
from platform_cli.operate.tuning.variants import Published
from platform_cli.operate.tuning.workloads import Noise, Workload, constant, processor

SIZES = (128, 512, 1024, 3008)
TIMEOUT = 5
NOISY = Workload("noisy", processor(5.0), constant(100.0), waiting_noise=Noise(0.8))
SLOW = Workload("slow", constant(2_000.0), waiting_noise=Noise(0.3))
HANGING = Workload("hanging", constant(60_000.0), init_ms=9_900.0)
SILENT = Workload("silent", constant(4_000.0), silent_share=1.0)


@pytest.fixture
def spend(client_of, function, sizes, settings_of, prices):
    """`spend(workload, usd)`: the race, and what AWS would charge for it."""

    def run(workload: Workload, usd: float | None, lanes: int = 1) -> tuple[Any, float, int]:
        client = client_of(workload, timeout_seconds=TIMEOUT, log_format="Text")
        places = {}
        for variant in sizes(*SIZES):
            client.update_function_configuration(
                FunctionName=function.physical_name, MemorySize=variant.memory_mb
            )
            version = client.publish_version(FunctionName=function.physical_name)["Version"]
            places[variant] = Published(function.physical_name, version)
        settings = settings_of(places, max_spend_usd=usd, timeout_seconds=TIMEOUT)
        found = race(settings, Measurer(client, places, [b"{}"], lanes=lanes, sleep=lambda _: None))
        price = prices["arm64"]
        charged = client.gigabyte_seconds * price.gigabyte_second_usd + client.calls * price.request_usd
        return found, charged, client.calls

    return run


@pytest.mark.parametrize("workload", [NOISY, HANGING, SILENT], ids=lambda w: w.name)
@pytest.mark.parametrize("usd", [0.0007, 0.001, 0.003])
def test_no_call_is_made_that_could_exceed_the_limit_not_even_in_the_first_round(spend, workload, usd):
    _, charged, calls = spend(workload, usd)
    assert 0 < charged <= usd
    assert calls > 0


def test_what_the_limit_leaves_is_used_up_to_the_worst_price_of_one_call(spend, prices):
    usd = 0.0009
    found, charged, _ = spend(SLOW, usd)
    assert found.stopped == "max-spend"
    assert charged > usd - worst_call_usd(Variant("arm64", 3008), TIMEOUT, prices)


def test_a_limit_that_pays_for_everything_changes_nothing(spend):
    assert spend(NOISY, 10.0)[0] == spend(NOISY, None)[0]


def test_the_worst_call_is_the_whole_timeout_after_the_longest_start(prices):
    # 2 GB × (5 + 10) s × 0.0000166667, and a request.
    worst = worst_call_usd(Variant("x86_64", 2048), TIMEOUT, prices)
    assert worst == pytest.approx(2 * 15 * 0.0000166667 + 0.0000002)


def test_calls_at_a_time_are_as_many_as_can_all_go_wrong(prices):
    variant = Variant("arm64", 1024)
    worst = worst_call_usd(variant, TIMEOUT, prices)
    calls = [Call(Variant("arm64", 1024), i) for i in range(4)]
    missing = Observation(variant, "missing", 0)
    assert Budget(2.5 * worst, TIMEOUT, prices).fitting(calls, []) == 2
    assert Budget(2.5 * worst, TIMEOUT, prices).fitting(calls, [missing]) == 1, "nobody knows what it took"
    assert Budget(None, TIMEOUT, prices).fitting(calls, []) == 4


def test_a_limit_below_one_call_is_refused_before_anything_is_published(
    function, around, client_of, settings_of, sizes
):
    client = client_of(NOISY, timeout_seconds=900)
    with pytest.raises(PlatformError) as error:
        tune(
            function,
            settings_of(sizes(512, 1024), max_spend_usd=0.001),
            [Payload(b"{}")],
            around(client),
            lanes=1,
        )
    assert error.value.code == "budget-too-small"
    assert "timeout of 900 s" in error.value.message
    assert client.functions[function.physical_name].versions == {}


def test_a_limit_that_ends_the_run_before_any_size_is_known_is_told_as_the_reason(
    function, around, client_of, settings_of, sizes
):
    client = client_of(NOISY, timeout_seconds=5)
    settings = settings_of(sizes(512, 1024), max_spend_usd=0.000205)
    with pytest.raises(PlatformError) as error:
        tune(function, settings, [Payload(b"{}")], around(client), lanes=1)
    assert error.value.code == "tuning-failed"
    assert "--max-spend-usd allowed" in error.value.message


def test_a_plan_says_how_many_calls_the_limit_pays_for_at_least(settings_of, sizes, prices):
    variants = sizes(512, 1024)
    small, large = (worst_call_usd(v, TIMEOUT, prices) for v in variants)
    usd = 3 * (small + large) + large * 1.01
    settings = settings_of(variants, max_spend_usd=usd, timeout_seconds=TIMEOUT)
    plan = plan_run("orders.create", settings, variants[0], 100.0)
    assert (plan.budget_usd, plan.budget_calls) == (usd, 7)
    assert plan.first_usd is not None
    assert plan.first_usd[1] <= usd
    with pytest.raises(PlatformError):
        check_budget(large * 0.99, TIMEOUT, variants, prices)


def test_snapshots_of_snapstart_are_a_part_of_what_is_spent(
    function, around, client_of, settings_of, sizes, prices
):
    prices = {name: replace(price, snapshot_usd=0.0000015046) for name, price in prices.items()}
    variants = sizes(512, 1024)
    # 1.5 GB for three hours.
    kept = 1.5 * 3 * 3600 * 0.0000015046
    assert snapshots_usd(variants, prices) == pytest.approx(kept)
    settings = settings_of(variants, prices=prices, max_spend_usd=kept + 0.0005, timeout_seconds=5)
    client = client_of(NOISY, timeout_seconds=5)
    found = tune(function, settings, [Payload(b"{}")], around(client), lanes=1)
    assert kept < found.race.spent_usd <= kept + 0.0005
    with pytest.raises(PlatformError) as error:
        tune(function, replace(settings, max_spend_usd=kept), [Payload(b"{}")], around(client), lanes=1)
    assert error.value.code == "budget-too-small"
    assert "for snapshots" in error.value.message
    plan = plan_run("orders.create", settings, variants[0], 100.0)
    assert plan.snapshots_usd == pytest.approx(kept)
    assert plan.first_usd is not None
    assert plan.first_usd[0] > kept


def test_starts_from_snapshots_are_billed_by_the_gigabyte(prices):
    prices = {name: replace(price, restore_usd=0.00014) for name, price in prices.items()}
    variant = Variant("arm64", 2048)
    # 2 GB × 0.1 s × 0.0000133334, a request, and for the cold one 2 GB × 0.00014.
    warm, cold = (Observation(variant, kind, 0, 99.0, 100.0) for kind in ("warm", "cold"))
    assert spent_usd([warm], prices) == pytest.approx(0.2 * 0.0000133334 + 0.0000002)
    assert spent_usd([cold], prices) - spent_usd([warm], prices) == pytest.approx(0.00028)
    free = {name: replace(price, restore_usd=0.0) for name, price in prices.items()}
    assert worst_call_usd(variant, 5, prices) - worst_call_usd(variant, 5, free) == pytest.approx(0.00028)


def test_only_functions_with_snapstart_pay_for_snapshots():
    without, quick = lambda_prices("us-east-1")["arm64"], lambda_prices("us-east-1", snap_start=True)["arm64"]
    assert (without.snapshot_usd, without.restore_usd) == (0.0, 0.0)
    assert (quick.snapshot_usd, quick.restore_usd) == (0.0000015046, 0.0001397998)
