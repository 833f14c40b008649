"""The audit records, on a Parameter Store in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.records import DeploymentRecord, write_record
from platform_cli.errors import PlatformError
from platform_cli.operate import history
from platform_cli.operate.history import KEPT, KINDS, read_history, record

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield Clients(Target("123456789012", "eu-west-1"))


class BusyStore:
    """A Parameter Store that refuses the first writes, as it does when two write at once."""

    def __init__(self, refusals: int, code: str) -> None:
        self.target = Target("123456789012", "eu-west-1")
        self.refusals = refusals
        self.code = code
        self.written: list[str] = []

    def client(self, name: str) -> BusyStore:
        assert name == "ssm"
        return self

    def put_parameter(self, **request: Any) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ClientError({"Error": {"Code": self.code, "Message": "busy"}}, "PutParameter")
        self.written.append(request["Value"])


def test_a_record_says_who_when_what_and_why(clients: Clients, environment: ResolvedEnvironment) -> None:
    written = record(
        clients,
        environment,
        kind="flags",
        subject="free-shipping",
        what="on",
        reason="Christmas",
        details={"version": "7"},
        clock=lambda: NOON,
    )
    (entry,) = read_history(clients, environment)
    assert (entry.when, entry.who, entry.kind) == (NOON, written.who, "flags")
    assert "@" in entry.who
    assert (entry.subject, entry.what, entry.reason) == ("free-shipping", "on", "Christmas")
    assert entry.details == {"version": "7"}


def test_kinds_are_listed_together_with_deployments_latest_first(
    clients: Clients, environment: ResolvedEnvironment
) -> None:
    names = Names(environment.system, environment.environment, environment.account, environment.region)
    for minute, kind in enumerate(("config", "flags", "secrets")):
        when = NOON + timedelta(minutes=minute * 2)
        record(clients, environment, kind=kind, subject="x", what="changed", clock=lambda at=when: at)
    done = NOON + timedelta(minutes=1)
    write_record(
        DeploymentRecord(
            "d1", "ada@host (process 4)", "platform deploy", NOON, done, "done", {"a": "update"}
        ),
        names,
        clients,
    )
    found = read_history(clients, environment)
    assert [entry.kind for entry in found] == ["secrets", "flags", "deployment", "config"]
    assert (found[2].who, found[2].what) == ("ada@host", "done: update a")
    assert [e.kind for e in read_history(clients, environment, kind="flags")] == ["flags"]
    assert len(read_history(clients, environment, limit=2)) == 2
    assert [e.kind for e in read_history(clients, environment, since=done, subject="x")] == [
        "secrets",
        "flags",
    ]


def test_a_deployment_of_many_stacks_tells_their_number(
    clients: Clients, environment: ResolvedEnvironment
) -> None:
    names = Names(environment.system, environment.environment, environment.account, environment.region)
    stacks = {"a": "create", "b": "create", "c": "create", "d": "update"}
    write_record(
        DeploymentRecord("d1", "ada@host (process 4)", "platform deploy", NOON, NOON, "done", stacks),
        names,
        clients,
    )
    (entry,) = read_history(clients, environment, kind="deployment")
    assert entry.what == "done: create 3 stacks, update 1 stack"
    assert entry.details["stacks"] == "create a, create b, create c, update d"


def test_a_kind_that_leaves_no_records_is_refused_and_every_kind_that_does_is_known(
    clients: Clients, environment: ResolvedEnvironment
) -> None:
    with pytest.raises(PlatformError) as caught:
        read_history(clients, environment, kind="flag")
    assert (caught.value.code, caught.value.hint) == ("usage", 'did you mean "flags"?')
    source = Path(history.__file__).parents[1]
    texts = [
        path.read_text()
        for path in source.rglob("*.py")
        if "operate.history import record" in path.read_text()
    ]
    written = {kind for text in texts for kind in re.findall(r'\bkind="([a-z-]+)"', text)}
    assert written <= set(KINDS)


def test_the_number_of_records_is_bounded(clients: Clients, environment: ResolvedEnvironment) -> None:
    for number in range(KEPT + 5):
        record(clients, environment, kind="flags", subject="f", what=str(number))
    kept = read_history(clients, environment, kind="flags")
    assert len(kept) == KEPT
    assert {int(entry.what) for entry in kept} == set(range(5, KEPT + 5))


def test_eight_writers_at_once_lose_no_record(clients: Clients, environment: ResolvedEnvironment) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda n: record(clients, environment, kind="config", subject=f"s{n}", what="set"), range(24)
            )
        )
    assert {e.subject for e in read_history(clients, environment)} == {f"s{n}" for n in range(24)}


def test_a_busy_store_is_asked_again(environment: ResolvedEnvironment) -> None:
    store, slept = BusyStore(3, "TooManyUpdates"), list[float]()
    record(
        store,  # type: ignore[arg-type]
        environment,
        kind="flags",
        subject="f",
        what="on",
        sleep=slept.append,
        chance=lambda: 0.5,
    )
    assert len(store.written) == 1
    assert slept == [0.1, 0.2, 0.4]


def test_a_record_that_cannot_be_written_says_that_the_change_holds(environment: ResolvedEnvironment) -> None:
    store = BusyStore(1, "AccessDeniedException")
    with pytest.raises(PlatformError) as caught:
        record(store, environment, kind="flags", subject="fast", what="on")  # type: ignore[arg-type]
    assert caught.value.code == "history-unwritten"
    assert caught.value.message.startswith("fast was changed (on), but the record of it")


def test_a_very_long_reason_is_shortened(clients: Clients, environment: ResolvedEnvironment) -> None:
    record(clients, environment, kind="flags", subject="f" * 500, what="é" * 5000, reason="ü{{x}}" * 3000)
    (entry,) = read_history(clients, environment)
    assert entry.what.endswith("…")
    assert entry.reason.startswith("ü{ {x}}")


def test_what_is_no_record_leaves_a_gap_and_no_error(
    clients: Clients, environment: ResolvedEnvironment
) -> None:
    record(clients, environment, kind="flags", subject="f", what="on")
    name = f"/{environment.system}/dev/platform/history/flags"
    clients.client("ssm").put_parameter(Name=name, Value="?", Type="String", Overwrite=True)
    assert [entry.what for entry in read_history(clients, environment)] == ["on"]
