"""Promises are kept, and compared with what the logs say since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.naming import Names
from platform_cli.operate.reports import InvocationReport
from platform_cli.operate.tuning.observations import Variant
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.priors import Logged
from platform_cli.operate.tuning.records import (
    KEPT,
    Measured,
    TuningRecord,
    compare,
    read_records,
    record_of,
    write_record,
)
from platform_cli.operate.tuning.tuning import tune

WHEN = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
NAMES = Names("shop", "dev", "111111111111", "eu-west-1")


@pytest.fixture
def clients() -> Any:
    with mock_aws():
        yield Clients(Target("111111111111", "eu-west-1"))


@pytest.fixture
def record() -> TuningRecord:
    return TuningRecord(
        "orders.create",
        WHEN,
        "ada@laptop",
        0.5,
        Measured(512, "arm64", 200.0, 190.0, 210.0, 1.5),
        Measured(1024, "arm64", 110.0, 105.0, 115.0, 1.65),
        0.97,
        120,
        0.0004,
    )


def logged(memory_mb: int, ms: float, calls: int) -> Logged:
    reports = tuple(InvocationReport(str(i), ms, float(int(ms) + 1), memory_mb, 60) for i in range(calls))
    return Logged("orders.create", reports, 0, WHEN, WHEN + timedelta(days=1))


def test_a_record_is_read_as_it_was_written_the_latest_first(clients, record):
    later = replace(record, when=WHEN + timedelta(days=1), before=None)
    write_record(record, NAMES, clients)
    write_record(later, NAMES, clients)
    write_record(replace(record, address="users.get"), NAMES, clients)
    assert read_records(NAMES, clients, ("orders.create",)) == (later, record)


def test_the_last_ten_of_a_function_are_kept(clients, record):
    for day in range(KEPT + 3):
        write_record(replace(record, when=WHEN + timedelta(days=day)), NAMES, clients)
    found = read_records(NAMES, clients, ("orders.create",))
    assert len(found) == KEPT
    assert found[-1].when == WHEN + timedelta(days=3)


def test_a_record_of_another_version_of_the_tool_is_passed_over(clients, record):
    write_record(record, NAMES, clients)
    name = NAMES.record("tuning", "orders.create", "20990101T000000Z")
    clients.client("ssm").put_parameter(Name=name, Value='{"format": 9}', Type="String")
    assert read_records(NAMES, clients, ("orders.create",)) == (record,)


def test_a_promise_is_the_change_against_the_size_then_in_use(record):
    assert record.promised_cost == pytest.approx(0.10)
    assert record.promised_time == pytest.approx(-0.45)


@pytest.mark.parametrize(
    ("before", "since", "verdict"),
    [
        (logged(512, 200.0, 50), logged(1024, 112.0, 50), "came true"),
        (logged(512, 200.0, 50), logged(1024, 190.0, 50), "fell short"),
        (logged(512, 200.0, 50), logged(512, 200.0, 50), "not in use"),
        (logged(512, 200.0, 50), logged(1024, 112.0, 5), "too few calls"),
        (logged(512, 200.0, 5), logged(1024, 112.0, 50), "too few calls"),
    ],
)
def test_the_logs_say_whether_it_came_true(record, prices, before, since, verdict):
    assert compare(record, before, since, prices).verdict == verdict


def test_production_is_compared_with_production_and_not_with_the_calls_of_the_run(record, prices):
    # Users' calls are ten times as long as those of the run; the change is what was promised.
    outcome = compare(record, logged(512, 2000.0, 40), logged(1024, 1100.0, 40), prices)
    assert outcome.observed_time == pytest.approx(-0.45)
    assert outcome.verdict == "came true"


def test_the_record_of_a_run_holds_what_it_found(function, client_of, mixed, settings_of, sizes, around):
    settings = settings_of(sizes(256, 512, 1024, 2048))
    tuning = tune(function, settings, [Payload(b"{}")], around(client_of(mixed)), lanes=1)
    found = record_of(tuning, applied=True)
    assert found.before.memory_mb == 512
    assert found.chosen.memory_mb == tuning.race.choice.chosen.memory_mb
    assert found.chosen.low_ms < found.chosen.mean_ms < found.chosen.high_ms
    assert (found.applied, found.invocations) == (True, len(tuning.race.observations))


def test_each_side_is_priced_with_its_own_architecture(record, prices):
    moved = replace(record, before=replace(record.before, memory_mb=1024, architecture="x86_64"))
    outcome = compare(moved, logged(1024, 199.5, 40), logged(1024, 199.5, 40), prices)
    # The same 200 ms of 1 GB: 0.2 × 0.0000133334 + 0.0000002 against 0.2 × 0.0000166667 + 0.0000002.
    assert outcome.observed_cost == pytest.approx(0.00000286668 / 0.00000353334 - 1)
    assert outcome.observed_time == pytest.approx(0.0)


def test_where_another_architecture_is_in_use_the_chosen_one_is_not(record, prices):
    outcome = compare(
        record, logged(512, 200.0, 50), logged(1024, 112.0, 50), prices, Variant("x86_64", 1024)
    )
    assert outcome.verdict == "not in use"


def test_a_record_says_when_the_run_began_and_which_versions_it_called(
    function, client_of, mixed, settings_of, sizes, around
):
    client = client_of(mixed, memory_mb=512)
    client.publish_version(FunctionName=function.physical_name, Description="release 12")
    tuning = tune(function, settings_of(sizes(512, 1024)), [Payload(b"{}")], around(client), lanes=1)
    found = record_of(tuning, applied=False)
    assert found.run.started <= found.when
    # 512 MB is version 1, which users call; it is told by time alone.
    assert found.run.versions == ("2",)


def test_a_record_of_an_older_version_of_the_tool_begins_when_it_ended(clients, record):
    import json

    name = NAMES.record("tuning", "orders.create", "20251110T120000Z")
    write_record(record, NAMES, clients)
    ssm = clients.client("ssm")
    (kept,) = ssm.get_parameters_by_path(Path=NAMES.record("tuning"), Recursive=True)["Parameters"]
    told = {k: v for k, v in json.loads(kept["Value"]).items() if k not in ("started", "versions")}
    ssm.put_parameter(Name=name, Value=json.dumps(told), Type="String")
    assert [r.run.started for r in read_records(NAMES, clients, ("orders.create",))] == [WHEN, WHEN]
