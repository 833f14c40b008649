"""What logs say without a call, and what is promised by them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.logs import parse_line
from platform_cli.operate.tuning.choosing import Aim
from platform_cli.operate.tuning.observations import Variant
from platform_cli.operate.tuning.planning import cost_weight, parse_sizes, plan_run
from platform_cli.operate.tuning.priors import gather, rank

SINCE = datetime(2026, 11, 14, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=7)
SIZES = (128, 256, 512, 1024, 2048)


def text_report(number: int, ms: float, memory: int = 512, used: int = 60, more: str = "") -> str:
    return (
        f"REPORT RequestId: r{number}\tDuration: {ms:.2f} ms\tBilled Duration: {int(ms) + 1} ms\t"
        f"Memory Size: {memory} MB\tMax Memory Used: {used} MB\t{more}"
    )


def json_line(kind: str, number: int, **metrics) -> str:
    return json.dumps({"type": f"platform.{kind}", "record": {"requestId": f"r{number}", "metrics": metrics}})


@pytest.fixture
def logged(function):
    def read(*messages: str):
        lines = [
            parse_line(
                function.address, {"message": m, "timestamp": 1_763_000_000_000 + i, "eventId": str(i)}
            )
            for i, m in enumerate(messages)
        ]
        return gather(lines, [function], SINCE, UNTIL)[function.address]

    return read


def test_reports_in_text_and_json_are_read_and_begun_calls_without_one_are_missing(logged):
    found = logged(
        "START RequestId: r1 Version: 3",
        text_report(1, 12.5),
        json_line("start", 2),
        json_line("report", 2, durationMs=20.0, billedDurationMs=21, memorySizeMB=512, maxMemoryUsedMB=71),
        "START RequestId: r3 Version: 3",
        json_line("start", 4),
        "a line of the function's own",
    )
    assert found.warm_ms(512) == [12.5, 20.0]
    assert (found.missing, found.max_memory_mb) == (2, 71)


def test_cold_calls_other_sizes_and_timeouts_are_no_warm_calls_of_a_size(logged):
    found = logged(
        text_report(1, 900.0, more="Init Duration: 200.00 ms"),
        text_report(2, 50.0, memory=256),
        text_report(3, 3000.0, more="Status: timeout"),
        text_report(4, 40.0),
    )
    assert found.warm_ms(512) == [40.0]


def test_the_saving_that_is_expected_is_between_its_ends_and_sums_over_a_month(function, logged, prices):
    found = logged(*(text_report(i, 100.0) for i in range(70)))
    (prospect,) = rank([function], {function.address: found}, SIZES, Aim(1.0), prices)
    # 70 calls in 7 days are 304 in 30.4: (101 ms × 0.5 GB × 0.0000133334 + 0.0000002) × 304
    assert prospect.calls_per_month == pytest.approx(304)
    assert prospect.monthly_usd == pytest.approx(304 * (0.101 * 0.5 * 0.0000133334 + 0.0000002))
    # If it only waits, 128 MB does the same for a quarter of the gigabytes; else nothing helps.
    assert prospect.saving_high_usd == pytest.approx(304 * 0.101 * 0.375 * 0.0000133334, rel=0.01)
    assert 0 <= prospect.saving_low_usd < 0.01 * prospect.monthly_usd
    assert prospect.saving_low_usd < prospect.saving_usd < prospect.saving_high_usd
    assert prospect.likely_mb == 128


def test_no_size_is_suggested_that_leaves_too_little_memory(function, logged, prices):
    found = logged(*(text_report(i, 100.0, used=250) for i in range(30)))
    (prospect,) = rank([function], {function.address: found}, SIZES, Aim(1.0), prices)
    assert prospect.likely_mb == 512
    assert prospect.saving_high_usd == pytest.approx(0.0, abs=1e-12)


def test_the_fleet_is_ranked_by_what_may_be_saved(function, logged, prices):
    other = function.model_copy(update={"name": "list"})
    busy, idle = logged(*(text_report(i, 100.0) for i in range(200))), logged(text_report(1, 100.0))
    ranked = rank([function, other], {function.address: idle, other.address: busy}, SIZES, Aim(1.0), prices)
    assert [p.address for p in ranked] == [other.address, function.address]
    assert ranked[1].remark == "only 1 warm calls in the logs"


def test_a_function_without_logs_is_listed_and_says_so(function, logged, prices):
    (prospect,) = rank([function], {function.address: logged()}, SIZES, Aim(1.0), prices)
    assert (prospect.remark, prospect.saving_usd) == ("no report in the logs", 0.0)


def test_a_plan_tells_calls_and_price_before_the_first_call(settings_of, sizes):
    settings = settings_of(sizes(128, 1024), max_invocations=100, known_memory_mb=60)
    plan = plan_run("orders.create", settings, Variant("arm64", 1024), 100.0)
    # Two sizes, eight calls each. If it only waits: 0.1 s × (0.125 + 1) GB / 2 a call on average.
    waiting = 0.1 * 1.125 / 2 * 0.0000133334 + 0.0000002
    # If it only computes, 128 MB takes eight times as long, and every call costs what one at 1024 MB does.
    computing = 0.1 * 0.0000133334 + 0.0000002
    assert plan.first_calls == 16
    assert plan.first_usd == pytest.approx((16 * waiting, 16 * computing))
    assert plan.most_usd == pytest.approx((100 * waiting, 100 * computing))


def test_without_logs_a_plan_tells_what_it_costs_at_most(settings_of, sizes):
    settings = settings_of(sizes(128, 1024), max_invocations=100, timeout_seconds=30)
    plan = plan_run("orders.create", settings, Variant("arm64", 1024), None)
    # 30 s, after the longest start of 10 s: eight calls of each size, and all others of the larger.
    small, large = (gb * 40 * 0.0000133334 + 0.0000002 for gb in (0.125, 1))
    assert plan.first_usd is None
    assert plan.bound_usd == pytest.approx(8 * small + 92 * large)
    few = replace(settings, max_invocations=3)
    assert plan_run("f.g", few, Variant("arm64", 1024), None).bound_usd == pytest.approx(small + 2 * large)
    limited = replace(settings, max_spend_usd=0.01)
    assert plan_run("f.g", limited, Variant("arm64", 1024), None).bound_usd == 0.01


def test_a_plan_leaves_out_what_logs_show_to_be_too_small(settings_of, sizes):
    plan = plan_run("f.g", settings_of(sizes(128, 1024), known_memory_mb=110), Variant("arm64", 1024), None)
    assert (plan.variants, plan.first_usd) == (sizes(1024), None)
    assert list(plan.skipped) == [*sizes(128)]


def test_an_aim_is_a_name_or_a_weight():
    assert [cost_weight(a) for a in ("cost", "speed", "balanced", "0.7")] == [1.0, 0.0, 0.5, 0.7]
    for wrong in ("cheap", "1.1", "nan"):
        with pytest.raises(PlatformError, match="is no aim"):
            cost_weight(wrong)


def test_sizes_are_typed_with_commas():
    assert parse_sizes("1024, 128,128") == (128, 1024)
    for wrong in ("1GB", "", ",", "128,,256", "128;256", "1e3"):
        with pytest.raises(PlatformError, match="no list of memory sizes"):
            parse_sizes(wrong)
