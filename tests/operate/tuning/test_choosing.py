"""The rule by which a size is chosen."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.operate.tuning.choosing import Aim, choose, cost_usd_per_million, least_memory_mb
from platform_cli.operate.tuning.estimating import Estimates, SizeEstimate
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice

PRICE = LambdaPrice(0.0000166667, 0.0000002, "test", "2024")


def estimates(times: dict[int, float], error: float = 0.01, p95: float = 1.2) -> Estimates:
    sizes = tuple(
        SizeEstimate(
            Variant("x86_64", mb),
            10,
            ms,
            ms * 0.98,
            ms * 1.02,
            ms * p95,
            ms * 2,
            0.5,
            ms * p95 * 0.98,
            ms * p95 * 1.02,
        )
        for mb, ms in times.items()
    )
    number = len(sizes)
    return Estimates(sizes, [[error**2 * (i == j) for j in range(number)] for i in range(number)])


def chosen(times: dict[int, float], aim: Aim, **more) -> int | None:
    found = choose(estimates(times), aim, {"x86_64": PRICE}, **more).chosen
    return found.memory_mb if found else None


# A function that is all processor up to one vCPU: cost stays, time falls.
PROCESSOR = {128: 1382.0, 512: 345.5, 1024: 172.7, 1769: 100.0, 3008: 100.0}
# One that waits: time stays, cost grows.
WAITING = {128: 104.0, 512: 101.0, 1024: 100.5, 3008: 100.0}


def test_the_price_of_a_million_calls_is_gigabyte_seconds_and_requests():
    size = SizeEstimate(Variant("x86_64", 2048), 10, 99.5, 0, 0, 0, 0, 0.5, 0, 0)
    # 2 GB × 0.1 s × 0.0000166667 = 3.33334e-6 a call, and 0.20 for a million requests.
    assert cost_usd_per_million(size, PRICE) == pytest.approx(3.33334 + 0.20)


@pytest.mark.parametrize(
    ("times", "aim", "expected"),
    [
        (WAITING, Aim(1.0), 128),
        (WAITING, Aim(0.5), 128),
        (PROCESSOR, Aim(0.0), 1769),
        (PROCESSOR, Aim(0.5), 1769),
    ],
)
def test_each_aim_names_the_size_that_arithmetic_names(times, aim, expected):
    assert chosen(times, aim) == expected


def test_cost_divided_by_time_would_name_the_smallest_size_and_the_rule_does_not():
    found = choose(estimates(PROCESSOR), Aim(0.5), {"x86_64": PRICE})
    ratio = min(found.candidates, key=lambda c: c.cost_usd_per_million / c.estimate.mean_ms)
    assert ratio.variant.memory_mb == 128
    assert found.chosen.memory_mb == 1769


def test_of_two_that_are_as_fast_the_cheaper_is_taken_though_speed_is_all_that_counts():
    assert chosen({1769: 100.0, 3008: 99.6}, Aim(0.0)) == 1769
    assert chosen({1769: 100.0, 3008: 90.0}, Aim(0.0)) == 3008


def test_of_sizes_that_cost_the_same_the_fastest_is_taken_though_cost_is_all_that_counts():
    assert chosen(PROCESSOR, Aim(1.0)) == 1769


def test_sizes_above_the_p95_limit_are_out_and_say_so():
    found = choose(estimates(WAITING), Aim(1.0, p95_limit_ms=121), {"x86_64": PRICE})
    assert found.chosen.memory_mb == 1024
    assert found.of(Variant("x86_64", 128)).excluded == "its p95 of 125 ms is above 121 ms"


def test_a_cost_increase_beyond_the_limit_is_out():
    present = Variant("x86_64", 128)
    free = chosen({128: 1382.0, 3008: 100.0}, Aim(0.0), present=present)
    held = chosen({128: 1382.0, 3008: 100.0}, Aim(0.0, max_cost_increase=0.2), present=present)
    assert (free, held) == (3008, 128)


def test_where_every_size_is_excluded_none_is_chosen():
    reasons = {Variant("x86_64", size): "too small" for size in WAITING}
    found = choose(estimates(WAITING), Aim(), {"x86_64": PRICE}, excluded=reasons)
    assert found.chosen is None
    assert {c.excluded for c in found.candidates} == {"too small"}


def test_the_front_holds_the_sizes_that_no_other_beats_in_both():
    found = choose(estimates({128: 200.0, 512: 210.0, 1024: 100.0}), Aim(), {"x86_64": PRICE})
    assert [c.variant.memory_mb for c in found.candidates if c.on_front] == [128, 1024]


def test_sizes_within_a_hundredth_are_told_as_ties():
    # 144.1 MB·s at 1769 MB and 128 MB: one costs and lasts what the other does, in logarithms.
    found = choose(estimates({1024: 100.0, 1100: 96.3}), Aim(0.5), {"x86_64": PRICE})
    assert [c.tied for c in found.candidates].count(True) == 1


def test_what_a_wrong_choice_could_cost_grows_with_the_errors():
    times = {512: 100.0, 1024: 69.5}
    small = choose(estimates(times, 0.002), Aim(), {"x86_64": PRICE})
    large = choose(estimates(times, 0.2), Aim(), {"x86_64": PRICE})
    assert small.certainty > 0.99
    assert large.certainty < small.certainty
    assert large.expected_regret > 10 * small.expected_regret
    assert large.regret_high > large.expected_regret


def test_the_memory_margin_is_a_quarter_above_what_was_used_at_a_size_that_was_large_enough():
    variant = Variant("arm64", 1024)
    large = Observation(variant, "warm", 1, 10.0, max_memory_mb=201)
    full = Observation(Variant("arm64", 512), "out_of_memory", 2, max_memory_mb=512)
    assert least_memory_mb([large]) == 252  # 251.25, rounded up
    assert least_memory_mb([large, full]) == 252
    assert least_memory_mb([large], known_mb=300) == 375


@given(
    st.dictionaries(st.integers(128, 10240), st.floats(1, 10_000), min_size=3, max_size=8),
    st.floats(0.05, 0.95),
)
def test_leaving_out_a_size_that_was_not_chosen_never_changes_the_choice_beyond_a_tie(times, weight):
    before = chosen(times, Aim(weight), draws=0)
    others = [size for size in times if size != before]
    after = chosen({s: t for s, t in times.items() if s != others[0]}, Aim(weight), draws=0)
    prices = {"x86_64": PRICE}
    score = {
        c.variant.memory_mb: c.score
        for c in choose(estimates(times), Aim(weight), prices, draws=0).candidates
    }
    assert abs(score[after] - score[before]) < 0.01 or after == before


@given(
    st.dictionaries(st.integers(128, 10240), st.floats(1, 10_000), min_size=1, max_size=8), st.floats(0, 1)
)
def test_the_choice_is_on_the_front_or_as_good_as_one_there(times, weight):
    found = choose(estimates(times), Aim(weight), {"x86_64": PRICE}, draws=0)
    best = min(c.score for c in found.candidates)
    assert found.of(found.chosen).score <= best + math.log(1.0101)
    assert any(c.on_front for c in found.candidates)
