"""`--json`: one document on stdout and nothing else, for every command, whatever becomes of it.

Each command of the table runs where there is no workspace, and in a workspace that is deployed nowhere: on
the local AWS, which does not run, and on AWS without credentials. A command that is new and not in the list
of calls is a failure of this test. What commands say of a running system, the tests of the shop hold to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.cli.reference import command_names
from platform_cli.cli.session import Session
from platform_cli.local.server import stop

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team-commerce
environments:
  local: { target: local }
  dev: { account: "111111111111", region: eu-west-1 }
tables: { main: { partition_key: PK, sort_key: SK } }
apis: { public: { kind: http } }
queues: { mails: {} }
flags: { free-shipping: { description: Nothing to pay, default: off } }
config: { orders: { max-items: 50 } }
secrets: { payment: { description: For payments } }
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.handlers.create.handler
        routes: [POST /orders]
        access: { tables.main: read_write }
"""
OTHERWISE: dict[str, tuple[str, ...]] = {
    "init": ("elsewhere", "--blueprint", "no-such-blueprint"),
    "doctor": ("--only", "workspace"),
}
HEAVY = ("synth", "deploy", "alarms coverage", "lock", "local start", "dashboards preview", "dashboards show")
"""They synthesize, start the local AWS or ask a package index, so in a workspace they run elsewhere."""
NAMES = [" ".join(words) for words in command_names()]


@pytest.fixture(autouse=True)
def no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    nowhere = str(tmp_path / "no-such-file")
    monkeypatch.setenv("AWS_CONFIG_FILE", nowhere)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", nowhere)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def document(outcome: Any) -> Any:
    """What stdout holds; a second document or a line beside it cannot be parsed."""
    assert "Traceback" not in outcome.err
    told = json.loads(outcome.out)
    if outcome.code not in (0, 3):
        assert set(told["error"]) == {"code", "message", "hint", "where"}
        assert told["error"]["code"] != "defect", told
    return told


@pytest.fixture
def words(calls: Mapping[str, tuple[str, ...]]) -> Callable[[str], tuple[str, ...]]:
    """A command with its arguments, and nobody to be asked."""

    def make(name: str) -> tuple[str, ...]:
        given = {**calls, **OTHERWISE}[name]
        at = given.index("--") if "--" in given else len(given)
        return (*name.split(), *given[:at], "--yes", *given[at:])

    return make


def test_the_list_has_every_command(calls: Mapping[str, tuple[str, ...]]) -> None:
    assert sorted(calls) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_workspace_a_command_prints_one_document(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Any, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    told = document(run("--json", *words(name)))
    assert name != "doctor" or {check["verdict"] for check in told["checks"]} == {"skipped"}


@pytest.fixture
def stopped_workspace(workspace: Path) -> Iterator[Path]:
    """A workspace whose local AWS, if a command starts it, does not outlive the test."""
    yield workspace
    stop(workspace)


@pytest.mark.parametrize("environment", ["local", "dev"])
@pytest.mark.parametrize("name", [name for name in NAMES if name not in HEAVY])
def test_where_nothing_is_deployed_a_command_prints_one_document(
    run: Callable[..., Any], stopped_workspace: Path, words: Any, name: str, environment: str
) -> None:
    (stopped_workspace / "blueprint.yaml").write_text(BLUEPRINT)
    told = document(run("--json", "--env", environment, *words(name)))
    assert (
        name != "doctor"
        or {check["id"]: check["verdict"] for check in told["checks"]}["handlers"] != "skipped"
    )


@pytest.mark.parametrize(
    "arguments", [("schema", "--out", "a file"), ("runbook", "--out", "a file")], ids=lambda words: words[0]
)
def test_what_writes_a_file_names_it(run: Callable[..., Any], workspace: Path, arguments: Any) -> None:
    assert document(run("--json", *arguments)) == {"wrote": "a file"}
    assert (workspace / "a file").stat().st_size > 100


@pytest.mark.parametrize("choice", ["--all", "--overdue"])
def test_where_no_secret_rotates_the_document_is_an_empty_list(
    run: Callable[..., Any], workspace: Path, choice: str
) -> None:
    assert document(run("--json", "secrets", "rotate", choice)) == []


@pytest.mark.parametrize("words", [(), ("local",)], ids=["platform", "platform local"])
def test_where_no_command_is_named_the_document_says_so(run: Callable[..., Any], words: Any) -> None:
    outcome = run("--json", *words)
    assert outcome.code == 2
    assert document(outcome)["error"]["code"] == "usage"


WITHOUT_WORKSPACE = ("init", "schema", "explain", "cost refresh")
"""They look at no workspace, so nothing stops them here."""


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_WORKSPACE])
def test_a_command_that_is_stopped_gives_one_document(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, words: Any, name: str
) -> None:
    def stopped(_session: Session) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "blueprint_path", property(stopped))
    monkeypatch.setattr(Session, "inspection", property(stopped))

    outcome = run("--json", *(words(name) if name != "doctor" else ("doctor",)))

    told = document(outcome)
    assert (outcome.code, told["error"]["code"]) == (130, "interrupted")
    assert (told["done"], told["left"]) == ([], [])
