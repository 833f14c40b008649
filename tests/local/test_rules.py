"""Rules of flag variants, as AWS documents them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.local.rule_syntax import RuleError
from platform_cli.local.rules import evaluate_flags, matches

CONTEXT = {
    "plan": "pro",
    "age": "42",
    "ratio": "0.5",
    "beta": "true",
    "since": "2026-03-04",
    "email": "a@example.com",
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('(eq $plan "pro")', True),
        ('(eq $plan "free")', False),
        ("(eq $age 42)", True),
        ("(eq $age 42.0)", True),
        ("(gt $age 41)", True),
        ("(gt $age 42)", False),
        ("(gte $age 42)", True),
        ("(lt $ratio 0.6)", True),
        ("(lte $age -7)", False),
        ("(eq $beta true)", True),
        ("(eq $beta false)", False),
        ("(gt $since 2026-01)", True),
        ("(gt $since 2026-03-04T05:06:07-08:00)", False),
        ('(begins_with $plan "pr")', True),
        ('(ends_with $email "example.com")', True),
        ('(contains $email "@")', True),
        ('(contains $email "#")', False),
        ('(in $plan ["free", "pro"])', True),
        ('(in $plan ["pro", "free"])', True),
        ("(in $age [1, 42])", True),
        ('(in $plan ["free"])', False),
        ('(matches in::$plan pattern::"^p.o$")', True),
        ('(matches pattern::"^x" in::$plan)', False),
        ('(exists key::"plan")', True),
        ('(exists key::"country")', False),
        ('(not (eq $plan "free"))', True),
        ('(and (eq $plan "pro") (gt $age 18))', True),
        ('(and (eq $plan "pro") (gt $age 50))', False),
        ('(or (eq $plan "free") (gt $age 18) (eq $beta false))', True),
        ('(eq $plan "p\\"r")', False),
        ('  ( eq   $plan\n"pro" )  ', True),
    ],
)
def test_rules_hold_or_not(rule: str, expected: bool) -> None:
    assert matches(rule, CONTEXT) is expected


@pytest.mark.parametrize("rule", ['(eq $country "DE")', "(gt $plan 3)", "(split by::$user pct::100)"])
def test_a_rule_about_what_is_not_known_does_not_match(rule: str) -> None:
    assert matches(rule, CONTEXT) is False


def test_an_unknown_value_in_one_branch_leaves_the_others() -> None:
    assert matches('(or (eq $country "DE") (eq $plan "pro"))', CONTEXT)
    assert matches('(not (eq $country "DE"))', CONTEXT)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "eq",
        "(",
        "()",
        "(eq $plan)",
        '(eq $plan "pro"',
        "(is $plan 1)",
        '(eq $plan "a") (eq $plan "b")',
        "(eq $plan pro)",
        "(in $plan 3)",
        '(matches in::$plan pattern::"[")',
        '(split by::$plan pct::"x")',
        '"pro"',
    ],
)
def test_a_rule_that_is_not_written_as_documented_is_an_error(rule: str) -> None:
    with pytest.raises(RuleError):
        matches(rule, CONTEXT)


# --- split ---------------------------------------------------------------------------------------


def share(rule: str, users: int = 4000) -> float:
    return sum(matches(rule, {"user": str(number)}) for number in range(users)) / users


@pytest.mark.parametrize("percent", [0, 0.5, 20, 50, 100])
def test_a_split_takes_its_share_of_users(percent: float) -> None:
    assert share(f"(split by::$user pct::{percent})") == pytest.approx(percent / 100, abs=0.03)


@given(user=st.text(min_size=1), percent=st.integers(0, 99))
def test_a_larger_split_contains_the_smaller_one_of_its_seed(user: str, percent: int) -> None:
    context = {"user": user}
    if matches(f'(split by::$user pct::{percent} seed::"s")', context):
        assert matches(f'(split by::$user pct::{percent + 1} seed::"s")', context)


def test_another_seed_takes_other_users() -> None:
    both = [
        matches('(split by::$user pct::50 seed::"a")', {"user": str(number)})
        is matches('(split by::$user pct::50 seed::"b")', {"user": str(number)})
        for number in range(2000)
    ]
    assert sum(both) / len(both) == pytest.approx(0.5, abs=0.05)


# --- flags ---------------------------------------------------------------------------------------


def variant(name: str, rule: str | None = None, enabled: bool = True, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "enabled": enabled, "attributeValues": attributes}
    return made if rule is None else {**made, "rule": rule}


def evaluated(*variants: Mapping[str, Any], **context: str) -> Any:
    return evaluate_flags({"flag": {"_variants": list(variants)}}, context)["flag"]


def test_a_flag_without_variants_is_given_as_it_is() -> None:
    flags = {"a": {"enabled": False}, "b": {"enabled": True, "limit": 5}}
    assert evaluate_flags(flags, {}) == flags


def test_the_first_variant_that_matches_is_given_with_its_attributes() -> None:
    variants = [
        variant("de", '(eq $country "DE")', limit=1),
        variant("all", '(exists key::"country")', limit=2),
    ]
    assert evaluated(*variants, variant("default", enabled=False), country="DE") == {
        "_variant": "de",
        "enabled": True,
        "limit": 1,
    }
    assert evaluated(*variants, variant("default", enabled=False), country="FR")["limit"] == 2
    assert evaluated(*variants, variant("default", enabled=False)) == {
        "_variant": "default",
        "enabled": False,
    }


def test_a_variant_with_a_broken_rule_is_passed_over() -> None:
    assert evaluated(variant("bad", "(eq"), variant("default"))["_variant"] == "default"


def test_no_variant_at_all_is_off() -> None:
    assert evaluated(variant("de", '(eq $country "DE")')) == {"enabled": False}
