"""Expected durations from few calls."""

from __future__ import annotations

import math
import random

import pytest

from platform_cli.operate.tuning.estimating import estimate
from platform_cli.operate.tuning.observations import Variant


def means(estimates) -> dict[int, float]:
    return {s.variant.memory_mb: s.mean_ms for s in estimates.sizes}


def test_calls_without_noise_give_their_duration(calls_of):
    durations = {128: 800.0, 256: 420.0, 512: 230.0, 1024: 135.0, 2048: 90.0}
    found = estimate([o for mb, ms in durations.items() for o in calls_of(mb, [ms] * 5)])
    assert means(found) == pytest.approx(durations, rel=0.02)


def test_cold_failed_and_missing_calls_do_not_count(calls_of):
    calls = [
        *calls_of(512, [100.0] * 5),
        *calls_of(512, [5000.0] * 5, kind="cold"),
        *calls_of(512, [9000.0], kind="timeout"),
    ]
    (size,) = estimate(calls).sizes
    assert (size.warm, size.mean_ms) == (5, pytest.approx(100.0))


def test_a_size_with_two_warm_calls_has_no_estimate(calls_of):
    assert estimate(calls_of(512, [100.0, 101.0])).sizes == ()


def test_one_slow_call_moves_its_size_much_less_than_the_mean_would(calls_of):
    calls = [o for mb in (512, 1024, 2048) for o in calls_of(mb, [100.0, 101.0, 99.0, 100.0] * 3)]
    slow = calls[:-1] + calls_of(2048, [1100.0])
    before, after = means(estimate(calls)), means(estimate(slow))
    plain = (sum([100.0, 101.0, 99.0, 100.0] * 3) + 1000.0) / 12 / 100.0
    assert plain > 1.8
    assert after[2048] / after[512] < 1.05, "sizes share what rare slow calls add"
    assert after[512] > before[512], "and all of them are expected to meet such calls"


def test_a_drift_over_the_run_is_taken_out_of_sizes_that_were_called_early(calls_of):
    # 512 and 1024 MB are as fast; 512 MB was called in the first half alone, and everything slows down.
    rise = [100.0 * math.exp(0.4 * order / 80) for order in range(80)]
    source = random.Random(1)
    noisy = [ms * math.exp(source.gauss(0, 0.01)) for ms in rise]
    calls = []
    for order, ms in enumerate(noisy):
        size = 1024 if order % 2 or order >= 40 else 512
        calls += calls_of(size, [ms], first=order)
    found = estimate(calls)
    assert found.drift == pytest.approx(0.49, abs=0.08)
    assert means(found)[1024] / means(found)[512] == pytest.approx(1.0, abs=0.03)


def test_payloads_of_different_length_do_not_disturb_if_every_size_has_another_share_of_them(calls_of):
    short, long = 50.0, 500.0
    calls = [
        *calls_of(512, [short] * 9, payload=0),
        *calls_of(512, [long] * 3, payload=1),
        *calls_of(1024, [short / 2] * 6, payload=0),
        *calls_of(1024, [long / 2] * 6, payload=1),
    ]
    found = means(estimate(calls, weights=(3.0, 1.0)))
    assert found[512] / found[1024] == pytest.approx(2.0, rel=0.05)


def test_the_interval_narrows_with_more_calls(calls_of):
    source = random.Random(3)

    def width(number: int) -> float:
        draws = [100 * math.exp(source.gauss(0, 0.2)) for _ in range(number)]
        (size,) = estimate(calls_of(512, draws)).sizes
        return math.log(size.high_ms / size.low_ms)

    few, many = (sum(width(number) for _ in range(20)) for number in (10, 90))
    assert many < 0.5 * few, "nine times as many calls, a third of the width, or nearly"


def test_a_neighbour_lends_strength_where_the_curve_is_smooth(calls_of):
    source = random.Random(5)
    calls = []
    for mb in (128, 256, 512, 1024, 1536):
        calls += calls_of(mb, [1e5 / mb * math.exp(source.gauss(0, 0.2)) for _ in range(8)])
    found = estimate(calls)
    alone = [estimate([o for o in calls if o.variant == Variant("arm64", mb)]) for mb in (256, 512, 1024)]
    together = [s.high_ms / s.low_ms for s in found.sizes[1:4]]
    assert all(one < a.sizes[0].high_ms / a.sizes[0].low_ms for one, a in zip(together, alone, strict=True))


def test_a_step_that_the_curve_does_not_know_is_believed_where_calls_show_it(calls_of):
    truth = {128: 500.0, 256: 500.0, 512: 500.0, 1024: 200.0, 2048: 200.0, 3008: 200.0}
    source = random.Random(7)
    calls = [
        o
        for mb, ms in truth.items()
        for o in calls_of(mb, [ms * source.uniform(0.97, 1.03) for _ in range(10)])
    ]
    assert means(estimate(calls)) == pytest.approx(truth, rel=0.06)


def test_high_quantiles_reach_beyond_the_calls_made(calls_of):
    source = random.Random(9)
    draws = [100 * source.paretovariate(3) for _ in range(60)]
    (size,) = estimate(calls_of(512, draws)).sizes
    assert size.p95_ms < size.p999_ms
    assert size.p999_ms >= max(draws)
