"""A workspace as a newcomer meets it: made, extended, deployed to the local AWS, used."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from platform_cli.local.server import status

pytestmark = pytest.mark.e2e

DEADLINE_SECONDS = 90


def request(url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, data), timeout=60) as response:
        return json.load(response)


def eventually(look: Callable[[], list[Any]]) -> list[Any]:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, platform_in: Any) -> Iterator[tuple[Path, str]]:
    """A workspace with a service of each kind, and its API's URL."""
    folder = tmp_path_factory.mktemp("newcomer")
    platform_in(folder, "init", "shop", "--yes")
    shop = folder / "shop"
    for service, *choices in (
        ("letters", "--template", "worker"),
        ("clicks", "--template", "stream"),
        ("changes", "--template", "stream", "--follow", "tables.notes"),
        ("sales", "--template", "analytics"),
        ("nightly", "--template", "schedule"),
    ):
        platform_in(shop, "new-service", service, *choices, "--yes")
    try:
        done = platform_in(shop, "deploy", "--yes", "--json")
        yield shop, json.loads(done.stdout)["urls"]["public"]
    finally:
        platform_in(shop, "local", "stop")


@pytest.fixture(scope="module")
def aws(deployed: tuple[Path, str]) -> Callable[[str], Any]:
    """Clients of the local AWS."""
    local = status(deployed[0]).local
    assert local is not None

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=local.endpoint_url,
            region_name=local.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


def test_what_was_posted_can_be_read_and_its_change_is_followed(
    deployed: tuple[Path, str], aws: Callable[[str], Any]
) -> None:
    _, url = deployed

    made = request(f"{url}/notes", {"name": "Lamp"})

    assert request(f"{url}/notes/{made['id']}") == made
    changes = eventually(lambda: aws("dynamodb").scan(TableName="shop-local-changes")["Items"])
    assert [(change["id"]["S"], change["change_kind"]["S"]) for change in changes] == [(made["id"], "INSERT")]


def test_a_message_is_processed(deployed: tuple[Path, str], aws: Callable[[str], Any]) -> None:
    sqs = aws("sqs")
    queue = sqs.get_queue_url(QueueName="shop-local-letters")["QueueUrl"]

    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"id": "a", "to": "b"}))

    kept = eventually(lambda: aws("dynamodb").scan(TableName="shop-local-letters")["Items"])
    assert [(letter["id"]["S"], letter["content"]["S"]) for letter in kept] == [("a", '{"to": "b"}')]


def test_a_record_of_a_stream_is_followed(deployed: tuple[Path, str], aws: Callable[[str], Any]) -> None:
    said = json.dumps({"id": "a", "kind": "clicked"})

    aws("kinesis").put_record(StreamName="shop-local-clicks", Data=said, PartitionKey="a")

    kept = eventually(lambda: aws("dynamodb").scan(TableName="shop-local-clicks")["Items"])
    assert [(click["id"]["S"], click["change_kind"]["S"]) for click in kept] == [("a", "clicked")]


def test_a_stream_is_measured_and_its_figures_are_shown(
    deployed: tuple[Path, str], aws: Callable[[str], Any]
) -> None:
    _, url = deployed
    records = [{"id": "a", "amount": 1250}, {"id": "b", "amount": 750}, {"kind": "no order"}]

    for said in records:
        aws("kinesis").put_record(StreamName="shop-local-sales", Data=json.dumps(said), PartitionKey="a")

    def shown() -> list[Any]:
        figures = request(f"{url}/sales")
        return [figures] if figures["volume"] + figures["left_out"] == len(records) else []

    (figures,) = eventually(shown)
    assert (figures["volume"], figures["revenue"], figures["left_out"]) == (2, 2000, 1)


def test_a_job_takes_up_where_its_last_run_ended(deployed: tuple[Path, str], platform_in: Any) -> None:
    runs = [platform_in(deployed[0], "invoke", "nightly.run", "--payload", "{}", "--json") for _ in range(2)]

    first, second = (json.loads(run.stdout)["payload"] for run in runs)
    assert second["start"] == first["end"]
