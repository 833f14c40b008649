from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.scaffold.naming import (
    check_name_length,
    check_service_name,
    check_system_name,
    package_name,
    suggest,
)


@pytest.mark.parametrize("name", ["orders", "order-history", "o2", "type", "a", "notes-2"])
def test_a_plain_name_is_taken(name: str) -> None:
    check_service_name(name)


def test_hyphens_become_underscores_in_the_package() -> None:
    assert package_name("order-history") == "order_history"


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Order", "order"),
        ("OrderHistory", "order-history"),
        ("order_history", "order-history"),
        ("order--history", "order-history"),
        ("-orders", "orders"),
        ("orders-", "orders"),
        ("2orders", "orders"),
        ("order history", "order-history"),
        ("../orders", "orders"),
        ("orders\n", "orders"),
        ("", "orders"),
        ("größe", "gr-e"),
    ],
)
def test_an_illegal_name_is_refused_with_a_legal_one(name: str, better: str) -> None:
    with pytest.raises(PlatformError) as caught:
        check_service_name(name)

    assert caught.value.code == "bad-name"
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.hint is not None
    assert caught.value.hint.endswith(f'such as "{better}"')


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "Python language"),
        ("lambda", "Python language"),
        ("platform", "standard library"),
        ("types", "standard library"),
        ("email", "standard library"),
        ("distutils", "standard library"),
        ("boto3", "services use"),
        ("aws-lambda-powertools", "services use"),
        ("servicekit", "services use"),
        ("tests", "services use"),
    ],
)
def test_a_name_that_hides_a_module_is_refused_with_another(name: str, reason: str) -> None:
    with pytest.raises(PlatformError, match=reason) as caught:
        check_service_name(name)

    assert caught.value.hint == f'use another name, such as "{name}-service"'


def test_a_name_beyond_the_limit_of_lambda_says_how_long_it_may_be() -> None:
    fits = "x" * (64 - len("shop-staging--create"))
    check_name_length("shop", ("dev", "staging"), fits, ("get", "create"))

    with pytest.raises(PlatformError, match="has 65 characters, and Lambda allows 64") as caught:
        check_name_length("shop", ("dev", "staging"), fits + "x", ("get", "create"))

    assert caught.value.hint == f"use a name of at most {len(fits)} characters"


@pytest.mark.parametrize("name", ["Shop", "shop_2", "", "s" * 21, "null", "on", "y"])
def test_a_system_that_cannot_prefix_names_is_refused_with_one_that_can(name: str) -> None:
    with pytest.raises(PlatformError, match="not a name for a system") as caught:
        check_system_name(name)

    check_system_name(re.findall(r'such as "(.*)"', caught.value.hint or "")[0])


@given(st.text(max_size=40))
def test_a_suggested_name_has_a_legal_form_and_stays_as_it_is(text: str) -> None:
    suggested = suggest(text)

    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", suggested)
    assert suggest(suggested) == suggested
