"""MySQL on a fake of its driver only: no server was ever asked. What the fake knows is MySQL 8's manual."""

from __future__ import annotations

import json

import pytest


class Refused(Exception):
    """As PyMySQL's OperationalError: number and text."""


class FakeMySQL:
    """Accounts, passwords and grants behind the driver's interface."""

    def __init__(self):
        self.users = {"app": "first", "root": "root"}
        self.grants = {"app": ["GRANT USAGE ON *.* TO `app`@`%`", "GRANT SELECT ON `shop`.* TO `app`@`%`"]}
        self.granted = []
        self.statements = []

    def connect(self, *, user, password, **_):
        if self.users.get(user) != password:
            raise Refused(1045, f"Access denied for user '{user}'")
        return Connection(self)


class Connection:
    def __init__(self, server):
        self.server = server
        self.rows = []

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def close(self):
        return None

    def execute(self, statement, values):
        self.server.statements.append(statement)
        statement % tuple(repr(value) for value in values)  # as the driver fills it in
        users, self.rows = self.server.users, []
        if statement.startswith("ALTER USER"):
            if values[0] not in users:
                raise Refused(1396, "Operation ALTER USER failed")
            users[values[0]] = values[2]
        elif statement.startswith("CREATE USER IF NOT EXISTS"):
            users.setdefault(values[0], values[2])
        elif statement.startswith("SHOW GRANTS"):
            self.rows = [(grant,) for grant in self.server.grants[values[0]]]
        else:
            self.server.granted.append((statement, values))

    def fetchall(self):
        return self.rows


@pytest.fixture
def server():
    return FakeMySQL()


@pytest.fixture
def engine(rotation, server):
    return rotation.mysql.MySQL(server.connect)


def login(username, password):
    return json.dumps({"host": "db", "username": username, "password": password})


def test_the_password_of_a_single_user_changes(rotation, engine, server):
    strategy = rotation.databases.SingleUser(engine)
    pending = strategy.create(login("app", "first"))
    strategy.set(login("app", "first"), pending, None)
    strategy.set(login("app", "first"), pending, None)

    assert strategy.works(pending)
    assert not strategy.works(login("app", "first"))


def test_the_second_user_gets_the_rights_of_the_first(rotation, engine, server):
    admin = {"host": "db", "username": "root", "password": "root"}
    strategy = rotation.databases.AlternatingUsers(engine, lambda _: admin)
    pending = strategy.create(login("app", "first"))
    for _ in range(2):
        strategy.set(login("app", "first"), pending, None)

    assert strategy.works(login("app", "first"))
    assert strategy.works(pending)
    assert server.granted == [
        ("GRANT USAGE ON *.* TO %s@%s", ("app_clone", "%")),
        ("GRANT SELECT ON `shop`.* TO %s@%s", ("app_clone", "%")),
    ]


def test_no_password_is_part_of_a_statement(rotation, engine, server):
    strategy = rotation.databases.SingleUser(engine)
    pending = strategy.create(login("app", "first"))
    strategy.set(login("app", "first"), pending, None)
    assert server.statements == ["ALTER USER %s@%s IDENTIFIED BY %s"]


def test_a_name_that_is_too_long_for_mysql_is_refused(rotation, engine):
    strategy = rotation.databases.AlternatingUsers(engine, lambda login: login)
    with pytest.raises(rotation.labels.RotationRefused, match="too long"):
        strategy.create(login("a" * 30, "first"))


@pytest.mark.parametrize(
    ("grant", "open_account"),
    [
        ("GRANT USAGE ON *.* TO `app`@`%`", "GRANT USAGE ON *.* TO %s@%s"),
        (
            "GRANT ALL ON `a%b`.* TO 'app'@'%' WITH GRANT OPTION",
            "GRANT ALL ON `a%%b`.* TO %s@%s WITH GRANT OPTION",
        ),
    ],
)
def test_a_grant_is_given_to_the_other_account(rotation, grant, open_account):
    assert rotation.mysql.granted_to(grant) == open_account
