"""Run the command line in this process, and see all that it says."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_cli.cli.running import run as run_command
from platform_cli.cli.terminal import Terminal

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team-commerce
environments:
  local: { target: local }
  dev: { account: "111111111111", region: eu-west-1 }
  prod: { account: "222222222222", region: eu-west-1, protect: true }
tables:
  main: { partition_key: PK, sort_key: SK }
apis:
  public: { kind: http }
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.handlers.create.handler
        routes: [POST /orders]
        access: { tables.main: read_write }
"""


@dataclass(frozen=True)
class Outcome:
    """What a command gave: its exit code, and all of its output."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("validate", "--json")`; with `answers`, somebody sits at the terminal and types them."""

    def call(*arguments: str, answers: str | None = None) -> Outcome:
        capsys.readouterr()
        stdin = io.StringIO(answers or "")
        code = run_command(list(arguments), Terminal(interactive=answers is not None, stdin=stdin))
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small valid blueprint, which is also the current one."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "blueprint.yaml").write_text(BLUEPRINT)
    (folder / "services" / "orders" / "src" / "orders").mkdir(parents=True)
    (folder / "services" / "orders" / "pyproject.toml").write_text(
        '[project]\nname = "orders"\nversion = "0"\nrequires-python = ">=3.11"\n'
    )
    monkeypatch.chdir(folder)
    return folder


WATCHED = """\
alarms:
  contacts: { critical: [oncall@example.com], warning: [], info: [] }
  runbook_url: "https://wiki.example.com/{alarm}"
budgets: {}
"""


@pytest.fixture
def watched(workspace: Path) -> Path:
    """The same, with somebody who is told of alarms: there is nothing to remark about it."""
    with (workspace / "blueprint.yaml").open("a") as file:
        file.write(WATCHED)
    return workspace


CALLS: dict[str, tuple[str, ...]] = {
    "init": ("elsewhere",),
    "new-service": ("letters", "--template", "worker", "--dry-run"),
    "validate": (),
    "schema": (),
    "lock": (),
    "synth": (),
    "bootstrap": (),
    "deploy": (),
    "status": (),
    "destroy": (),
    "runbook": (),
    "invoke": ("orders.create",),
    "logs": (),
    "logs query": ("errors-by-service",),
    "trace": ("1-5759e988-bd862e3fe1be46a994272793",),
    "alarms check": (),
    "alarms coverage": (),
    "alarms test": ("--all",),
    "alarms silence": ("orders",),
    "alarms open": ("--print",),
    "dashboards": (),
    "dashboards list": (),
    "dashboards preview": (),
    "dashboards show": ("overview",),
    "events archives": (),
    "events replay": ("events", "--since", "1h"),
    "events replays": (),
    "events cancel": ("none",),
    "events publish": ("events", "--type", "OrderCreated", "--detail", "{}"),
    "dead-letters list": (),
    "dead-letters show": ("mails",),
    "dead-letters redrive": ("mails",),
    "dead-letters purge": ("mails",),
    "projections list": (),
    "projections status": (),
    "projections replay": ("orders.create",),
    "cost": (),
    "cost actual": (),
    "cost advise": (),
    "cost refresh": (),
    "cost tags": (),
    "tune-memory": ("orders.create", "--dry-run"),
    "local start": (),
    "local stop": (),
    "local status": (),
    "local reset": (),
    "flags list": (),
    "flags show": ("free-shipping",),
    "flags set": ("free-shipping", "on"),
    "flags rollout": ("free-shipping", "--percent", "20", "--by", "userId"),
    "flags target": ("free-shipping", "--when", 'plan == "pro"'),
    "flags schedule": ("free-shipping", "on", "--at", "2036-12-24T00:00"),
    "flags history": (),
    "flags diff": ("local", "dev"),
    "flags promote": ("local", "dev"),
    "flags rollback": (),
    "flags stale": (),
    "flags sync": (),
    "flags export": (),
    "config list": (),
    "config get": ("orders/max-items",),
    "config set": ("orders/max-items", "60"),
    "config diff": (),
    "config push": (),
    "config pull": (),
    "config export": (),
    "config exec": ("--", "true"),
    "config history": ("orders/max-items",),
    "config rollback": ("orders/max-items",),
    "secrets list": (),
    "secrets status": (),
    "secrets get": ("payment",),
    "secrets set": ("payment",),
    "secrets rotate": ("payment",),
    "secrets rollback": ("payment",),
    "secrets new-function": ("payment", "--strategy", "generic", "--dry-run"),
    "history": (),
    "doctor": (),
    "explain": ("secret-as-argument",),
}
"""Every command, with arguments that make sense in a shop; without `--yes`, `--env` and `--json`."""


@pytest.fixture(scope="session")
def calls() -> Mapping[str, tuple[str, ...]]:
    """`calls["secrets get"]`: what a command is called with, for tests that run all of them."""
    return CALLS
