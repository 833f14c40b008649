"""Setting values: nobody's change is overwritten, nothing half-stored becomes current."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.secrets.values import (
    LARGEST_BYTES,
    Hidden,
    checked_value,
    execute_setting,
    plan_setting,
    read_value,
    shape_of,
)

PLAIN = "shop/dev/plain"


@pytest.fixture
def world(make_world):
    world = make_world()
    world.manager.add(PLAIN, "before")
    return world


def put(world, value, token=None):
    setting = plan_setting(world.environment.secrets["plain"], world.clients)
    return execute_setting(setting, Hidden(value), world.environment, world.clients, token=token)


def test_a_value_replaces_the_current_one_which_becomes_the_previous(world):
    version = put(world, "after")

    assert world.manager.version_with(PLAIN, "AWSCURRENT") == version
    assert world.manager.labelled(PLAIN, "AWSCURRENT") == "after"
    assert world.manager.labelled(PLAIN, "AWSPREVIOUS") == "before"
    assert world.manager.version_with(PLAIN, "PLATFORM-SET") is None


def test_a_first_value_needs_none_before(make_world):
    world = make_world()
    world.manager.add(PLAIN)
    put(world, "first")
    assert world.manager.labelled(PLAIN, "AWSCURRENT") == "first"
    assert world.manager.version_with(PLAIN, "PLATFORM-SET") is None
    assert "set its first value" in world.parameters.written[0]


def test_of_eight_who_set_a_value_from_the_same_state_one_succeeds_and_the_others_are_told(world):
    settings = [plan_setting(world.environment.secrets["plain"], world.clients) for _ in range(8)]

    def set_one(number):
        try:
            execute_setting(settings[number], Hidden(f"value {number}"), world.environment, world.clients)
        except PlatformError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(set_one, range(8)))

    assert sorted(results) == ["done", *["secret-changed"] * 7]
    assert world.manager.labelled(PLAIN, "AWSCURRENT") == f"value {results.index('done')}"
    assert world.manager.labelled(PLAIN, "AWSPREVIOUS") == "before"


def test_of_two_first_values_the_second_is_told_and_does_not_replace_the_first(make_world):
    world = make_world()
    world.manager.add(PLAIN)
    mine, theirs = (plan_setting(world.environment.secrets["plain"], world.clients) for _ in range(2))
    execute_setting(theirs, Hidden("theirs"), world.environment, world.clients)
    with pytest.raises(PlatformError) as caught:
        execute_setting(mine, Hidden("mine"), world.environment, world.clients)

    assert caught.value.code == "secret-changed"
    assert world.manager.labelled(PLAIN, "AWSCURRENT") == "theirs"
    assert world.manager.version_with(PLAIN, "PLATFORM-SET") is None
    assert len(world.parameters.written) == 1, "nothing is recorded of what was not done"


def test_after_a_fault_at_any_call_a_whole_value_is_current(make_world, fakes):
    for number in range(8):
        for after in (False, True):
            world = make_world(faults=fakes.faults(number, after))
            world.manager.add(PLAIN, "before")
            try:
                put(world, "after", token="new")
            except PlatformError as error:
                assert error.code in ("aws-error", "aws-unavailable")  # noqa: PT017
            assert world.manager.labelled(PLAIN, "AWSCURRENT") in ("before", "after")


def test_no_value_is_set_while_a_rotation_goes_on(world, fakes):
    world.manager.secrets[PLAIN]["versions"]["half"] = fakes.version(None, {"AWSPENDING"}, fakes.noon)
    with pytest.raises(PlatformError) as caught:
        plan_setting(world.environment.secrets["plain"], world.clients)
    assert caught.value.code == "rotation-in-progress"


def test_a_secret_that_is_not_there_cannot_be_set(make_world):
    world = make_world()
    with pytest.raises(PlatformError) as caught:
        plan_setting(world.environment.secrets["plain"], world.clients)
    assert caught.value.code == "not-deployed"


def test_setting_a_login_says_that_the_database_does_not_follow(make_world):
    world = make_world()
    world.add_login()
    assert (
        "does not change with it" in plan_setting(world.environment.secrets["ledger"], world.clients).warning
    )


@pytest.mark.parametrize(
    ("typed", "value"),
    [("x\n", "x"), ("x\r\n", "x"), ("x\n\n", "x\n"), (" x ", " x "), ('{"a": "ä"}', '{"a": "ä"}')],
)
def test_one_line_end_is_not_part_of_a_value(typed, value):
    assert checked_value(typed).reveal() == value


@pytest.mark.parametrize("typed", ["", "\n", "  \n", "x" * (LARGEST_BYTES + 1), "\udc80"])
def test_what_secrets_manager_does_not_take_is_refused_before_a_call(typed):
    with pytest.raises(PlatformError) as caught:
        checked_value(typed)
    assert (caught.value.code, caught.value.exit_code) == ("invalid-secret", ExitCode.USAGE)


def test_the_shape_of_a_value_tells_names_of_fields_and_no_values():
    assert shape_of('{"user": "app", "password": "x"}') == "JSON with the fields password, user"
    assert shape_of("x") == "text"


def test_an_empty_secret_has_no_value_to_show(make_world):
    world = make_world()
    world.manager.add(PLAIN)
    with pytest.raises(PlatformError) as caught:
        read_value(world.environment.secrets["plain"], world.clients)
    assert caught.value.code == "secret-empty"
