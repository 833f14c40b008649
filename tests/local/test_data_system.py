"""One system with everything that holds data, whole on the local AWS: by commands alone, with IAM enforced.

Tables on demand and provisioned, with indexes, a stream and a time to live; a bucket with versions as a
trigger; a PostgreSQL with two logins, rotated by functions that run there; a Redis; settings that are read
anew after a while; a REST API before it all. The tests build on each other, in their order.
"""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.local import ports, processes, server
from platform_cli.local.state import LocalFolder, read_state
from platform_cli.local.store_state import read_stores

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

DEPOT = Path(__file__).parent / "depot"
LIMIT_AGE_SECONDS = 20.0  # of the handler `desk`
PATIENCE_SECONDS = 60


@dataclass
class Depot:
    """The deployed system, and how to use it."""

    root: Path
    clients: Clients
    url: str
    fetch: Callable[..., Any]

    def platform(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return platform(self.root, *arguments, check=check)

    def call(self, route: str, body: Any = None) -> Any:
        method, path = route.split(" ")
        headers = {} if body is None else {"Content-Type": "application/json"}
        answer = self.fetch(f"{self.url}{path}", method, headers, body)
        return answer.status, answer.json

    def take(self, name: str, owner: str, cents: int = 250) -> Any:
        return self.call("POST /parcels", {"id": name, "owner": owner, "cents": cents})

    def wait_for(self, route: str, wanted: Callable[[Any], bool]) -> Any:
        """What a route answers once it is what is wanted."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, content = self.call(route)
            if (status == 200 and wanted(content)) or time.monotonic() > deadline:
                return content
            time.sleep(0.5)


def platform(root: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "platform_cli", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Clients, str]]:
    root = tmp_path_factory.mktemp("depots") / "my new depot"
    platform(root.parent, "init", root.name, "--system", "depot", "--owner", "team-depot", "--yes")
    shutil.rmtree(root / "services" / "notes")
    shutil.copytree(DEPOT, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for secret in ("ledger", "audit"):
        platform(root, "secrets", "new-function", secret, "--service", f"{secret}-rotation")
    platform(root, "local", "start", "--port", str(ports.next_free(random.randrange(30000, 40000))))
    try:
        platform(root, "deploy", "--yes")
        told = json.loads(platform(root, "status", "--json").stdout)
        local = server.status(root).local
        assert local is not None
        yield root, Clients(local.target), told["urls"]["desk"]
    finally:
        if root.exists():
            platform(root, "local", "stop", check=False)


@pytest.fixture
def depot(deployed: tuple[Path, Clients, str], fetch: Callable[..., Any]) -> Depot:
    return Depot(*deployed, fetch)


def test_what_a_deployment_made_is_as_the_blueprint_says(depot: Depot) -> None:
    dynamodb, s3 = depot.clients.client("dynamodb"), depot.clients.client("s3")
    parcels = dynamodb.describe_table(TableName="depot-local-parcels")["Table"]
    counts = dynamodb.describe_table(TableName="depot-local-counts")["Table"]
    assert parcels["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert parcels["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert [index["IndexName"] for index in parcels["GlobalSecondaryIndexes"]] == ["GSI1"]
    assert counts["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert [index["IndexName"] for index in counts["GlobalSecondaryIndexes"]] == ["by-kind"]
    kept = dynamodb.describe_time_to_live(TableName="depot-local-parcels")["TimeToLiveDescription"]
    assert (kept["TimeToLiveStatus"], kept["AttributeName"]) == ("ENABLED", "expires_at")
    (bucket,) = (b["Name"] for b in s3.list_buckets()["Buckets"] if "-labels-" in b["Name"])
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    stores = json.loads(depot.platform("local", "status", "--json").stdout)["stores"]
    assert {(store["name"], store["kind"]) for store in stores} == {
        ("depot-local-ledger", "postgresql"),
        ("depot-local-visits", "redis"),
    }


@pytest.mark.parametrize(
    ("secret", "users"),
    [("ledger", ("ledger_user_clone", "ledger_user")), ("audit", ("audit_user", "audit_user"))],
)
def test_the_deployed_function_rotates_a_login(depot: Depot, secret: str, users: tuple[str, str]) -> None:
    for user in users:
        told = depot.platform("secrets", "rotate", secret, "--yes", "--no-wait")
        assert f"rotating by depot-local-{secret}-rotation-rotate" in told.stderr
        login = depot.platform("secrets", "get", secret, "--reveal").stdout
        assert json.loads(login)["username"] == user
    status = depot.platform("secrets", "status", secret)
    assert "AWSCURRENT" in status.stdout


def test_one_request_goes_through_table_bucket_database_and_cache(depot: Depot) -> None:
    status, first = depot.take("p1", "ann")
    assert (status, first) == (201, {"rows": 1, "user": "ledger_user", "visits": 1})
    assert depot.take("p2", "ann")[1] == {"rows": 2, "user": "ledger_user", "visits": 2}
    assert depot.call("GET /owners/ann/parcels") == (200, ["p1", "p2"])
    # The bucket drives one function, the stream of one table another, which counts in the other table.
    shown = depot.wait_for("GET /parcels/p1", lambda told: "printed" in told["kinds"])
    assert shown["kinds"] == ["parcel", "printed"]
    assert (shown["label"], bool(shown["version"])) == ("p1 of ann", True)
    assert depot.wait_for("GET /counts", lambda told: told.get("here") == 2) == {"here": 2}


def test_handlers_log_in_anew_while_their_login_is_rotated(depot: Depot) -> None:
    depot.platform("secrets", "rotate", "ledger", "--yes", "--no-wait")
    # The previous user still logs in: the handler keeps the login that it has read before.
    assert depot.take("p3", "cat")[1]["user"] == "ledger_user"
    assert json.loads(depot.platform("secrets", "rotate", "--overdue", "--yes", "--json").stdout) == []
    told = depot.platform("secrets", "rotate", "--all", "--yes", "--no-wait", "--json").stdout
    assert sorted(rotation["secret"] for rotation in json.loads(told)) == ["audit", "ledger"]
    # Now that one has a new password, so the handler reads the secret again.
    assert depot.take("p4", "cat")[1] == {"rows": 4, "user": "ledger_user", "visits": 2}


def test_the_same_code_without_access_is_refused(depot: Depot) -> None:
    audit = json.loads(depot.platform("invoke", "depot.audit", "--payload", "{}", "--json").stdout)
    assert audit["payload"]["user"] == "audit_user"
    assert audit["payload"]["server"].startswith("PostgreSQL 18")
    refused = depot.platform("invoke", "depot.nosy", "--payload", "{}", check=False)
    assert refused.returncode != 0
    assert "not authorized to perform: secretsmanager:GetSecretValue" in refused.stdout + refused.stderr


def test_a_changed_setting_is_taken_after_its_age_and_not_before(depot: Depot) -> None:
    """By chance, its age may be over in the moment of the change: then it is changed once more."""
    settings = depot.clients.client("ssm")
    kept = False
    for limit in (5, 6, 7):
        before = depot.call("GET /limit")[1]
        change = ["config", "set", "limits/max-parcels", str(limit), "--yes"]
        with subprocess.Popen([sys.executable, "-m", "platform_cli", *change], cwd=depot.root) as changing:
            stored_since: float | None = None
            while True:
                stored = settings.get_parameter(Name="/depot/local/limits/max-parcels")["Parameter"]["Value"]
                if stored == str(limit) and stored_since is None:
                    stored_since = time.monotonic()
                asked = depot.call("GET /limit")[1]
                assert asked["process"] == before["process"], "the same process must answer: it has the cache"
                if asked["limit"] == limit:
                    break
                if stored_since is not None:
                    kept = True
                    assert time.monotonic() - stored_since < LIMIT_AGE_SECONDS + PATIENCE_SECONDS
                assert changing.poll() in (None, 0)
                time.sleep(0.2)
        assert changing.returncode == 0
        if kept:
            break
    assert kept


def test_functions_and_logins_follow_the_servers_to_other_ports(depot: Depot) -> None:
    before = {store.name: store.port for store in read_stores(LocalFolder(depot.root))}
    depot.platform("local", "stop")
    with ExitStack() as strangers:
        for port in before.values():
            strangers.enter_context(socket.create_server(("127.0.0.1", port)))
        told = depot.platform("local", "start").stderr
        after = {store.name: store.port for store in read_stores(LocalFolder(depot.root))}
        assert not set(before.values()) & set(after.values())
        assert "led to the new ports: " in told
        status, answer = depot.take("p5", "dog")
        assert (status, answer) == (201, {"rows": 5, "user": "ledger_user", "visits": 1})
        # The previous login was led there as well, so going back is as safe as before.
        depot.platform("secrets", "rollback", "ledger", "--yes", "--no-wait")
        login = json.loads(depot.platform("secrets", "get", "ledger", "--reveal").stdout)
        assert (login["username"], login["port"]) == ("ledger_user_clone", after["depot-local-ledger"])


def test_a_deleted_workspace_takes_everything_along_that_ran_for_it(depot: Depot) -> None:
    folder = LocalFolder(depot.root)
    state, stores = read_state(folder), read_stores(folder)
    assert state is not None
    tokens = {state.pid: state.token, state.agent_pid: state.token}
    tokens |= {store.pid: store.token for store in stores}
    assert all(processes.is_ours(pid, token) for pid, token in tokens.items())
    shutil.rmtree(depot.root)
    assert processes.wait_until(
        lambda: not any(processes.is_ours(pid, token) for pid, token in tokens.items()), PATIENCE_SECONDS
    )
    time.sleep(0.5)
    assert not depot.root.exists()
