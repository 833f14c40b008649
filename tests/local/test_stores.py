"""Databases and caches of the local AWS: what a template becomes, what is remembered, and real servers."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import socket
import stat
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly
from platform_cli.local import ports, processes, redis
from platform_cli.local.events import StartingStore, StoreReady
from platform_cli.local.state import LocalFolder, locked
from platform_cli.local.store_rewrites import place_stores
from platform_cli.local.store_state import Store, StoreWish, read_stores, write_stores
from platform_cli.local.stores import (
    _found_its_port_taken,
    halt_stores,
    provide_stores,
    resume_stores,
    wanted_stores,
)

BANK = Path(__file__).parent.parent / "stacks" / "ledger"
ROTATION = ", function: rotation.rotate"
ROTATING_SERVICE = """  rotation:
    functions:
      rotate: { handler: rotation.handler.handler, network: main, access: { databases.ledger: connect } }
"""
DATABASE = Store("postgresql", "bank-local-ledger", "postgres", "ledger", "very secret", "a" * 32, None, 5433)
CACHE = Store("redis", "bank-local-sessions", "bank-local-sessions", "", "", "b" * 32, None, 6380)


def resource(kind: str, origin: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Metadata": {"platform:blueprint": origin}, "Properties": properties}


def attribute(logical_id: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id, name]}


@pytest.fixture
def template() -> dict[str, Any]:
    ledger, sessions = "databases.ledger", "caches.sessions"
    return {
        "Resources": {
            "Ledger": resource(
                "AWS::RDS::DBCluster",
                ledger,
                DBClusterIdentifier="bank-local-ledger",
                Engine="aurora-postgresql",
                DatabaseName="ledger",
                MasterUsername="postgres",
            ),
            "LedgerInstance": resource("AWS::RDS::DBInstance", ledger, DBClusterIdentifier={"Ref": "Ledger"}),
            "LedgerProxy": resource("AWS::RDS::DBProxy", ledger, DBProxyName="p"),
            "LedgerGroup": resource("AWS::EC2::SecurityGroup", ledger, GroupDescription="ledger"),
            "Sessions": resource(
                "AWS::ElastiCache::ReplicationGroup", sessions, ReplicationGroupId="bank-local-sessions"
            ),
            "SessionsUser": resource("AWS::ElastiCache::User", sessions, UserId="bank-local-sessions"),
            "SessionsGroup": {
                **resource("AWS::EC2::SecurityGroup", sessions, GroupDescription="sessions"),
                "DependsOn": ["Sessions", "LedgerGroup"],
            },
        },
        "Outputs": {
            "Host": {"Value": attribute("Ledger", "Endpoint.Address")},
            "ReadHost": {"Value": attribute("Ledger", "ReadEndpoint.Address")},
            "ProxyHost": {"Value": attribute("LedgerProxy", "Endpoint")},
            "ProxyId": {
                "Value": {"Fn::Select": [6, {"Fn::Split": [":", attribute("LedgerProxy", "DBProxyArn")]}]}
            },
            "Port": {"Value": attribute("Ledger", "Endpoint.Port")},
            "Secret": {"Value": attribute("Ledger", "MasterUserSecret.SecretArn")},
            "Id": {"Value": attribute("Ledger", "DBClusterResourceId")},
            "CacheHost": {"Value": attribute("Sessions", "PrimaryEndPoint.Address")},
            "CachePort": {"Value": attribute("Sessions", "PrimaryEndPoint.Port")},
        },
    }


# --- templates -----------------------------------------------------------------------------------


def test_an_assembly_says_which_servers_it_wants(
    template: dict[str, Any], build_assembly: Callable[..., Assembly]
) -> None:
    template["Resources"]["Mysql"] = resource(
        "AWS::RDS::DBCluster", "databases.other", DBClusterIdentifier="other", Engine="aurora-mysql"
    )
    wanted = wanted_stores(build_assembly({"databases": template}))
    assert [(wish.kind, wish.name, wish.user, wish.database) for wish in wanted] == [
        ("postgresql", "bank-local-ledger", "postgres", "ledger"),
        ("redis", "bank-local-sessions", "bank-local-sessions", ""),
    ]


def test_outputs_tell_of_the_server_what_they_would_tell_of_the_cluster(template: dict[str, Any]) -> None:
    list(place_stores(template, "databases", (DATABASE, CACHE)))
    assert {name: output["Value"] for name, output in template["Outputs"].items()} == {
        "Host": "127.0.0.1",
        "ReadHost": "127.0.0.1",
        "ProxyHost": "127.0.0.1",
        "ProxyId": {
            "Fn::Select": [
                6,
                {"Fn::Split": [":", "arn:aws:rds:us-east-1:000000000000:db-proxy:prx-bank-local-ledger"]},
            ]
        },
        "Port": "5433",
        "Secret": {"Fn::GetAtt": ["Ledger", "Id"]},
        "Id": "cluster-bank-local-ledger",
        "CacheHost": "127.0.0.1",
        "CachePort": "6380",
    }


def test_a_cluster_becomes_the_secret_that_rds_would_keep(template: dict[str, Any]) -> None:
    list(place_stores(template, "databases", (DATABASE, CACHE)))
    assert template["Resources"]["Ledger"]["Type"] == "AWS::SecretsManager::Secret"
    secret = json.loads(template["Resources"]["Ledger"]["Properties"]["SecretString"])
    assert secret == {"username": "postgres", "password": "very secret"}


def test_what_belongs_to_a_cluster_is_left_out_and_said(template: dict[str, Any]) -> None:
    omitted = list(place_stores(template, "databases", (DATABASE, CACHE)))
    assert sorted(template["Resources"]) == ["Ledger", "LedgerGroup", "SessionsGroup"]
    assert template["Resources"]["SessionsGroup"]["DependsOn"] == ["LedgerGroup"]
    assert {(omission.logical_id, omission.reason) for omission in omitted} == {
        ("LedgerInstance", "a PostgreSQL 18 on this machine takes its place"),
        ("LedgerProxy", "a PostgreSQL 18 on this machine takes its place"),
        ("Sessions", "a Redis 6.2 on this machine takes its place"),
        ("SessionsUser", "a Redis 6.2 on this machine takes its place"),
    }


def test_another_port_changes_a_resource_and_not_only_outputs(template: dict[str, Any]) -> None:
    other = json.loads(json.dumps(template))
    list(place_stores(template, "databases", (DATABASE, CACHE)))
    list(place_stores(other, "databases", (replace(DATABASE, port=5999), replace(CACHE, port=6999))))
    changed = {
        name for name in template["Resources"] if template["Resources"][name] != other["Resources"][name]
    }
    assert changed == {"Ledger", "LedgerGroup", "SessionsGroup"}


def test_a_template_without_servers_stays_as_it_is(template: dict[str, Any]) -> None:
    before = json.loads(json.dumps(template))
    assert list(place_stores(template, "databases", ())) == []
    assert template == before


# --- what is remembered --------------------------------------------------------------------------


def test_servers_are_remembered_and_only_the_user_can_read_their_passwords(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    write_stores(folder, (DATABASE, CACHE))
    assert read_stores(folder) == (DATABASE, CACHE)
    file = next(folder.path.glob("stores.json"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: "",
        lambda text: text[:50],
        lambda text: text.replace('"pid": null', '"pid": 0'),
        lambda text: text.replace("a" * 32, "short"),
        lambda text: text.replace('"format": 1', '"format": 2'),
    ],
)
def test_a_file_that_is_not_understood_is_no_file(tmp_path: Path, broken: Callable[[str], str]) -> None:
    folder = LocalFolder(tmp_path)
    write_stores(folder, (DATABASE,))
    file = folder.path / "stores.json"
    file.write_text(broken(file.read_text()))
    assert read_stores(folder) == ()


def test_a_cache_lets_in_its_user_alone(tmp_path: Path) -> None:
    lines = redis.configuration(tmp_path / 'a "strange" place', CACHE).splitlines()
    assert "user default off" in lines
    assert "user bank-local-sessions on nopass ~* +@all -@dangerous" in lines
    assert f'dir "{tmp_path}/a \\"strange\\" place"' in lines
    assert "bind 127.0.0.1" in lines


def test_nothing_is_installed_for_an_assembly_without_databases(tmp_path: Path) -> None:
    assert provide_stores(tmp_path, (), cache=tmp_path / "cache") == ()
    assert list(tmp_path.iterdir()) == []


# --- real servers --------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[LocalFolder]:
    """A workspace with a space in its name, whose servers are gone afterwards."""
    folder = LocalFolder(tmp_path / "my bank")
    yield folder
    halt_stores(folder)
    for log in sorted(folder.path.glob("*.log")):
        print(f"--- {log.name}", log.read_text(encoding="utf-8", errors="replace")[-5000:], sep="\n")


def ask_redis(port: int, *lines: str) -> list[str]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        reader = connection.makefile("rb")
        answers = []
        for line in lines:
            connection.sendall(line.encode() + b"\r\n")
            answer = reader.readline().decode().strip()
            if answer.startswith("$") and answer != "$-1":
                answer = reader.readline().decode().strip()
            answers.append(answer)
        return answers


@pytest.mark.e2e
def test_servers_keep_data_and_login_over_a_stop_and_recover_from_a_kill(
    template: dict[str, Any], build_assembly: Callable[..., Assembly], folder: LocalFolder
) -> None:
    import pg8000.dbapi

    wanted = wanted_stores(build_assembly({"databases": template}))
    told: list[Any] = []
    cache, database = sorted(
        provide_stores(folder.root, wanted, told.append), key=lambda s: s.kind == "postgresql"
    )
    assert {event.name for event in told if isinstance(event, StoreReady)} == {database.name, cache.name}

    def connect(store: Store, password: str | None = None) -> Any:
        """As a pool does: a connection that breaks while it is made is made anew, and said."""
        login = {"user": store.user, "password": store.password if password is None else password}
        address = {"host": "127.0.0.1", "port": store.port, "database": store.database}
        try:
            return pg8000.dbapi.connect(**address, **login)
        except pg8000.InterfaceError as error:
            warnings.warn(f"a connection broke: {error!r}", stacklevel=2)
            return pg8000.dbapi.connect(**address, **login)

    with pytest.raises(pg8000.DatabaseError, match="password authentication failed"):
        connect(database, "guessed")
    connection = connect(database)
    connection.cursor().execute("CREATE TABLE notes (text text)")
    connection.cursor().execute("INSERT INTO notes VALUES ('kept')")
    for statement in ("CREATE USER ledger", "GRANT rds_iam TO ledger", "CREATE USER other PASSWORD 'own'"):
        connection.cursor().execute(statement)
    connection.commit()
    # A token of IAM is as good as its user: there is nobody here who could look at it.
    connect(replace(database, user="ledger"), "a token").close()
    with pytest.raises(pg8000.DatabaseError, match="password authentication failed"):
        connect(replace(database, user="other"), "a token")
    hello = f"AUTH {cache.user} anything"
    assert ask_redis(cache.port, "GET note", hello, "SET note kept") == [
        "-NOAUTH Authentication required.",
        "+OK",
        "+OK",
    ]
    assert provide_stores(folder.root, wanted) == tuple(sorted((database, cache), key=lambda s: s.name))

    with locked(folder.lock_file, "testing"):
        # A client that stays connected must not keep the server from ending.
        halt_stores(folder)
    assert database.pid is not None
    assert not processes.is_ours(database.pid, database.token)
    assert {store.pid for store in read_stores(folder)} == {None}

    taken = socket.create_server(("127.0.0.1", database.port))
    with locked(folder.lock_file, "testing"), taken:
        again = {store.name: store for store in resume_stores(folder, told.append)}
    assert again[database.name].port != database.port
    assert again[database.name].password == database.password
    cursor = connect(again[database.name]).cursor()
    cursor.execute("SELECT text FROM notes")
    assert cursor.fetchone()[0] == "kept"
    assert ask_redis(again[cache.name].port, hello, "GET note") == ["+OK", "kept"]

    pid = again[database.name].pid
    assert pid is not None
    os.kill(pid, 9)
    processes.wait_until(lambda: not processes.is_ours(pid, again[database.name].token), 10)
    revived = {store.name: store for store in provide_stores(folder.root, wanted)}
    cursor = connect(revived[database.name]).cursor()
    cursor.execute("SELECT text FROM notes")
    assert cursor.fetchone()[0] == "kept"


@pytest.mark.e2e
def test_a_program_that_takes_the_port_first_and_answers_alike_is_not_taken_for_ours(
    folder: LocalFolder,
) -> None:
    taken: list[int] = []

    def answer(decoy: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = decoy.accept()
                with caller:
                    caller.recv(64)
                    caller.sendall(b"-NOAUTH Authentication required.\r\n")

    with contextlib.ExitStack() as open_until_the_end:

        def be_quicker(event: Any) -> None:
            if isinstance(event, StartingStore) and not taken:
                taken.append(ports.next_free(6379))
                decoy = open_until_the_end.enter_context(socket.create_server(("127.0.0.1", taken[0])))
                threading.Thread(target=answer, args=(decoy,), daemon=True).start()

        wish = StoreWish("redis", "bank-local-sessions", "someone")
        (store,) = provide_stores(folder.root, (wish,), be_quicker)
        assert redis.is_ready(replace(store, port=taken[0]))
    assert store.port != taken[0]
    assert store.pid is not None
    assert ports.is_held_by(store.port, store.pid)


@pytest.mark.e2e
def test_another_database_of_a_cluster_is_made_beside_the_first(
    template: dict[str, Any], build_assembly: Callable[..., Assembly], folder: LocalFolder
) -> None:
    import pg8000.dbapi

    wish = wanted_stores(build_assembly({"databases": template}))[0]
    provide_stores(folder.root, (wish,))
    (store,) = provide_stores(folder.root, (replace(wish, database="second"),))
    for name in ("ledger", "second"):
        pg8000.dbapi.connect(
            host="127.0.0.1", port=store.port, user=store.user, password=store.password, database=name
        ).close()


@pytest.fixture
def bank(
    tmp_path: Path, platform_in: Callable[..., subprocess.CompletedProcess[str]]
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """The bank in a workspace of its own, and how to run the tool there."""
    root = tmp_path / "the bank"
    shutil.copytree(BANK, root, ignore=shutil.ignore_patterns(".platform", "__pycache__"))
    blueprint = root / "blueprint.yaml"
    text = blueprint.read_text()
    # The bank of the templates has a rotation service without code; here it gets the one that is generated.
    for part in (ROTATION, ROTATING_SERVICE):
        assert part in text
        text = text.replace(part, "")
    blueprint.write_text(text)

    def run(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return platform_in(root, *arguments, check=check)

    yield run
    run("local", "reset", check=False)


@pytest.mark.e2e
def test_a_function_writes_rows_and_keys_and_only_with_access(
    bank: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    bank("secrets", "new-function", "ledger")
    bank("local", "start", "--port", str(ports.next_free(random.randrange(40000, 50000))))
    bank("deploy", "--env", "local", "--yes")
    shown = json.loads(bank("local", "status", "--json").stdout)["stores"]
    assert {(store["name"], store["kind"]) for store in shown} == {
        ("bank-local-archive", "postgresql"),
        ("bank-local-ledger", "postgresql"),
        ("bank-local-rates", "redis"),
        ("bank-local-sessions", "redis"),
    }
    assert "bank-local-ledger: PostgreSQL at 127.0.0.1:" in bank("local", "status").stdout

    def book(cents: int) -> dict[str, Any]:
        payload = json.dumps({"account": "alice", "cents": cents})
        done = bank("invoke", "ledger.book", "--env", "local", "--payload", payload, "--json")
        answer = json.loads(done.stdout)
        return dict(answer.get("payload", answer))

    first = book(250)
    assert (first["count"], first["total"], first["uses"], first["database"]) == (1, 250, 1, "ledger")
    assert first["version"].startswith("PostgreSQL 18")

    rotated = bank("secrets", "rotate", "ledger", "--env", "local", "--yes", "--no-wait")
    assert "rotating by bank-local-rotation-rotate" in rotated.stderr
    paid = bank("invoke", "ledger.pay", "--env", "local", "--payload", "{}", "--json")
    assert json.loads(paid.stdout)["payload"]["user"] == "ledger_user_clone"

    refused = bank("invoke", "ledger.nosy", "--env", "local", "--payload", "{}", check=False)
    assert refused.returncode != 0
    assert "not authorized to perform: secretsmanager:GetSecretValue" in refused.stdout + refused.stderr

    bank("local", "stop")
    bank("local", "start")
    second = book(50)
    assert (second["count"], second["total"], second["uses"]) == (2, 300, 2)


def test_a_server_that_found_its_port_taken_is_known_by_what_it_says_last(tmp_path: Path) -> None:
    log = tmp_path / "ledger.log"
    assert not _found_its_port_taken(log)
    log.write_text('could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL: no sockets\n')
    assert _found_its_port_taken(log)
    with log.open("a") as more:
        more.write("the next start, with another trouble\n" * 12)
    assert not _found_its_port_taken(log)
