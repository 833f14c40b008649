"""The families that the estimator is judged by stay as they were frozen, and the evaluation runs."""

from __future__ import annotations

import hashlib
import json
import runpy
import sys
from dataclasses import asdict
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


def test_the_adaptive_strategy_and_the_published_one_see_the_same_calls_of_a_size(benchmark):
    strategies, families = benchmark("strategies"), benchmark("families")
    workload = next(w for w in families["DEVELOPMENT"] if w.name == "dev-io")
    made = {}
    for name, order in (("in turns", (0, 1, 0, 1, 0, 1)), ("one after the other", (0, 0, 0, 1, 1, 1))):
        _, measure = strategies["measured"](workload, families["SEED"])
        calls = [strategies["Call"](strategies["VARIANTS"][size], i) for i, size in enumerate(order)]
        made[name] = sorted((o.variant, o.duration_ms) for o in measure(calls))
    assert made["in turns"] == made["one after the other"]


def test_outcomes_that_were_kept_give_the_same_table(benchmark, tmp_path):
    evaluation = benchmark("evaluation")
    outcomes = evaluation["run_family"](("dev-cpu", 0, 2, True))
    path = tmp_path / "kept.jsonl"
    path.write_text("".join(f"{json.dumps(asdict(o))}\n" for o in outcomes))
    told = list(evaluation["table"](outcomes, cells=True))
    assert list(evaluation["table"](evaluation["kept"](path), cells=True)) == told
    assert told[0] == "1 families x 3 aims x 2 repeats"
