"""Deployment records, on a Parameter Store in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.naming import Names
from platform_cli.deploy.records import (
    KEPT,
    DeploymentRecord,
    read_records,
    record_id,
    template_hash,
    write_record,
)

NAMES = Names("shop", "dev", "123456789012", "us-east-1")
START = datetime(2026, 11, 20, 12, tzinfo=UTC)


def record(n: int, **more: object) -> DeploymentRecord:
    started = START + timedelta(minutes=n)
    given: dict[str, object] = {
        "id": record_id(started, "abc"),
        "who": "alice@laptop (process 1)",
        "command": "platform deploy --env dev",
        "started": started,
        "finished": started + timedelta(seconds=30),
        "result": "done",
        "stacks": {"shop-dev-data": "update"},
        "templates": {"shop-dev-data": "0123456789ab"},
        "reason": "release",
        **more,
    }
    return DeploymentRecord(**given)  # type: ignore[arg-type]


def test_a_record_is_read_as_it_was_written(moto_clients: Clients) -> None:
    write_record(record(1), NAMES, moto_clients)
    assert read_records(NAMES, moto_clients) == (record(1),)


def test_the_last_fifty_are_kept_latest_first(moto_clients: Clients) -> None:
    for n in range(KEPT):
        name = NAMES.record("deployments", record(n).id)
        moto_clients.client("ssm").put_parameter(Name=name, Value="?", Type="String")
    for n in range(KEPT + 3):
        if n < 5 or n >= KEPT:
            write_record(record(n), NAMES, moto_clients)
    kept = read_records(NAMES, moto_clients)
    assert [r.started for r in kept] == [START + timedelta(minutes=n) for n in (52, 51, 50, 4, 3)]
    assert len(read_records(NAMES, moto_clients, 2)) == 2
    pages = moto_clients.client("ssm").get_paginator("describe_parameters").paginate()
    assert sum(len(page["Parameters"]) for page in pages) == KEPT


def test_a_record_of_a_very_large_system_still_fits(moto_clients: Clients) -> None:
    stacks = {f"shop-dev-service-a-rather-long-name-{n}": "update" for n in range(150)}
    big = record(1, stacks=stacks, templates=dict.fromkeys(stacks, "0123456789ab"), reason="é" * 4000)
    write_record(big, NAMES, moto_clients)
    kept = read_records(NAMES, moto_clients)[0]
    assert kept.stacks == {"*": "150 stacks"}
    assert kept.reason.startswith("é" * 100)


def test_what_is_no_record_leaves_a_gap_and_no_error(moto_clients: Clients) -> None:
    write_record(record(1), NAMES, moto_clients)
    moto_clients.client("ssm").put_parameter(
        Name=NAMES.record("deployments", "20270101T000000Z-x"), Value="?", Type="String"
    )
    assert len(read_records(NAMES, moto_clients)) == 1


def test_the_hash_of_a_template_does_not_depend_on_its_order() -> None:
    assert template_hash({"a": 1, "b": 2}) == template_hash({"b": 2, "a": 1}) != template_hash({"a": 2})
