"""Stuck, overdue, unused, missing, empty: judged from the state alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.judging import judge
from platform_cli.operate.secrets.selecting import find_secret, strategy_of
from platform_cli.operate.secrets.state import Replica, SecretState, SecretVersion


@pytest.fixture
def report(make_world, fakes):
    """Judge the secret `ledger`, which rotates every 30 days, with some facts."""
    environment = make_world().environment

    def judged(*, age_days=1.0, pending_minutes=None, name="ledger", has_value=True, **facts):
        versions = [SecretVersion("v1", ("AWSCURRENT",), fakes.noon - timedelta(days=age_days))]
        if pending_minutes is not None:
            made = fakes.noon - timedelta(minutes=pending_minutes)
            versions.append(SecretVersion("v2", ("AWSPENDING",), made))
        state = SecretState("arn", f"shop/dev/{name}", tuple(versions), has_value, **facts)
        return judge(environment.secrets[name], state, environment, fakes.noon)

    return judged


def kinds(report):
    return [condition.kind for condition in report.conditions]


def test_a_secret_in_order_has_nothing_to_say(report):
    judged = report()
    assert kinds(judged) == []
    assert (judged.age_days, judged.readers) == (1, ("orders.create",))


@pytest.mark.parametrize(("age", "overdue"), [(29.9, False), (30.1, True), (400, True)])
def test_a_secret_is_overdue_by_the_age_of_its_value(report, age, overdue):
    assert report(age_days=age).overdue is overdue


def test_a_date_of_aws_that_has_passed_counts_too(report, later):
    assert report(age_days=2, next_rotation=later(-1)).overdue


@pytest.mark.parametrize(("age", "next_days", "overdue"), [(30.1, 0.4, False), (31.1, 0.4, True)])
def test_a_secret_is_not_overdue_on_the_day_on_which_aws_rotates_it(report, later, age, next_days, overdue):
    assert report(age_days=age, next_rotation=later(next_days)).overdue is overdue


@pytest.mark.parametrize(("minutes", "kind"), [(1, "rotating"), (21, "stuck")])
def test_a_pending_version_is_stuck_once_no_function_can_be_running(report, minutes, kind):
    assert kinds(report(pending_minutes=minutes)) == [kind]


def test_what_nobody_reads_is_unused(report, later):
    assert kinds(report(name="plain")) == ["unused"]
    assert kinds(report(last_accessed=later(-91))) == ["unused"]
    assert not report(name="plain").serious


def test_other_conditions(report, later):
    assert kinds(report(has_value=False)) == ["empty"]
    assert kinds(report(deleted=later(-1))) == ["deleted"]
    assert kinds(report(owning_service="rds")) == ["managed"]
    assert kinds(report(replicas=(Replica("eu-central-1", "Failed", "exists"),))) == ["replica"]


def test_a_secret_that_is_not_deployed_is_missing(make_world, fakes):
    environment = make_world().environment
    judged = judge(environment.secrets["ledger"], None, environment, fakes.noon)
    assert kinds(judged) == ["missing"]
    assert judged.serious


def test_a_secret_is_found_by_each_of_its_names_and_a_near_one_is_suggested(make_world):
    environment = make_world().environment
    for name in ("ledger", "secrets.ledger", "shop/dev/ledger"):
        assert find_secret(environment, name).name == "ledger"
    with pytest.raises(PlatformError) as caught:
        find_secret(environment, "leger")
    assert caught.value.hint == 'did you mean "ledger"?'


def test_the_strategy_follows_the_database_and_the_blueprint(make_world):
    for told, strategy in (
        ("single_user", "postgresql_single_user"),
        ("alternating_users", "postgresql_alternating_users"),
    ):
        environment = make_world(told).environment
        assert strategy_of(environment.secrets["ledger"], environment) == strategy
        assert strategy_of(environment.secrets["payment"], environment) == "generic"
