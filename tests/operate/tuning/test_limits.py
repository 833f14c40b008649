"""Limits on p95 and cost: sizes near to one are asked again, and the present size is always known."""

from __future__ import annotations

from collections import Counter

import pytest

from platform_cli.operate.tuning.choosing import Aim, choose
from platform_cli.operate.tuning.estimating import estimate
from platform_cli.operate.tuning.observations import Variant
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.racing import undecided_sizes
from platform_cli.operate.tuning.tuning import tune
from platform_cli.operate.tuning.workloads import Noise, Workload, constant, processor

NOISY = Workload("noisy", processor(60.0), constant(60.0), waiting_noise=Noise(0.4))


@pytest.fixture
def run(function, around, settings_of, client_of):
    def call(variants, workload=NOISY, *, client=None, seed=3, **more):
        client = client or client_of(workload, seed, memory_mb=512, timeout_seconds=5)
        return tune(function, settings_of(variants, **more), [Payload(b"{}")], around(client), lanes=1)

    return call


def calls_by_size(found) -> Counter[int]:
    return Counter(o.variant.memory_mb for o in found.race.observations)


def test_a_size_whose_p95_is_about_the_limit_is_asked_again_before_it_is_out(run, sizes):
    variants = sizes(512, 1024, 2048)
    free = run(variants, aim=Aim(1.0))
    (small,) = (c for c in free.race.choice.candidates if c.variant.memory_mb == 512)
    held = run(variants, aim=Aim(1.0, p95_limit_ms=small.estimate.p95_ms))
    assert free.race.choice.chosen == Variant("arm64", 512)
    assert calls_by_size(held)[512] > calls_by_size(free)[512]


def test_a_size_that_is_far_beyond_a_limit_is_not_asked_again(run, sizes):
    found = run(sizes(512, 1024, 2048), aim=Aim(1.0, p95_limit_ms=100.0))
    assert calls_by_size(found)[512] == 8
    assert found.race.choice.chosen != Variant("arm64", 512)


def test_a_size_that_is_excluded_by_a_noisy_figure_stays_in_the_race(calls_of, settings_of, sizes, prices):
    slow = [100.0, 104, 96, 99, 101, 140, 98]
    observations = [*calls_of(512, slow), *calls_of(1024, [150.0] * 7)]
    aim = Aim(1.0, p95_limit_ms=125.0)
    estimates = estimate(observations)
    choice = choose(estimates, aim, prices, draws=0)
    (small,) = (c for c in choice.candidates if c.variant.memory_mb == 512)
    assert small.estimate.p95_low_ms < 125 < small.estimate.p95_ms < small.estimate.p95_high_ms
    assert small.excluded.startswith("its p95")
    assert small.unsure
    settings = settings_of(sizes(512, 1024), aim=aim)
    assert Variant("arm64", 512) in undecided_sizes(estimates, choice, settings), "though it is excluded"


def test_a_size_whose_cost_is_about_the_limit_stays_in_the_race(calls_of, settings_of, sizes, prices):
    noisy = [100.0, 130, 75, 96, 108, 88, 115]
    observations = [*calls_of(512, noisy), *calls_of(1024, [x / 1.8 for x in noisy])]
    aim = Aim(0.0, max_cost_increase=0.02)
    estimates, present = estimate(observations), Variant("arm64", 512)
    choice = choose(estimates, aim, prices, present=present, draws=0)
    (large,) = (c for c in choice.candidates if c.variant.memory_mb == 1024)
    assert large.excluded.startswith("it costs +9%")
    assert large.unsure
    settings = settings_of(sizes(512, 1024), aim=aim, present=present)
    assert undecided_sizes(estimates, choice, settings) == [Variant("arm64", 1024)]
    (apart,) = (
        c
        for c in choose(estimates, Aim(0.0, max_cost_increase=2.0), prices, present=present).candidates
        if c.variant == large.variant
    )
    assert not apart.unsure


def test_the_present_size_is_called_though_its_logs_show_too_little_left(run, sizes):
    found = run(sizes(512, 1024, 2048), aim=Aim(0.5, max_cost_increase=0.5), known_memory_mb=450)
    assert found.present is not None
    assert found.present.estimate.warm >= 7
    assert found.race.dropped[Variant("arm64", 512)].startswith("the function used up to 450 MB by its logs")
    assert found.race.choice.chosen != Variant("arm64", 512), "measured, but not to be chosen"


def test_the_size_that_is_deployed_is_tried_whatever_the_blueprint_says(run, sizes):
    found = run(sizes(1024, 2048), aim=Aim(0.5, max_cost_increase=0.5))
    assert found.present is not None
    assert found.present.variant == Variant("arm64", 512)


def test_without_a_figure_of_the_present_size_a_cost_limit_lets_nothing_be_chosen(run, sizes, client_of):
    # 512 MB runs out of memory, so nobody can say what the others cost more.
    failing = Workload("failing", processor(60.0), constant(60.0), used_mb=600, fails_below_mb=700)
    found = run(sizes(512, 1024, 2048), failing, aim=Aim(0.5, max_cost_increase=0.5))
    assert found.race.choice.chosen is None
    assert {c.excluded for c in found.race.choice.candidates} == {
        "nothing says what it costs more: the present size could not be measured"
    }


def test_sizes_that_logs_rule_out_are_neither_published_nor_called_and_named_with_the_reason(
    run, sizes, client_of, function
):
    client = client_of(NOISY, 3, memory_mb=1024, timeout_seconds=5)
    found = run(sizes(128, 512, 1024, 2048), client=client, known_memory_mb=500)
    assert {o.variant.memory_mb for o in found.race.observations} == {1024, 2048}
    reason = "the function used up to 500 MB by its logs, and a quarter more must be left"
    assert found.race.dropped == {Variant("arm64", 128): reason, Variant("arm64", 512): reason}
    assert client.functions[function.physical_name].published == 2
