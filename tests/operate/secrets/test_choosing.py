"""`secrets rotate --all` and `--overdue`: which secrets they take.

Moto serves: only when they should rotate counts here, and that no function is attached to the secrets.
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
from moto.secretsmanager.models import secretsmanager_backends

from platform_cli.aws.clients import Clients, Target
from platform_cli.cli.running import run
from platform_cli.cli.terminal import Terminal

ACCOUNT = "123456789012"
BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { dev: { account: "123456789012", region: eu-west-1 } }
secrets:
  old: { generate: { length: 32 }, rotation: { every_days: 30, function: keeper.rotate } }
  new: { generate: { length: 32 }, rotation: { every_days: 30, function: keeper.rotate } }
  fixed: { description: Never rotates }
services:
  keeper: { path: services/keeper, functions: { rotate: { handler: keeper.rotate.handler } } }
"""
Rotate = Callable[..., tuple[int, Any]]


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        clients = Clients(Target(ACCOUNT, "eu-west-1"))
        for name in ("old", "new", "fixed"):
            clients.client("secretsmanager").create_secret(Name=f"shop/dev/{name}", SecretString="first")
        for name, days in (("old", -1), ("new", 9), ("fixed", -1)):
            due(name, days)
        yield clients


def due(name: str, days: int) -> None:
    """So many days from now AWS would rotate it by itself; its version's own age Moto does not keep."""
    secret = secretsmanager_backends[ACCOUNT]["eu-west-1"].secrets[f"shop/dev/{name}"]
    secret.rotation_enabled = True
    secret.next_rotation_date = int(time.time()) + days * 86_400


@pytest.fixture
def rotate(aws: Clients, capsys: pytest.CaptureFixture[str]) -> Rotate:
    def call(*arguments: str) -> tuple[int, Any]:
        terminal = Terminal(interactive=False, stdin=io.StringIO())
        code = run(["secrets", "rotate", *arguments, "--yes", "--json"], terminal)
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.mark.parametrize(("choice", "names"), [("--all", ["new", "old"]), ("--overdue", ["old"])])
def test_only_what_rotates_and_for_overdue_what_is_late_is_taken(
    rotate: Rotate, choice: str, names: list[str]
) -> None:
    code, told = rotate(choice, "--dry-run")

    assert code == 0
    assert [plan["secret"] for plan in told] == names


def test_where_nothing_is_late_nothing_is_done_and_that_is_well(rotate: Rotate) -> None:
    due("old", 1)

    assert rotate("--overdue") == (0, [])


def test_what_cannot_be_rotated_is_refused_with_its_reason(rotate: Rotate, aws: Clients) -> None:
    code, told = rotate("--overdue")

    assert code == 1
    assert told["error"]["code"] == "rotation-preflight"
    assert "old cannot be rotated now: function: no rotation function is attached" in told["error"]["message"]
    versions = aws.client("secretsmanager").describe_secret(SecretId="shop/dev/old")["VersionIdsToStages"]
    assert list(versions.values()) == [["AWSCURRENT"]]


@pytest.mark.parametrize("arguments", [(), ("old", "--all"), ("--all", "--overdue")])
def test_secrets_are_chosen_in_one_way(rotate: Rotate, arguments: tuple[str, ...]) -> None:
    code, told = rotate(*arguments)
    assert (code, told["error"]["hint"]) == (2, "give a name, or --all, or --overdue")
