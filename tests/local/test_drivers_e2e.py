"""Whatever drives functions does so on the local AWS: queues, streams, tables, buses, topics, the clock."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.local import server
from platform_cli.local.ports import next_free

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

BLUEPRINT = """
blueprint: 1
system: drive
owner: team-drive
defaults: { timeout_seconds: 25, tracing: false }
environments: { local: { target: local } }
tables:
  seen: { partition_key: PK }
  main: { partition_key: PK, stream: new_and_old_images }
streams: { clicks: {} }
topics: { news: {} }
buses: { events: { archive_days: 7, events: { Ordered: { schema: schemas/ordered.json } } } }
queues:
  plain: { from: { topic: news } }
  strict:
    fifo: true
    high_throughput: true
    from: { bus: events, detail_types: [Ordered], message_group: g }
  lost: {}
services:
  workers:
    functions:
      queue:
        handler: workers.app.handler
        access: &seen { tables.seen: write }
        triggers: [{ queue: plain }]
      fifo: { handler: workers.app.handler, access: *seen, triggers: [{ queue: strict }] }
      stream: { handler: workers.app.handler, access: *seen, triggers: [{ stream: clicks }] }
      consumer:
        handler: workers.app.handler
        access: { tables.seen: write }
        triggers:
          - { stream: clicks, enhanced_fan_out: true, starting_position: trim_horizon, on_failure: lost }
      changes:
        handler: workers.app.handler
        access: { tables.seen: write }
        triggers: [{ table_stream: main, filters: [{ eventName: [INSERT] }] }]
      bus:
        handler: workers.app.handler
        access: { tables.seen: write }
        triggers: [{ bus: events, detail_types: [Ordered] }]
      topic:    { handler: workers.app.handler, access: *seen, triggers: [{ topic: news }] }
      clock:
        handler: workers.app.handler
        access: { tables.seen: write }
        triggers: [{ schedule: rate(1 minute), timezone: Europe/Berlin, input: { tick: true } }]
"""
HANDLER = """
import json
import os

import boto3

seen = boto3.client("dynamodb")


def handler(event, context):
    name = context.function_name.rpartition("-")[2]
    item = {"PK": {"S": name}, "event": {"S": json.dumps(event)}}
    seen.put_item(TableName=os.environ["TABLE_SEEN_NAME"], Item=item)
    return {"batchItemFailures": []} if "Records" in event else None
"""
SCHEMA = '{"type": "object", "required": ["id"]}'
ALL = {"queue", "fifo", "stream", "consumer", "changes", "bus", "topic", "clock"}


def platform(root: Path, *arguments: str, check: bool = True) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "platform_cli", *arguments], cwd=root, capture_output=True, text=True
    )
    assert not check or done.returncode == 0, f"platform {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Clients, str]]:
    root = tmp_path_factory.mktemp("drive")
    source = root / "services" / "workers" / "src" / "workers"
    for path, text in {
        root / "blueprint.yaml": BLUEPRINT,
        root / "schemas" / "ordered.json": SCHEMA,
        source / "__init__.py": "",
        source / "app.py": HANDLER,
        root / "services" / "workers" / "pyproject.toml": (
            '[project]\nname = "workers"\nversion = "0"\ndependencies = []\n'
        ),
        root / "services" / "workers" / "requirements.lock": "",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    port = next_free(random.randrange(20000, 30000))
    platform(root, "local", "start", "--port", str(port))
    try:
        said = platform(root, "deploy", "--yes").stderr
        local = server.status(root).local
        assert local is not None
        yield root, Clients(local.target), said
    finally:
        platform(root, "local", "stop", check=False)
        shutil.rmtree(root / ".platform", ignore_errors=True)


@pytest.fixture(scope="module")
def drive(deployed: tuple[Path, Clients, str]) -> Callable[[], None]:
    """Something for each driver but the clock."""
    root, clients, _ = deployed

    def act() -> None:
        clients.client("kinesis").put_record(
            StreamName="drive-local-clicks", Data=b'{"n": 1}', PartitionKey="a"
        )
        clients.client("dynamodb").put_item(TableName="drive-local-main", Item={"PK": {"S": "new"}})
        topic = "arn:aws:sns:us-east-1:000000000000:drive-local-news"
        clients.client("sns").publish(TopicArn=topic, Message='{"n": 1}')
        platform(root, "events", "publish", "events", "--type", "Ordered", "--detail", '{"id": "o1"}')

    return act


def test_everything_drives_its_function(
    deployed: tuple[Path, Clients, str], drive: Callable[[], None]
) -> None:
    table = deployed[1].client("dynamodb")
    until, seen = time.monotonic() + 150, {}
    drive()
    while time.monotonic() < until and seen.keys() != ALL:
        time.sleep(2)
        items = table.scan(TableName="drive-local-seen")["Items"]
        seen = {item["PK"]["S"]: json.loads(item["event"]["S"]) for item in items}
        if not {"stream", "consumer"} <= seen.keys():
            # A source that begins at `latest` may have begun after the record was put.
            drive()
    assert seen.keys() == ALL
    assert seen["clock"] == {"tick": True}
    assert seen["fifo"]["Records"][0]["attributes"]["MessageGroupId"] == "g"
    assert seen["bus"]["detail"] == {"id": "o1"}
    assert seen["changes"]["Records"][0]["eventName"] == "INSERT"


def test_what_is_different_there_is_said(deployed: tuple[Path, Clients, str]) -> None:
    assert "reads its stream together with the others" in " ".join(deployed[2].split())


def test_an_event_that_its_bus_does_not_carry_is_not_published(deployed: tuple[Path, Clients, str]) -> None:
    done = platform(
        deployed[0], "events", "publish", "events", "--type", "Ordered", "--detail", "{}", check=False
    )
    assert done.returncode == 2
    assert "invalid-event" in done.stderr
