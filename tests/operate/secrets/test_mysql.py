"""MySQL on a fake of its driver only: no server was ever asked. What the fake knows is MySQL 8's manual."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def server(fakes):
    return fakes.mysql(fakes.faults())


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
