"""What intents make of a document: states, shares of users, targets, schedules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.errors import PlatformError
from platform_cli.local.rules import evaluate_flags
from platform_cli.operate.flags.constraints import document_problems
from platform_cli.operate.flags.differences import compare, state_lines, state_words
from platform_cli.operate.flags.document import FlagsDocument, read_document
from platform_cli.operate.flags.intents import RemoveFlag, Schedule, SetFlag, Unschedule, apply
from platform_cli.operate.flags.schedules import Window, upcoming, window_of
from platform_cli.operate.flags.splits import shares
from platform_cli.operate.flags.targeting import Rollout, Target, Untarget

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
USERS = [f"user-{number}" for number in range(2000)]


def flags(**values: Any) -> FlagsDocument:
    told: dict[str, Any] = {"version": "1", "flags": {}, "values": {}}
    for name, value in values.items():
        told["flags"][name] = {"name": name}
        told["values"][name] = value if isinstance(value, dict) else {"enabled": value}
    return FlagsDocument.model_validate(told)


def with_attributes() -> FlagsDocument:
    constraints = {
        "limit": {"type": "number", "minimum": 1, "maximum": 9},
        "label": {"type": "string", "enum": ["a", "b"]},
        "loud": {"type": "boolean"},
        "sizes": {"type": "array", "elements": {"type": "number"}},
    }
    told = {
        "version": "1",
        "flags": {
            "fast": {
                "name": "Fast",
                "attributes": {name: {"constraints": told} for name, told in constraints.items()},
            }
        },
        "values": {"fast": {"enabled": False, "limit": 3}},
    }
    return FlagsDocument.model_validate(told)


def answer(document: FlagsDocument, name: str = "fast", **context: str) -> dict[str, Any]:
    values = {key: document.value(key).plain() for key in document.names()}
    evaluated: dict[str, Any] = evaluate_flags(values, context)[name]
    return evaluated


def on(document: FlagsDocument, name: str = "fast", **context: str) -> bool:
    return bool(answer(document, name, **context)["enabled"])


def caught_share(document: FlagsDocument, name: str = "fast") -> set[str]:
    return {user for user in USERS if on(document, name, userId=user)}


# --- on and off ----------------------------------------------------------------------------------


def test_setting_changes_one_flag_and_nothing_else() -> None:
    before = flags(fast=False, other={"_variants": [{"name": "default", "enabled": True}]})
    after = apply([SetFlag("fast", True)], before)
    assert [d.name for d in compare(before, after)] == ["fast"]
    assert after.plain()["values"]["other"] == before.plain()["values"]["other"]


def test_attributes_are_read_by_their_declared_types() -> None:
    typed = {"limit": "5", "label": "b", "loud": "on", "sizes": "1,2"}
    after = apply([SetFlag("fast", True, typed)], with_attributes())
    assert answer(after) == {"enabled": True, "limit": 5, "label": "b", "loud": True, "sizes": [1, 2]}
    assert not list(document_problems(after))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"limt": "5"}, "unknown-attribute"),
        ({"limit": "many"}, "invalid-attribute"),
        ({"limit": "inf"}, "invalid-attribute"),
    ],
)
def test_attributes_that_do_not_fit_are_refused(typed: dict[str, str], code: str) -> None:
    with pytest.raises(PlatformError) as caught:
        apply([SetFlag("fast", True, typed)], with_attributes())
    assert caught.value.code == code


def test_an_unknown_flag_names_the_nearest() -> None:
    with pytest.raises(PlatformError) as caught:
        apply([SetFlag("fsat", True)], flags(fast=False))
    assert (caught.value.code, caught.value.hint) == ("unknown-flag", 'did you mean "fast"?')


def test_setting_takes_rules_away_and_keeps_the_default_attributes() -> None:
    ruled = apply([Rollout("fast", 20, "userId"), Target("fast", 'plan == "pro"')], with_attributes())
    assert answer(apply([SetFlag("fast", False)], ruled), plan="pro") == {"enabled": False, "limit": 3}


def test_what_we_do_not_know_in_a_document_stays() -> None:
    content = (
        b'{"version":"1","flags":{"fast":{"name":"F","_createdAt":"t","new":1}},'
        b'"values":{"fast":{"enabled":false,"_updatedAt":"u"},"other":{"enabled":true}}}'
    )
    after = apply([RemoveFlag("other")], read_document(content)).plain()
    assert after["flags"]["fast"] == {"name": "F", "_createdAt": "t", "new": 1}
    assert after["values"] == {"fast": {"enabled": False, "_updatedAt": "u"}}


# --- shares of users -----------------------------------------------------------------------------


def test_a_share_is_stable_and_grows_without_moving_anybody() -> None:
    fifth = apply([Rollout("fast", 20, "userId")], flags(fast=False))
    half = apply([Rollout("fast", 50, "userId")], fifth)
    assert 0.17 < len(caught_share(fifth)) / len(USERS) < 0.23
    assert caught_share(fifth) < caught_share(half)
    assert not on(fifth, plan="pro")


def test_shares_of_two_variants_do_not_eat_each_other() -> None:
    document = apply(
        [Rollout("fast", 20, "userId", "small"), Rollout("fast", 30, "userId", "large")], flags(fast=False)
    )
    got = [answer(document, userId=user).get("_variant") for user in USERS]
    assert 0.17 < got.count("small") / len(USERS) < 0.23
    assert 0.26 < got.count("large") / len(USERS) < 0.34
    rules = [variant.rule for variant in document.value("fast").ruled]
    assert rules == [
        '(split by::$userId pct::20 seed::"fast")',
        '(split by::$userId pct::50 seed::"fast")',
    ]


def test_changing_the_first_share_leaves_the_second_as_large() -> None:
    document = apply(
        [
            Rollout("fast", 20, "userId", "small"),
            Rollout("fast", 30, "userId", "large"),
            Rollout("fast", 40, "userId", "small"),
        ],
        flags(fast=False),
    )
    told = {share.variant.name: share.percent for share in shares(document.value("fast").ruled)}
    assert told == {"small": 40, "large": 30}


def test_two_flags_do_not_catch_the_same_users_first() -> None:
    document = apply(
        [Rollout("fast", 50, "userId"), Rollout("loud", 50, "userId")], flags(fast=False, loud=False)
    )
    both = caught_share(document) & caught_share(document, "loud")
    assert 0.2 < len(both) / len(USERS) < 0.3


def test_a_whole_share_is_plainly_on_and_no_share_plainly_off() -> None:
    part = apply([Rollout("fast", 20, "userId")], flags(fast=False))
    assert apply([Rollout("fast", 100, "userId")], part).plain()["values"]["fast"] == {"enabled": True}
    assert apply([Rollout("fast", 0, "userId")], part).plain()["values"]["fast"] == {"enabled": False}


def test_shares_beyond_a_hundred_percent_are_refused() -> None:
    document = apply([Rollout("fast", 80, "userId", "a")], flags(fast=False))
    for intent in (Rollout("fast", 30, "userId", "b"), Rollout("fast", 101, "userId", "a")):
        with pytest.raises(PlatformError) as caught:
            apply([intent], document)
        assert caught.value.code == "invalid-rollout"


def test_a_hand_written_split_that_gets_nobody_is_found() -> None:
    rule = '(split by::$userId pct::20 seed::"s")'
    variants = [
        {"name": "a", "enabled": True, "rule": rule},
        {"name": "b", "enabled": True, "rule": rule},
        {"name": "default", "enabled": False},
    ]
    problems = list(document_problems(flags(fast={"_variants": variants})))
    assert len(problems) == 1
    assert "variant 'b' gets nobody" in problems[0]


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 100), st.booleans()), min_size=1, max_size=6)
)
def test_any_sequence_of_shares_gives_a_valid_document_with_the_last_shares(
    wanted: list[tuple[str, int, bool]],
) -> None:
    document, expected, refused = flags(fast=False), dict[str, int](), set[str]()
    for name, percent, target in wanted:
        intents: list[Any] = [Rollout("fast", percent, "userId", name)]
        if target:
            intents.append(Target("fast", f'plan == "{name}"'))
        try:
            document = apply(intents, document)
        except PlatformError as error:
            refused.add(error.code)
            continue
        expected[name] = percent
        if percent == 100:
            expected = {}
        assert not list(document_problems(document))
        told = {share.variant.name: share.percent for share in shares(document.value("fast").ruled)}
        assert told == {key: value for key, value in expected.items() if value}
    assert refused <= {"invalid-rollout"}


# --- targets -------------------------------------------------------------------------------------


def test_a_target_wins_over_shares_and_only_for_those_it_names() -> None:
    document = apply(
        [Rollout("fast", 30, "userId"), Target("fast", 'plan == "free"', enabled=False)], flags(fast=False)
    )
    assert not any(on(document, userId=user, plan="free") for user in USERS[:200])
    assert any(on(document, userId=user, plan="pro") for user in USERS[:200])
    assert state_words(document.value("fast")) == ('off when plan == "free"; on for 30 % by userId; else off')


def test_a_target_may_have_attributes_of_its_own() -> None:
    document = apply(
        [Target("fast", 'plan == "pro"', attributes={"limit": "9"}, variant="pro")], with_attributes()
    )
    assert answer(document, plan="pro") == {"_variant": "pro", "enabled": True, "limit": 9}
    assert answer(document, plan="free") == {"_variant": "default", "enabled": False, "limit": 3}


def test_the_same_condition_is_changed_and_not_added_twice() -> None:
    document = apply(
        [Target("fast", 'plan == "pro"'), Target("fast", "plan == 'pro'", enabled=False)], flags(fast=False)
    )
    assert len(document.value("fast").ruled) == 1
    assert not on(document, plan="pro")


def test_a_target_is_taken_away_by_condition_or_name() -> None:
    document = apply([Target("fast", 'plan == "pro"', variant="pro")], flags(fast=False))
    for which in ("plan == 'pro'", "pro"):
        assert apply([Untarget("fast", which)], document).value("fast").constant
    with pytest.raises(PlatformError) as caught:
        apply([Untarget("fast", "free")], document)
    assert (caught.value.code, caught.value.hint) == ("unknown-variant", "it has: pro")


# --- schedules -----------------------------------------------------------------------------------


def at(moment: datetime) -> dict[str, str]:
    return {"now": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def test_a_schedule_begins_and_ends_at_its_times() -> None:
    window = Window(NOON, NOON + timedelta(hours=2))
    document = apply([Schedule("fast", True, window)], flags(fast=False))
    assert not on(document, **at(NOON - timedelta(milliseconds=1)))
    assert on(document, **at(NOON))
    assert not on(document, **at(NOON + timedelta(hours=2)))
    assert not on(document), "a handler that does not say the time sees no schedule"


def test_the_latest_start_wins_and_schedules_win_over_targets() -> None:
    document = apply(
        [
            Schedule("fast", False, Window(NOON + timedelta(days=1), None)),
            Schedule("fast", True, Window(NOON, None)),
            Target("fast", 'plan == "pro"', enabled=False),
        ],
        flags(fast=False),
    )
    assert on(document, plan="pro", **at(NOON))
    assert not on(document, plan="free", **at(NOON + timedelta(days=1)))
    assert state_lines(document.value("fast")) == (
        "off from 2026-12-02T12:00:00Z",
        "on from 2026-12-01T12:00:00Z",
        'off when plan == "pro"',
        "else off",
    )
    starts = upcoming(document.value("fast").ruled, NOON)
    assert [start for start, _ in starts] == [NOON + timedelta(days=1)]


def test_schedules_are_cleared_together_and_others_stay() -> None:
    document = apply(
        [Schedule("fast", True, Window(NOON, None)), Target("fast", 'plan == "pro"'), Unschedule("fast")],
        flags(fast=False),
    )
    assert [window_of(variant) for variant in document.value("fast").ruled] == [None]


def test_a_schedule_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PlatformError) as caught:
        apply([Schedule("fast", True, Window(NOON, NOON))], flags(fast=False))
    assert caught.value.code == "invalid-schedule"


# --- limits --------------------------------------------------------------------------------------


def test_many_targets_stop_at_the_limit_of_variants() -> None:
    intents = [Target("fast", f'plan == "{number}"') for number in range(32)]
    document = apply(intents[:31], flags(fast=False))
    assert not list(document_problems(document))
    assert list(document_problems(apply(intents[31:], document))) == [
        "fast has 33 variants, and AppConfig takes 32"
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["flags"].update({"Fast": {}}), '"Fast" is no key of a flag'),
        (lambda d: d["flags"]["fast"].update(name="x" * 65), "the name is"),
        (lambda d: d["flags"]["fast"].update(description="x" * 1025), "has 1025 characters"),
        (lambda d: d["flags"]["fast"].update(_deprecation={"status": "done"}), "status is 'done'"),
        (lambda d: d["flags"]["fast"].update(_deprecation={"date": "soon"}), "is no date"),
        (lambda d: d["values"].update(ghost={"enabled": True}), "ghost has a value and no definition"),
        (lambda d: d["values"]["fast"].update(limit=10), "is not between 1 and 9"),
        (lambda d: d["values"]["fast"].update(label="c"), "which is none of a, b"),
        (lambda d: d["values"]["fast"].update(loud=1), "must be a boolean"),
        (lambda d: d["values"]["fast"].update(sizes=["x"]), "must be a number"),
        (lambda d: d["values"]["fast"].update(other=1), "which the flag does not have"),
        (lambda d: d["values"]["fast"].pop("enabled"), "neither on nor off"),
        (
            lambda d: d["flags"]["fast"]["attributes"]["limit"]["constraints"].update(pattern="x"),
            "has no constraint `pattern`",
        ),
        (
            lambda d: d["values"].update(
                fast={"_variants": [{"name": "a", "enabled": True, "rule": "(eq $a"}]}
            ),
            "exactly the last variant has no rule",
        ),
        (
            lambda d: d["values"].update(
                fast={
                    "_variants": [
                        {"name": "a", "enabled": True, "rule": "(is $a 1)"},
                        {"name": "a", "enabled": True},
                    ]
                }
            ),
            "cannot be read",
        ),
    ],
)
def test_what_appconfig_would_refuse_is_found(change: Callable[[Any], Any], told: str) -> None:
    plain = with_attributes().plain()
    assert not list(document_problems(FlagsDocument.model_validate(plain)))
    change(plain)
    assert any(told in problem for problem in document_problems(FlagsDocument.model_validate(plain)))
