"""Ctrl-C in the middle of a change leaves a record of how far it came, whatever command it was.

Moto serves: of Parameter Store only the records count here.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from moto import mock_aws

import platform_cli.cli
from platform_cli.aws.clients import Clients, Target
from platform_cli.cli.changing import Change
from platform_cli.cli.options import GlobalOptions
from platform_cli.cli.session import Session
from platform_cli.cli.terminal import Terminal
from platform_cli.operate.history import read_history

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { prod: { account: "123456789012", region: eu-west-1 } }
"""
BY_THEMSELVES = {"secrets.rotate"}
"""Record an interruption in the core, where it is known which step of the rotation it was."""


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        yield Session(GlobalOptions(), Terminal(interactive=False))


@pytest.mark.parametrize(
    ("planned", "done", "record"),
    [
        ((), (), ("orders", "interrupted before its end; it may have been done")),
        (("a", "b", "c"), (), ("a", "interrupted in the first step; a may have been done; not begun: b, c")),
        (
            ("a", "b", "c"),
            ("a",),
            ("b", "interrupted after step a; b may have been done; not begun: c"),
        ),
        (("a", "b"), ("a",), ("b", "interrupted after step a; b may have been done")),
        (("a", "b"), ("a", "b"), None),
    ],
    ids=["one-step", "first", "second", "last", "after-all"],
)
def test_an_interrupted_change_is_recorded_with_how_far_it_came(
    session: Session, planned: Sequence[str], done: Sequence[str], record: tuple[str, str] | None
) -> None:
    def carry_out() -> None:
        with Change(session, "config", "as tuned").underway("orders"):
            session.work.plan(planned)
            for step in done:
                session.work.finish(step)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out()

    clients = Clients(Target("123456789012", "eu-west-1"))
    told = [(e.subject, e.what, e.reason) for e in read_history(clients, session.environment, kind="config")]
    assert told == ([(*record, "as tuned")] if record else [])


def approving() -> Iterator[tuple[str, str]]:
    """The functions of the command line that let somebody approve a `Change`, and their source."""
    for module in pkgutil.iter_modules(platform_cli.cli.__path__):
        if module.ispkg or module.name in ("changing", "main"):
            continue
        source = inspect.getsource(importlib.import_module(f"platform_cli.cli.{module.name}"))
        for node in ast.parse(source).body:
            text = ast.get_source_segment(source, node) or ""
            asks = ".approve(" in text or ".confirm(" in text
            if isinstance(node, ast.FunctionDef) and "Change(" in text and asks:
                yield f"{module.name}.{node.name}", text


@pytest.mark.parametrize(("name", "source"), [pytest.param(*found, id=found[0]) for found in approving()])
def test_every_change_that_is_approved_is_watched_while_it_is_under_way(name: str, source: str) -> None:
    assert (".underway(" in source) != (name in BY_THEMSELVES)


def test_the_changing_commands_are_found() -> None:
    names = {name for name, _ in approving()}
    assert {"settings.pull", "settings.carry_out", "secrets.set_value", "dead_letters.purge_queue"} <= names
    assert names >= BY_THEMSELVES
