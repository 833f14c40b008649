"""The four steps, in whatever order and however often they come."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
LEDGER = "shop/dev/ledger"
DATABASES = ("single_user", "alternating_users", "mysql_single_user", "mysql_alternating_users")
STRATEGIES = (*DATABASES, "api_key", "jwt_key", "generic")


def start(make_world, strategy):
    world = make_world(strategy, local=True)
    world.add_secret(strategy)
    world.manager.put_secret_value(LEDGER, "new", VersionStages=["AWSPENDING"])

    def step(name):
        world.manager.rotate({"SecretId": LEDGER, "ClientRequestToken": "new", "Step": name})

    return world, step


@pytest.fixture
def begin(make_world):
    return lambda strategy: start(make_world, strategy)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_steps_in_any_order_and_number_lock_nobody_out(begin, strategy):
    @given(st.lists(st.sampled_from(STEPS), max_size=12))
    def law(steps):
        world, step = begin(strategy)
        for name in steps:
            with contextlib.suppress(Exception):
                step(name)
            works = [
                world.works(world.manager.labelled(LEDGER, label)) for label in ("AWSCURRENT", "AWSPENDING")
            ]
            assert any(works) if strategy.endswith("single_user") else works[0]
        # Whatever came before, the steps in their order end it.
        for name in STEPS:
            step(name)
        assert world.manager.version_with(LEDGER, "AWSCURRENT") == "new"
        assert world.works(world.manager.labelled(LEDGER, "AWSCURRENT"))

    law()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_step_for_a_version_that_is_current_does_nothing(begin, strategy):
    world, step = begin(strategy)
    for name in STEPS:
        step(name)
    before = (world.manager.labelled(LEDGER, "AWSCURRENT"), dict(world.database.users))
    for name in reversed(STEPS):
        step(name)

    assert (world.manager.labelled(LEDGER, "AWSCURRENT"), world.database.users) == before


@pytest.mark.parametrize("name", STEPS)
def test_a_step_for_an_unknown_version_is_refused(make_world, name):
    world = make_world()
    world.add_login()
    with pytest.raises(Exception, match="has no version nowhere"):
        world.manager.rotate({"SecretId": LEDGER, "ClientRequestToken": "nowhere", "Step": name})


@pytest.mark.parametrize("name", STEPS)
def test_a_step_for_a_version_that_is_not_pending_is_refused(begin, name):
    world, step = begin("single_user")
    world.manager.secrets[LEDGER]["versions"]["new"].labels = {"OTHER"}
    with pytest.raises(Exception, match="is not the pending one"):
        step(name)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_second_create_keeps_the_first_value(begin, strategy):
    world, step = begin(strategy)
    step("createSecret")
    value = world.manager.labelled(LEDGER, "AWSPENDING")
    step("createSecret")

    assert world.manager.labelled(LEDGER, "AWSPENDING") == value


def test_of_two_creates_at_once_the_first_one_wins(make_world, fakes):
    world = make_world()
    world.add_login()
    world.manager.secrets[LEDGER]["versions"]["new"] = fakes.version("stored meanwhile", {"AWSPENDING"}, None)
    read = world.manager.get_secret_value

    def not_seen_yet(SecretId, VersionId=None, VersionStage=None):
        if VersionId == "new":
            raise fakes.refusal("ResourceNotFoundException", "GetSecretValue")
        return read(SecretId, VersionId, VersionStage)

    world.manager.get_secret_value = not_seen_yet
    world.manager.rotate({"SecretId": LEDGER, "ClientRequestToken": "new", "Step": "createSecret"})

    assert world.manager.labelled(LEDGER, "AWSPENDING") == "stored meanwhile"


def test_finish_before_its_time_is_refused(begin):
    world, step = begin("single_user")
    step("createSecret")
    with pytest.raises(Exception, match="does not work"):
        step("finishSecret")

    assert world.manager.version_with(LEDGER, "AWSCURRENT") == "v1"


def test_no_error_of_a_step_holds_a_value(begin):
    world, step = begin("single_user")
    step("createSecret")
    pending = json.loads(world.manager.labelled(LEDGER, "AWSPENDING"))["password"]
    world.database.users.clear()
    for name in STEPS[1:]:
        with pytest.raises(Exception, match=r"\w") as caught:
            step(name)
        assert pending not in str(caught.value)
        assert "first" not in str(caught.value)


def test_alternating_users_never_touch_the_current_user(begin):
    world, step = begin("alternating_users")
    for name in STEPS:
        step(name)

    assert world.database.users["app"] == "first"
    assert json.loads(world.manager.labelled(LEDGER, "AWSCURRENT"))["username"] == "app_clone"
    assert world.database.like == {"app_clone": "app"}


def test_an_administrator_of_another_database_is_refused(begin):
    world, step = begin("alternating_users")
    step("createSecret")
    other = {"host": "elsewhere", "username": "root", "password": "root"}
    world.manager.secrets["admin"]["versions"]["v1"].value = json.dumps(other)
    with pytest.raises(Exception, match="of another database"):
        step("setSecret")


@pytest.mark.parametrize("value", ["no JSON", "[]", '{"host": "db"}', '{"username": "app", "password": "x"}'])
def test_a_login_without_its_fields_is_refused(rotation, value):
    with pytest.raises(rotation.labels.RotationRefused):
        rotation.databases.SingleUser(None).create(value)
