"""Laws of logical ids, and addresses by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from platform_cli.stacks.addresses import Addresses
from platform_cli.stacks.logical import composite, pascal

names = st.from_regex(r"[a-z][a-z0-9_-]{0,30}", fullmatch=True)


@given(names, names)
def test_two_names_never_become_one_id(one: str, two: str) -> None:
    assert (pascal(one) == pascal(two)) == (one == two)


@given(st.lists(names, min_size=1, max_size=4), st.lists(names, min_size=1, max_size=4))
def test_two_lists_of_names_never_become_one_id(one: list[str], two: list[str]) -> None:
    assert (composite("X", *one) == composite("X", *two)) == (one == two)


@given(names)
def test_ids_are_what_cloudformation_accepts(name: str) -> None:
    assert pascal(name).isalnum()
    assert len(composite("Trigger", name, name, name, name)) <= 255


def test_plain_names_stay_readable() -> None:
    assert pascal("order-events") == "OrderEvents"
    assert pascal("main") == "Main"
    assert pascal("a-1") != pascal("a1")


def test_addresses_know_the_partition_of_their_region(factory: Callable[..., Any]) -> None:
    def at(region: str) -> Addresses:
        return Addresses.of(factory(region=region).environment())

    assert at("eu-west-1").table("t") == "arn:aws:dynamodb:eu-west-1:111111111111:table/t"
    assert at("us-gov-west-1").bucket("b") == "arn:aws-us-gov:s3:::b"
    assert at("cn-north-1").queue_url("q") == "https://sqs.cn-north-1.amazonaws.com.cn/111111111111/q"
