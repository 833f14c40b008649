"""The families that the estimator is judged by stay as they were frozen, and the evaluation runs."""

from __future__ import annotations

import hashlib
import json
import runpy
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "tuning"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    return lambda name: runpy.run_path(str(FOLDER / f"{name}.py"))


def test_families_and_seed_are_those_that_were_frozen_before_the_estimator_was_tuned(benchmark):
    families = benchmark("families")
    told = {
        w.name: [
            *(round(w.expected_ms(mb), 6) for mb in families["SIZES"]),
            *(w.busy_noise.__dict__.values(), w.waiting_noise.__dict__.values()),
            *(round(w.drift(at / 4), 6) for at in range(5)),
            *(w.used_mb, w.fails_below_mb, w.throttle_share, w.error_share, w.silent_share),
        ]
        for w in (*families["DEVELOPMENT"], *families["EVALUATION"])
    }
    text = json.dumps([told, families["SEED"], dict(families["AIMS"])], default=list, sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "aa4d3e9bcc6701e9"


def test_the_evaluation_judges_every_strategy_on_the_same_calls(benchmark):
    outcomes = benchmark("evaluation")["run_family"](("dev-io", 0, 1, True))
    strategies = {o.strategy for o in outcomes}
    assert {"adaptive", "published n=10", "published n=50"} <= strategies
    assert {o.calls for o in outcomes if o.strategy.startswith("published")} == {80, 400}
    assert {o.aim for o in outcomes} == {"cost", "balanced", "speed"}
    assert all(o.regret >= 0 and o.gigabyte_seconds > 0 and o.seconds > 0 for o in outcomes)
