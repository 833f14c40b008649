"""Lines are found as CloudWatch's guide to patterns says, with its examples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_cli.blueprint.filter_patterns import parse_pattern
from platform_cli.blueprint.pattern_matching import Line, matches

CLOUDTRAIL = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
}
"""The object by which the guide explains its examples (2026-11)."""
USERS = {
    "user": {"id": 1, "email": "John.Doe@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}
"""The guide's object for conditions that are joined."""


def found(pattern: str, line: Any) -> bool:
    message = line if isinstance(line, str) else json.dumps(line)
    return matches(parse_pattern(pattern), Line(message))


@pytest.mark.parametrize(
    ("pattern", "is_found"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ('{ $.eventType = "Trail" }', False),
        ("{ $.eventType = %Trail$% }", True),
        ("{ $.eventType = %^Trail% }", False),
        ("{ $.eventType = Update* }", True),
        ('{ $.eventType = "*Trail" }', True),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress != 111.111.* }", False),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[2] = "value" }', False),
        ('{ $.arrayKey[*] = "another value" }', True),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.objectList[*].id > 2 }", False),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.eventType IS NULL }", False),
        ("{ $.SomeOtherObject IS NULL }", False),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ("{ $.ThisFlag = 1 }", False),
        ("{ $.eventType = * }", True),
        ("{ $.SomeOtherObject != 1 }", False),
    ],
)
def test_a_condition_holds_as_in_the_guide(pattern: str, is_found: bool) -> None:
    assert found(pattern, CLOUDTRAIL) is is_found


@pytest.mark.parametrize(
    ("pattern", "is_found"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        ('{ $.user.email = "John.Doe@*" || $.coordinates[0][1] = nomatch && $.actions[2] = nomatch }', True),
        (
            '{ ($.user.email = "John.Doe@example.com" || $.coordinates[0][1] = 1) && $.actions[2] = no }',
            False,
        ),
        ("{ $.coordinates[0][1] = 1 }", True),
    ],
)
def test_and_binds_before_or_and_parentheses_before_both(pattern: str, is_found: bool) -> None:
    assert found(pattern, USERS) is is_found


@pytest.mark.parametrize(
    ("pattern", "value", "is_found"),
    [
        ("{ $.latency >= 500 }", 500, True),
        ("{ $.latency > 500 }", 500, False),
        ("{ $.latency < 10e-3 }", 0.009, True),
        ("{ $.latency <= 55.5 }", 55.6, False),
        ("{ $.latency > +1000 }", 1001, True),
        ("{ $.latency != 500 }", 501, True),
        ("{ $.latency != 500 }", 500.0, False),
        ("{ $.latency = 50* }", 500, True),
        ("{ $.latency >= 0 }", "500", False),
        ("{ $.latency = 500 }", "500", False),
        ('{ $.latency = "500" }', 500, False),
        ("{ $.latency >= 0 }", True, False),
        ("{ $.latency = * }", {"p99": 1}, True),
        ("{ $.latency = 1 }", {"p99": 1}, False),
    ],
)
def test_numbers_are_compared_with_numbers_and_texts_with_texts(
    pattern: str, value: Any, is_found: bool
) -> None:
    assert found(pattern, {"latency": value}) is is_found


@pytest.mark.parametrize(
    ("pattern", "line", "is_found"),
    [
        ("", "anything", True),
        ("ERROR", "[ERROR 400] BAD REQUEST", True),
        ("ERROR", "[error 400] bad request", False),
        ("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", True),
        ("ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST", False),
        ("?ERROR ?ARGUMENTS", "INVALID ARGUMENTS", True),
        ("?ERROR ?ARGUMENTS", "[WARN 400]", False),
        ("?WARN ERROR", "[ERROR 400]", True),
        ('ERROR -"Exiting with"', "ERROR: Exiting with 1", False),
        ('ERROR -"Exiting with"', "ERROR: no code", True),
        ('"INTERNAL SERVER ERROR"', "[ERROR 500] INTERNAL SERVER ERROR", True),
        ("%[0-9]+errors?%", "12errors", True),
        ("%^[hc]at%", "a cat", False),
        ('{ $.a = "x" }', "a = x", False),
        ('{ $.a = "x" }', '["a", "x"]', False),
        ('{ $.a = "x" }', '{"a": "x"', False),
        (r'{ $.a = "said \"no\"" }', '{"a": "said \\"no\\""}', True),
        ("%[%", "anything [", False),
    ],
)
def test_words_are_looked_for_in_the_line(pattern: str, line: str, is_found: bool) -> None:
    assert found(pattern, line) is is_found


def test_an_expression_that_would_never_end_finds_nothing_and_lets_others_go_on() -> None:
    # Python's own expressions would take hours.
    assert not found("%a*a*a*a*a*a*b%", "a" * 4000)
    assert found("%a*a*a*b%", "x" + "a" * 30 + "b")


@pytest.mark.parametrize(
    ("wildcard", "text", "like"),
    [
        ("*", "anything", True),
        ("ab*", "abc", True),
        ("ab*", "xabc", False),
        ("*bc", "abc", True),
        ("a*c*e", "abcde", True),
        ("a*c*e", "aecde!", False),
        ("ab*ba", "aba", False),
        ("a.c", "abc", False),
        ("*a*a*", "a", False),
    ],
)
def test_stars_stand_for_anything(wildcard: str, text: str, like: bool) -> None:
    assert found(f'{{ $.x = "{wildcard}" }}', {"x": text}) is like
