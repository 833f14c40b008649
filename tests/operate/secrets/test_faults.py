"""A fault at every call of a rotation, before and after it: no lost secret, no lock-out.

Whether a value works is asked of what stands behind the secret: a database's users (MySQL on a fake of its
driver, never a server), or readers that hold copies of a ring of keys.
"""

from __future__ import annotations

import contextlib
import json

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.planning import plan_rotation
from platform_cli.operate.secrets.rotating import execute_rotation

LEDGER = "shop/dev/ledger"
DATABASES = ("single_user", "alternating_users", "mysql_single_user", "mysql_alternating_users")
STRATEGIES = (*DATABASES, "api_key", "jwt_key", "generic")
NEVER_OUT = tuple(strategy for strategy in STRATEGIES if not strategy.endswith("single_user"))
"""Of one user, the password is dead between the change in the database and that of the label."""


def rotate(world, templates, *, recover_now=False, token="new"):
    plan = plan_rotation(
        world.environment,
        world.environment.secrets["ledger"],
        world.clients,
        templates,
        recover_now=recover_now,
        timeout_seconds=10,
        clock=world.clock,
        sleep=world.sleep,
        monotonic=world.monotonic,
    )
    return execute_rotation(
        plan,
        world.environment,
        world.clients,
        token=token,
        interval_seconds=0.002,
        clock=world.clock,
        sleep=world.sleep,
    )


@pytest.fixture
def calls(make_world, templates):
    """The calls that a rotation without faults makes."""

    def count(strategy):
        world = make_world(strategy)
        world.add_secret(strategy)
        assert rotate(world, templates).done
        return world.faults.calls

    return count


def current_works(world):
    return world.works(world.manager.labelled(LEDGER, "AWSCURRENT"))


@pytest.mark.parametrize("retries", [0, 2], ids=["no retry", "AWS retries"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_after_a_fault_at_any_call_the_current_value_works(
    make_world, templates, fakes, calls, strategy, retries
):
    made = calls(strategy)
    assert {"RotateSecret", "PutSecretValue", "UpdateSecretVersionStage"} <= set(made)
    assert ("login" in made) == (strategy in DATABASES)

    for number, operation in enumerate(made):
        for after in (False, True):
            world = make_world(strategy, faults=fakes.faults(number, after))
            world.manager.retries = retries
            world.add_secret(strategy)
            first = world.manager.labelled(LEDGER, "AWSCURRENT")
            with contextlib.suppress(PlatformError):
                rotate(world, templates)

            where = (number, operation, after)
            assert current_works(world), where
            held = [world.manager.labelled(LEDGER, label) for label in ("AWSCURRENT", "AWSPREVIOUS")]
            assert first in held, where
            pending = world.manager.version_with(LEDGER, "AWSPENDING")
            assert pending in (None, world.manager.version_with(LEDGER, "AWSCURRENT")), where


@pytest.mark.parametrize("strategy", NEVER_OUT)
def test_without_a_lock_out_by_its_nature_the_current_value_works_at_every_moment(
    make_world, templates, fakes, calls, strategy
):
    for number in range(len(calls(strategy))):
        for after in (False, True):
            faults = fakes.faults(number, after)
            world = make_world(strategy, faults=faults)
            world.add_secret(strategy)
            moments = []
            faults.always = lambda world=world, moments=moments: moments.append(current_works(world))
            with contextlib.suppress(PlatformError):
                rotate(world, templates)
            assert all(moments)
            assert moments or number == 0


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_after_a_crash_at_any_call_the_next_rotation_puts_it_right(
    make_world, templates, fakes, calls, strategy
):
    for number in range(len(calls(strategy))):
        for after in (False, True):
            faults = fakes.faults(number, after, crash=True)
            world = make_world(strategy, faults=faults)
            world.add_secret(strategy)
            with pytest.raises(fakes.crash):
                rotate(world, templates)

            works = {
                label: world.works(world.manager.labelled(LEDGER, label))
                for label in ("AWSCURRENT", "AWSPENDING")
            }
            assert any(works.values()), "the value that works is not let go of"

            faults.at = None
            assert rotate(world, templates, recover_now=True, token="second").done
            assert current_works(world)


def test_a_function_that_always_fails_leaves_the_secret_as_before(make_world, templates):
    world = make_world()
    world.add_login()
    before = world.manager.labelled(LEDGER, "AWSCURRENT")
    world.database.change_password = lambda username, password: 1 / 0

    done = rotate(world, templates)

    assert done.failure is not None
    assert done.new_version == done.old_version
    assert world.manager.labelled(LEDGER, "AWSCURRENT") == before
    assert world.manager.version_with(LEDGER, "AWSPENDING") is None
    assert "tried to rotate; it is as before" in world.parameters.written[-1]


def test_a_finish_that_always_fails_goes_forward_since_only_the_new_value_works(make_world, templates):
    world = make_world()
    world.add_login()
    run = world.manager.rotate

    def without_finish(event):
        if event["Step"] == "finishSecret":
            raise RuntimeError
        return run(event)

    world.manager.rotate = without_finish
    done = rotate(world, templates)

    assert done.failure is not None
    assert done.new_version == "new"
    assert world.database.accepts(world.manager.labelled(LEDGER, "AWSCURRENT"))


def test_labels_that_cannot_be_moved_are_reported_and_nothing_is_let_go_of(make_world, templates, fakes):
    world = make_world()
    world.add_login()

    def denied(**request):
        raise fakes.refusal("AccessDeniedException", "UpdateSecretVersionStage")

    world.manager.update_secret_version_stage = denied
    with pytest.raises(PlatformError) as caught:
        rotate(world, templates)

    assert caught.value.code == "rotation-stuck"
    assert world.database.accepts(world.manager.labelled(LEDGER, "AWSPENDING"))
    secret = json.loads(world.manager.labelled(LEDGER, "AWSPENDING"))["password"]
    assert secret not in f"{caught.value.message} {caught.value.hint}"
