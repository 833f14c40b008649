"""Patterns of CloudWatch Logs: those of its guide are understood, and what it would refuse is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_cli.blueprint.filter_patterns import Condition, PatternError, is_selector, parse_pattern
from platform_cli.blueprint.loading import Inspection

OF_THE_GUIDE = (
    '{ $.eventType = "UpdateTrail" }',
    "{ $.sourceIPAddress != 123.123.* }",
    '{ $.arrayKey[0] = "value" }',
    "{ $.objectList[1].id = 2 }",
    "{ $.SomeObject IS NULL }",
    "{ $.SomeOtherObject NOT EXISTS }",
    "{ $.ThisFlag IS TRUE }",
    '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
    '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }',
    '{ $.user.email = "John.Doe@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
    "{ $.latency >= 500 }",
    "{ $.numbers[0] < 10e3 }",
    "{ $.numbers[0] < 10e-3 }",
    "{ $.processes[4].averageRuntime <= 55.5 }",
    "{ $.errorCode != 500 }",
    "{ $.latency > +1000 }",
    "{$.foo = bar || $.foo = baz }",
    "{ $.latency = * }",
    "{ $.eventType = %Trail$% }",
    "ERROR",
    "?ERROR ?WARN",
    'ERROR -"Exiting with"',
    "%[0-9]+errors?%",
)
"""CloudWatch Logs user guide, «Filter pattern syntax», 2026-11; values shortened."""


@pytest.mark.parametrize("pattern", OF_THE_GUIDE)
def test_patterns_of_the_guide_are_understood(pattern: str) -> None:
    assert parse_pattern(pattern).is_json == pattern.startswith("{")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{ $.a = 1", "does not end with }"),
        ("{ }", "a condition is missing"),
        ("{ $.a = 1 && }", "a condition is missing"),
        ("{ ($.a = 1 }", "a ( is not closed"),
        ("{ $.a = 1) }", "nothing may follow"),
        ("{ $.a = 1 $.b = 2 }", "nothing may follow"),
        ('{ $.a = "b" and $.c = 1 }', "and there is: and $.c = 1"),
        ("{ $.a = user@example.com }", "and there is: @example.com"),
        ("{ a = 1 }", "a condition begins with a field"),
        ("{ $a = 1 }", "a condition begins with a field"),
        ("{ $.a like 3 }", "after $.a comes ="),
        ("{ $.a is null }", "after $.a comes ="),
        ("{ $.a == 1 }", "there is no =="),
        ("{ $.a = }", "comes a value"),
        ('{ $.a = "open }', 'and not "open'),
        ('{ $.a > "high" }', "> compares with a number"),
        ("{ $.a > 5* }", "> compares with a number"),
        ("{ $.a = %(x)% }", "has '('"),
        ("{ $.a = %ü% }", "has 'ü'"),
        ("{ $.a = %x% && $.b = %y% && $.c = %z% }", "3 regular expressions"),
        ("%%", "the regular expression is empty"),
        ("[ip, user, status = 5*]", "words between spaces"),
        ("orders:create", "other characters than letters"),
        ("fail -", "other characters than letters"),
    ],
)
def test_what_cloudwatch_would_refuse_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(PatternError) as caught:
        parse_pattern(pattern)
    assert said in str(caught.value)


def test_a_pattern_tells_what_it_asks_for_and_how() -> None:
    pattern = parse_pattern('{ ($.message = "declined" && $.amount >= 10) || $.status = 5* || $.code = 402 }')
    assert [condition.text for condition in pattern.conditions] == ["declined", None, None, None]
    assert pattern.conditions[1] == Condition("$.amount", ">=", "10")
    assert parse_pattern("{ $.a = %x% || $.b IS NULL }").regexes == 1


def test_fields_of_lines_are_told_from_other_texts() -> None:
    assert all(map(is_selector, ("$.a", "$.a.b-c_d", "$.a[0].b", "$.a[0][1]")))
    assert not any(map(is_selector, ("a", "$a", "$.", "$.a b", "1", "$.a[x]")))


def test_a_log_is_read_for_a_hundred_metrics_at_the_most(
    inspect: Callable[[str], Inspection], header: str
) -> None:
    """The tool reads up to five of a function itself."""
    for count, said in ((95, []), (96, ["101 metrics are read from the log of function gone.create"])):
        metrics = "".join(f"      M{number}: {{ logs: word{number} }}\n" for number in range(count))
        found = inspect(
            f"{header}services:\n  gone:\n    functions: {{ create: {{ handler: gone.create.handler }} }}\n"
            f"    metrics:\n{metrics}"
        )
        wrong = [finding for finding in found.findings if finding.code == "invalid-log-metric"]
        assert [finding.message.partition(",")[0] for finding in wrong] == said
