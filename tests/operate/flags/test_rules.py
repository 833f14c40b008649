"""Conditions become rules that AppConfig knows, and read back as conditions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.local.rules import matches
from platform_cli.operate.flags.rules import OPERATORS, parsed, rule_of, split_rule
from platform_cli.operate.flags.wording import condition_of


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ('plan == "pro"', '(eq $plan "pro")'),
        ("plan == 'pro'", '(eq $plan "pro")'),
        ("$age >= 18", "(gte $age 18)"),
        ('plan != "pro"', '(not (eq $plan "pro"))'),
        ('country in ["DE", "AT"]', '(in $country ["DE", "AT"])'),
        ("age not in [1, 2]", "(not (in $age [1, 2]))"),
        ('email ends_with "@x.de"', '(ends_with $email "@x.de")'),
        (r'id matches "^\d+$"', r'(matches in::$id pattern::"^\\d+$")'),
        ("exists beta", '(exists key::"beta")'),
        ("not exists(beta)", '(not (exists key::"beta"))'),
        ("a == 1 or b == 2 and c == 3", "(or (eq $a 1) (and (eq $b 2) (eq $c 3)))"),
        ("(a == 1 || b == 2) && !c == 3", "(and (or (eq $a 1) (eq $b 2)) (not (eq $c 3)))"),
        ("since >= 2026-12-01T08:00:00Z", "(gte $since 2026-12-01T08:00:00Z)"),
        ('split(userId, 20, "s")', '(split by::$userId pct::20 seed::"s")'),
        ("beta == true", "(eq $beta true)"),
    ],
)
def test_a_condition_is_written_as_the_rule_that_it_means(condition: str, rule: str) -> None:
    assert rule_of(condition) == rule


@pytest.mark.parametrize(
    ("condition", "character", "told"),
    [
        ("", 1, "found the end"),
        ("plan", 5, "expected a comparison of plan"),
        ("plan = 1", 6, "cannot read '= 1'"),
        ("plan == pro", 9, 'a text stands in quotes: "pro"'),
        ('plan == "pro" country', 15, '"and", "or" or the end'),
        ("(a == 1", 8, 'expected ")"'),
        ("a in []", 7, "expected a value"),
        ("a == 12x", 6, "expected a number, or a time"),
        ("in == 1", 1, "the name of a context value"),
        ("not " * 60 + "a == 1", 205, "not nested so deep"),
    ],
)
def test_a_condition_that_cannot_be_read_says_where(condition: str, character: int, told: str) -> None:
    with pytest.raises(PlatformError) as caught:
        rule_of(condition)
    assert caught.value.code == "invalid-condition"
    assert caught.value.exit_code is ExitCode.USAGE
    assert f"at character {character}: " in caught.value.message
    assert told in caught.value.message


KEYS = st.sampled_from(["plan", "userId", "country"])
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
VALUES = st.one_of(
    TEXTS.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    st.integers(-9, 9).map(str),
)
TESTS = st.one_of(
    st.tuples(KEYS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), VALUES).map(" ".join),
    st.tuples(KEYS, st.lists(VALUES, min_size=1, max_size=3)).map(lambda t: f"{t[0]} in [{', '.join(t[1])}]"),
    KEYS.map(lambda key: f"exists {key}"),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda t: f"({t[0]}) and ({t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]}) or ({t[1]})"),
        inner.map(lambda condition: f"not ({condition})"),
    ),
    max_leaves=5,
)


@given(CONDITIONS, st.dictionaries(KEYS, TEXTS))
def test_a_rule_reads_back_as_a_condition_that_means_the_same(
    condition: str, context: dict[str, str]
) -> None:
    rule = rule_of(condition)
    assert matches(rule_of(condition_of(rule)), context) == matches(rule, context)


@given(TEXTS)
def test_a_text_comes_through_unchanged(text: str) -> None:
    condition = 'plan == "' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert parsed(rule_of(condition)).positional[1] == text


def test_the_operators_are_those_of_the_user_guide() -> None:
    known = "eq gt gte lt lte and or not begins_with ends_with contains in matches exists split"
    assert set(known.split()) == OPERATORS


def test_a_rule_that_is_beyond_conditions_is_shown_as_it_is() -> None:
    assert condition_of("(eq") == "(eq"
    assert condition_of(split_rule("userId", 20, "s")) == 'split(userId, 20, "s")'
