"""Functions behind an alias on the local AWS: who calls one reaches the version of the last deployment."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

BLUEPRINT = """
blueprint: 1
system: aliased
owner: team-commerce
environments: { local: { target: local } }
apis: { public: { kind: http } }
buses: { events: {} }
queues: { work: {} }
topics: { news: {} }
services:
  orders:
    functions:
      create:
        handler: orders.handlers.main.create
        routes: [GET /orders]
        access:
          functions.price: invoke
          functions.seen: invoke
          buses.events: publish
          queues.work: send
          topics.news: publish
        concurrency: { provisioned: { min: 1, max: 2 } }
        release: { strategy: canary_10_percent_5_minutes, hooks: { pre_traffic: check } }
      check: { handler: orders.handlers.main.check }
      price: { handler: orders.handlers.main.price, snap_start: true }
      react:
        handler: orders.handlers.main.react
        release: {}
        access: { config.seen: read }
        permissions:
          - { actions: ["ssm:PutParameter"], resources: ["*"], reason: the test looks there }
        triggers:
          - { bus: events, detail_types: [Ordered] }
          - { queue: work, batch_size: 1 }
          - { topic: news }
      seen: { handler: orders.handlers.main.price }
config: { seen: { any: none } }
"""

CODE = """
import json, os
import boto3

CODE = "one"


def create(event, context):
    def ask(name):
        answer = boto3.client("lambda").invoke(FunctionName=os.environ[name], Payload=b"{}")
        return json.loads(answer["Payload"].read())

    bus = os.environ["BUS_EVENTS_NAME"]
    entry = {"EventBusName": bus, "Source": "x", "DetailType": "Ordered", "Detail": "{}"}
    boto3.client("events").put_events(Entries=[entry])
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_WORK_URL"], MessageBody="{}")
    boto3.client("sns").publish(TopicArn=os.environ["TOPIC_NEWS_ARN"], Message="{}")
    told = {"version": context.function_version, "code": CODE}
    told |= {"price": ask("FUNCTION_ORDERS_PRICE_NAME"), "seen": ask("FUNCTION_ORDERS_SEEN_NAME")}
    return {"statusCode": 200, "body": json.dumps(told)}


def check(event, context):
    return os.environ["RELEASE_CREATE"]


def price(event, context):
    return context.function_version


def react(event, context):
    kind = "bus" if "detail" in event else event["Records"][0].get("eventSource", "topic").replace(":", "-")
    name = os.environ["CONFIG_SEEN_PATH"] + "/" + kind
    value = context.function_version
    boto3.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
"""

Platform = Callable[..., Any]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A workspace with a service of five functions, on a local AWS of its own."""
    source = tmp_path / "services" / "orders" / "src" / "orders" / "handlers"
    source.mkdir(parents=True)
    (source / "__init__.py").touch()
    (source.parent / "__init__.py").touch()
    (source / "main.py").write_text(CODE)
    service = tmp_path / "services" / "orders"
    (service / "requirements.lock").touch()
    (service / "pyproject.toml").write_text(
        '[project]\nname = "orders"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = []\n'
    )
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)

    def run(*arguments: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "platform_cli", *arguments, "--env", "local", "--json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    try:
        yield run
    finally:
        subprocess.run([sys.executable, "-m", "platform_cli", "local", "stop"], cwd=tmp_path, check=False)


def test_all_callers_reach_the_version_of_the_last_deployment(platform: Platform, tmp_path: Path) -> None:
    def ask() -> Any:
        with urllib.request.urlopen(f"{url}/orders", timeout=60) as answer:
            return json.load(answer)

    url = platform("deploy", "--yes")["urls"]["public"]
    first = ask()
    assert (first["code"], first["version"], first["price"]) == ("one", "1", "1")
    assert first["seen"] == "$LATEST", "a function without a release has no versions"
    (source,) = tmp_path.glob("services/orders/src/orders/handlers/main.py")
    source.write_text(CODE.replace('"one"', '"two"'))
    platform("deploy", "--yes")
    second = ask()
    assert (second["code"], second["version"], second["price"]) == ("two", "2", "2")
    assert json.loads(platform("invoke", "orders.create")["payload"]["body"])["version"] == "2"
    assert str(platform("invoke", "orders.check")["payload"]).endswith(":aliased-local-orders-create:2")
    from platform_cli.aws.clients import Clients, Target

    clients = Clients(Target("000000000000", "us-east-1", endpoint_url=url.split("/_aws/")[0]))
    ends = time.monotonic() + 60
    seen: dict[str, str] = {}
    while len(seen) < 3 and time.monotonic() < ends:
        time.sleep(1)
        found = clients.client("ssm").get_parameters_by_path(Path="/aliased/local/seen")["Parameters"]
        seen = {p["Name"].rpartition("/")[2]: p["Value"] for p in found if p["Value"] == "2"}
    assert seen == {"bus": "2", "aws-sqs": "2", "topic": "2"}
    assert platform("deploy", "--yes")["result"] == "unchanged"
