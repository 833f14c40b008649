"""`platform secrets rollback` as it is typed: who takes the value back is told.

Moto serves: of Secrets Manager only the labels count here, which it moves as AWS does.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.cli.running import run
from platform_cli.cli.terminal import Terminal

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { dev: { account: "123456789012", region: eu-west-1 } }
secrets: { payment: { description: For payments } }
services:
  orders:
    path: services/orders
    functions:
      create: { handler: orders.create.handler, access: { secrets.payment: read } }
"""
GROUP = "/aws/lambda/shop-dev-orders-create"


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        clients = Clients(Target("123456789012", "eu-west-1"))
        manager, logs = clients.client("secretsmanager"), clients.client("logs")
        manager.create_secret(Name="shop/dev/payment", SecretString="first")
        manager.put_secret_value(SecretId="shop/dev/payment", SecretString="second")
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
        yield clients


@pytest.fixture
def roll_back(aws: Clients, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, str]]:
    def call(*arguments: str) -> tuple[str, str]:
        terminal = Terminal(interactive=False, stdin=io.StringIO())
        assert run(["secrets", "rollback", "payment", "--yes", "--no-wait", *arguments], terminal) == 0
        said = capsys.readouterr()
        return said.out, said.err

    return call


def log(clients: Clients, seconds_from_now: float, message: str) -> None:
    event: Any = {"timestamp": int((time.time() + seconds_from_now) * 1000), "message": message}
    clients.client("logs").put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=[event])


def first_version(clients: Clients) -> str:
    versions = clients.client("secretsmanager").describe_secret(SecretId="shop/dev/payment")
    return next(id for id, labels in versions["VersionIdsToStages"].items() if "AWSPREVIOUS" in labels)


def test_a_function_that_used_the_value_before_has_still_to_take_it_again(
    aws: Clients, roll_back: Callable[..., tuple[str, str]]
) -> None:
    log(aws, -90, f'{{"secret_version": "{first_version(aws)}"}}')
    out, err = roll_back()

    assert out == (
        "payment has its previous value again\n  orders.create was called, and has not said that it took it\n"
    )
    assert "only servicekit says which version it took" in err


def test_a_function_that_took_the_value_is_told_to_programs(
    aws: Clients, roll_back: Callable[..., tuple[str, str]]
) -> None:
    version = first_version(aws)
    log(aws, 2, f'{{"secret_version": "{version}"}}')
    out, _ = roll_back("--json")

    told = json.loads(out)
    assert (told["secret"], told["version"], told["readers"]) == ("payment", version, ["orders.create"])
    assert [(consumer["function"], consumer["use"]) for consumer in told["consumers"]] == [
        ("orders.create", "taken")
    ]
