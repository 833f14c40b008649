"""The simulated Lambda answers as AWS does."""

from __future__ import annotations

import base64
import json
import random

import pytest
from botocore.exceptions import ClientError

from platform_cli.operate.reports import parse_report
from platform_cli.operate.tuning.simulator import SimulatedLambda
from platform_cli.operate.tuning.workloads import MODELS, Noise, Workload, constant, processor, under_pressure


def lambda_of(workload: Workload, **settings) -> SimulatedLambda:
    return SimulatedLambda(workload, 1, name="f", **{"memory_mb": 1024, **settings})


def call(client: SimulatedLambda, **arguments):
    answer = client.invoke(FunctionName="f", Payload=b"{}", LogType="Tail", **arguments)
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    return answer, [report for line in lines if (report := parse_report(line))]


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_the_first_call_is_cold_and_says_so_and_the_second_is_not(mixed, log_format):
    client = lambda_of(mixed, log_format=log_format)
    (_, (cold,)), (_, (warm,)) = call(client), call(client)
    assert cold.init_ms is not None
    assert warm.init_ms is None
    assert cold.billed_ms >= cold.duration_ms + cold.init_ms
    assert warm.duration_ms <= warm.billed_ms < warm.duration_ms + 1
    assert (warm.memory_mb, warm.request_id[8]) == (1024, "-")


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_a_timeout_and_a_crash_are_told_in_answer_and_report(mixed, log_format):
    answer, (report,) = call(lambda_of(mixed, log_format=log_format, timeout_seconds=0))
    assert answer["FunctionError"] == "Unhandled"
    assert report.status == "timeout"
    small = Workload("w", processor(10.0), fails_below_mb=2000)
    answer, (report,) = call(lambda_of(small, log_format=log_format))
    assert json.loads(answer["Payload"].read())["errorType"] == "Runtime.ExitError"
    assert report.max_memory_mb == report.memory_mb


def test_the_same_seed_gives_the_same_calls(mixed):
    first, second = lambda_of(mixed), lambda_of(mixed)
    assert [call(first)[1] for _ in range(5)] == [call(second)[1] for _ in range(5)]


def test_a_call_of_a_size_is_the_same_whatever_other_sizes_were_called_before_it(mixed):
    def third_call_of_512_mb(others: int) -> float:
        client = lambda_of(mixed)
        large = client.publish_version(FunctionName="f", Description="large")["Version"]
        client.update_function_configuration(FunctionName="f", MemorySize=512)
        for _ in range(others):
            call(client, Qualifier=large)
        return [call(client)[1][0].duration_ms for _ in range(3)][-1]

    assert third_call_of_512_mb(0) == third_call_of_512_mb(7)


def test_a_drift_comes_to_a_call_when_it_is_made():
    drifting = Workload("w", processor(100.0), busy_noise=Noise(0.0), drift=lambda progress: 1 + progress)
    client = lambda_of(drifting, run_calls=10)
    call(client)
    assert [call(client)[1][0].duration_ms for _ in range(3)] == pytest.approx(
        [drifting.expected_ms(1024) * f for f in (1.1, 1.2, 1.3)], rel=0.05
    )


def test_a_version_keeps_its_size_when_latest_changes(mixed):
    client = lambda_of(mixed)
    version = client.publish_version(FunctionName="f", Description="one")["Version"]
    client.update_function_configuration(FunctionName="f", MemorySize=256)
    assert call(client, Qualifier=version)[1][0].memory_mb == 1024
    assert call(client)[1][0].memory_mb == 256


def test_publishing_without_a_change_gives_the_last_version_again(mixed):
    client = lambda_of(mixed)
    one = client.publish_version(FunctionName="f", Description="one")
    two = client.publish_version(FunctionName="f", Description="two")
    assert (two["Version"], two["Description"]) == (one["Version"], "one")


def test_a_stale_revision_is_refused(mixed):
    client = lambda_of(mixed)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.update_function_configuration(FunctionName="f", MemorySize=256, RevisionId="r0")


@pytest.mark.parametrize(
    "noise",
    [Noise(0.3), Noise(0.1, 0.1, 3.0, 2.0), Noise(0.1, 0, 2.5, 2, 0.2, 4.0)],
    ids=["lognormal", "pareto", "two-kinds"],
)
def test_noise_has_an_expectation_of_one(noise):
    source = random.Random(1)
    assert sum(noise.draw(source) for _ in range(60_000)) / 60_000 == pytest.approx(1, abs=0.015)


def test_the_processors_share_grows_to_one_vcpu_and_beyond_it_for_parallel_work_alone():
    alone, parallel = processor(100.0), processor(100.0, parallel=1.0)
    assert alone(1769) == pytest.approx(100.0)
    assert alone(884) == pytest.approx(200.0, rel=0.01)
    assert alone(3538) == pytest.approx(100.0)
    assert parallel(3538) == pytest.approx(50.0)


def test_memory_pressure_gives_a_cost_with_a_true_minimum_inside():
    curve = under_pressure(processor(200.0), 150, 0.5)
    cost = {mb: mb * curve(mb) for mb in (256, 512, 1024, 1769, 3008)}
    best = min(cost, key=cost.get)
    assert best not in (256, 3008)


def test_every_model_that_the_command_offers_has_a_duration_at_every_size():
    for model in MODELS.values():
        assert all(model.expected_ms(mb) > 0 for mb in (128, 1769, 10240))
    assert constant(3.0)(128) == 3.0
