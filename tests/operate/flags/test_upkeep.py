"""Rolling back, parity with the blueprint, age, references in code, exports, finding the flags."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFlag
from platform_cli.deploy.seeds import flags_document
from platform_cli.errors import PlatformError
from platform_cli.operate.flags.document import EMPTY, FlagsDocument
from platform_cli.operate.flags.exporting import export_flags
from platform_cli.operate.flags.intents import SetFlag, apply
from platform_cli.operate.flags.parity import parity
from platform_cli.operate.flags.past import past_deployments, rollback_intents, snapshots
from platform_cli.operate.flags.references import Reference, find_references
from platform_cli.operate.flags.stale import Snapshot, constant_since, find_stale
from platform_cli.operate.flags.standing import read_standing
from platform_cli.operate.flags.store import FlagStore, find_flags
from platform_cli.operate.flags.strategies import find_strategy
from platform_cli.operate.flags.targeting import Target

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Make = Callable[..., ResolvedFlag]


@pytest.fixture
def store(appconfig: Any, home: Any) -> FlagStore:
    return FlagStore(home, appconfig)


# --- the past ------------------------------------------------------------------------------------


def test_a_rollback_returns_one_flag_and_leaves_the_others(
    appconfig: Any, store: FlagStore, make_publisher: Any, make_document: Any
) -> None:
    appconfig.seed(make_document(fast=False, loud=False))
    make_publisher(appconfig).publish([SetFlag("fast", True)])
    make_publisher(appconfig).publish([SetFlag("loud", True)])
    version, intents = rollback_intents(store, ["fast"])
    make_publisher(appconfig).publish(intents)
    assert version == 1
    assert appconfig.effective["values"] == {"fast": {"enabled": False}, "loud": {"enabled": True}}


def test_a_rollback_to_a_version_touches_only_what_differs_there(
    appconfig: Any, store: FlagStore, make_publisher: Any, make_document: Any
) -> None:
    appconfig.seed(make_document(fast=False, loud=False))
    make_publisher(appconfig).publish([SetFlag("fast", True)])
    _, intents = rollback_intents(store, to_version=1)
    assert [intent.name for intent in intents] == ["fast"]
    make_publisher(appconfig).publish([SetFlag("loud", True)])
    make_publisher(appconfig).publish(intents)
    assert appconfig.effective["values"] == {"fast": {"enabled": False}, "loud": {"enabled": True}}


def test_there_may_be_nothing_to_return_to(appconfig: Any, store: FlagStore, make_document: Any) -> None:
    appconfig.seed(make_document(fast=False))
    with pytest.raises(PlatformError) as caught:
        rollback_intents(store, ["fast"])
    assert caught.value.code == "nothing-to-roll-back"
    with pytest.raises(PlatformError) as caught:
        rollback_intents(store, to_version=9)
    assert caught.value.code == "unknown-version"


def test_the_history_says_what_each_deployment_changed(
    appconfig: Any, store: FlagStore, make_publisher: Any, make_document: Any
) -> None:
    appconfig.seed(make_document(fast=False))
    make_publisher(appconfig, "slow", wait=False).publish([SetFlag("fast", True)])
    appconfig.fire("any")
    make_publisher(appconfig).publish([Target("fast", 'plan == "pro"')])
    told = [(p.state, [(c.before, c.after) for c in p.changes]) for p in past_deployments(store)]
    assert told == [
        ("COMPLETE", [("off", 'on when plan == "pro"; else off')]),
        ("ROLLED_BACK", [("off", "on")]),
        ("COMPLETE", [("", "off")]),
    ]
    assert [p.alarms for p in past_deployments(store)] == [(), ("any",), ()]
    assert len(past_deployments(store, limit=1)) == 1
    assert [s.document.value("fast").constant for s in snapshots(store, NOW)] == [False, True]


def test_what_held_is_read_back_to_a_day_however_many_deployments_there_were(
    appconfig: Any, store: FlagStore, make_publisher: Any, make_document: Any
) -> None:
    appconfig.seed(make_document(fast=False, loud=False))
    for number in range(4):
        appconfig.passed += timedelta(days=10)
        make_publisher(appconfig).publish([SetFlag("loud", number % 2 == 0)])
    now = NOW + timedelta(days=45)
    held = snapshots(store, now - timedelta(days=30), least=1)
    assert [(now - snapshot.when).days for snapshot in held] == [5, 15, 25, 35]
    assert constant_since("fast", held) == held[-1].when


# --- blueprint and environment -------------------------------------------------------------------


def test_a_version_that_is_written_and_not_deployed_is_told_apart_from_what_everybody_has(
    appconfig: Any, store: FlagStore, make_publisher: Any, make_document: Any
) -> None:
    appconfig.seed(make_document(fast=False, loud=False))
    assert read_standing(store).pending is None

    waiting = make_publisher(appconfig, sleep=appconfig.sleep)
    appconfig.before_call = stop_before("start")
    assert waiting.publish([SetFlag("fast", True)]).result == "pending"
    stand = read_standing(store)
    assert (stand.pending, stand.version, stand.deployed_version, list(stand.waiting)) == (2, 2, 1, ["fast"])
    assert stand.document.value("fast").default.enabled
    assert not stand.deployed.value("fast").default.enabled

    appconfig.before_call = lambda operation: None
    assert waiting.publish([SetFlag("loud", True)]).result == "done"
    assert read_standing(store).pending is None
    assert [p.brought for p in past_deployments(store)] == [(3, 2), (1,)]


def stop_before(operation: str) -> Callable[[str], None]:
    """Ctrl-C before a call."""

    def before(called: str) -> None:
        if called == operation:
            raise KeyboardInterrupt

    return before


def test_parity_creates_what_is_missing_and_never_changes_a_state(make_flag: Make) -> None:
    declared = {
        "fast": make_flag("fast", description="New text", attributes={"limit": 3}),
        "new": make_flag("new", default=True),
    }
    there = FlagsDocument.model_validate(
        {
            "version": "1",
            "flags": {"fast": {"name": "fast", "description": "Old"}, "old": {"name": "old"}},
            "values": {"fast": {"enabled": True}, "old": {"enabled": True}},
        }
    )
    compared = parity(declared, there)
    assert (compared.missing, compared.differing, compared.undeclared) == (("new",), ("fast",), ("old",))
    after = apply(compared.intents, there)
    assert after.plain()["values"] == {
        "fast": {"enabled": True, "limit": 3},
        "new": {"enabled": True},
        "old": {"enabled": True},
    }
    assert after.flags["fast"].description == "New text (owner: team)"
    assert parity(declared, after).undeclared == ("old",)
    assert not parity(declared, after).missing + parity(declared, after).differing
    assert parity(declared, apply(parity(declared, after, prune=True).intents, after)).holds


def test_what_somebody_does_while_parity_is_shown_stays(make_flag: Make) -> None:
    declared = {
        "fast": make_flag("fast", description="New text"),
        "new": make_flag("new", default=False),
    }
    seen = FlagsDocument.model_validate(
        {"version": "1", "flags": {"fast": {"name": "fast"}}, "values": {"fast": {"enabled": False}}}
    )
    compared = parity(declared, seen)
    made = FlagsDocument.model_validate(flags_document([make_flag("new", default=True)]))
    meanwhile = apply([SetFlag("fast", True)], seen).with_flag("new", made.flags["new"], made.value("new"))
    after = apply(compared.intents, meanwhile)
    assert after.plain()["values"] == {"fast": {"enabled": True}, "new": {"enabled": True}}
    assert after.flags["fast"].description == "New text (owner: team)"


def test_new_attributes_come_into_every_variant(make_flag: Make) -> None:
    declared = {"fast": make_flag("fast", attributes={"limit": 3})}
    there = FlagsDocument.model_validate(flags_document([make_flag("fast")]))
    ruled = apply([Target("fast", 'plan == "pro"')], there)
    after = apply(parity(declared, ruled).intents, ruled)
    limits = [variant.attribute_values["limit"] for variant in after.value("fast").variants or ()]
    assert limits == [3, 3]


def test_what_a_deployment_seeds_is_in_parity(make_flag: Make) -> None:
    declared = {"fast": make_flag("fast", description="Text", attributes={"limit": 3, "on": True})}
    document = FlagsDocument.model_validate(flags_document(list(declared.values())))
    assert parity(declared, document).holds


# --- stale ---------------------------------------------------------------------------------------


def snapshot(days_ago: int, **values: Any) -> Snapshot:
    flags = {name: {"name": name} for name in values}
    told = {name: v if isinstance(v, dict) else {"enabled": v} for name, v in values.items()}
    document = FlagsDocument.model_validate({"version": "1", "flags": flags, "values": told})
    return Snapshot(NOW - timedelta(days=days_ago), document)


def test_a_flag_is_stale_past_its_day_constant_for_long_or_named_nowhere(make_flag: Make) -> None:
    used = {name: (Reference("a.py", 1),) for name in ("late", "constant", "fresh", "ruled")}
    split = {
        "_variants": [
            {"name": "a", "enabled": True, "rule": "(eq $a 1)"},
            {"name": "default", "enabled": False},
        ]
    }
    history = [
        snapshot(0, late=True, constant=True, fresh=True, ruled=split, unused=False, extra=True),
        snapshot(10, late=False, constant=True, fresh=False, ruled=split, unused=True),
        snapshot(40, late=False, constant=True, fresh=False, ruled=split),
    ]
    declared = {name: make_flag(name) for name in ("constant", "fresh", "ruled", "unused")} | {
        "late": make_flag("late", remove_after="2026-11-19")
    }
    judged = {flag.name: flag for flag in find_stale(declared, history, used, NOW)}
    assert {name: flag.reasons for name, flag in judged.items()} == {
        "constant": ("is on for everybody for 40 days",),
        "extra": ("is named nowhere in the services' code", "is not declared in the blueprint"),
        "fresh": (),
        "late": ("should have been removed after 2026-11-19",),
        "ruled": (),
        "unused": ("is named nowhere in the services' code",),
    }


def test_a_flag_is_not_past_its_day_on_that_day(make_flag: Make) -> None:
    declared = {"fast": make_flag("fast", remove_after="2026-11-20")}
    used = {"fast": (Reference("a.py", 1),)}
    assert not find_stale(declared, [snapshot(1, fast=True)], used, NOW)[0].stale
    assert find_stale(declared, [snapshot(1, fast=True)], used, NOW + timedelta(days=1))[0].stale


def test_constant_counts_from_the_last_change_of_state_or_attributes() -> None:
    limit = {"enabled": True, "limit": 1}
    history = [snapshot(1, f=limit), snapshot(5, f=limit), snapshot(9, f={"enabled": True, "limit": 2})]
    assert constant_since("f", history) == NOW - timedelta(days=5)
    assert constant_since("g", history) is None


def test_references_are_texts_in_code_and_not_comments_or_tests(tmp_path: Path) -> None:
    service = tmp_path / "services" / "orders"
    (service / "src" / "orders").mkdir(parents=True)
    (service / "tests").mkdir()
    (service / ".venv").mkdir()
    (service / "src" / "orders" / "terms.py").write_text(
        '# fast\n\nFLAG = "fast"\n\n\ndef on(flags):\n    return flags.enabled("fast") and f"{FLAG}-slow"\n'
    )
    (service / "tests" / "test_terms.py").write_text('assert "fast"\n')
    (service / ".venv" / "x.py").write_text('"fast"\n')
    found = find_references(tmp_path, ["services/orders", "libs"], ["fast", "slow"])
    assert [str(reference) for reference in found["fast"]] == [
        "services/orders/src/orders/terms.py:3",
        "services/orders/src/orders/terms.py:7",
    ]
    assert found["slow"] == ()


def test_code_that_cannot_be_read_is_an_error_and_not_an_unused_flag(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "broken.py").write_text("def (:\n")
    with pytest.raises(PlatformError) as caught:
        find_references(tmp_path, ["a"], ["fast"])
    assert (caught.value.code, caught.value.where) == ("unreadable-code", "a/broken.py")


# --- exports, places, strategies -----------------------------------------------------------------


def test_exports_are_whole_and_readable(make_document: Any) -> None:
    document = apply(
        [Target("fast", 'plan == "pro"')], FlagsDocument.model_validate(make_document(fast=False, loud=True))
    )
    assert json.loads(export_flags(document, "json", {})) == document.plain()
    rows = list(csv.reader(io.StringIO(export_flags(document, "csv", {}))))
    assert rows[1:] == [["fast", 'on when plan == "pro"; else off', ""], ["loud", "on", ""]]
    values = json.loads(export_flags(document, "values", {"plan": "pro"}))
    assert (values["fast"]["enabled"], values["loud"]) == (True, {"enabled": True})
    with pytest.raises(PlatformError):
        export_flags(EMPTY, "yaml", {})


def test_freeform_profiles_are_recognised_and_left_alone(appconfig: Any, shop: ResolvedEnvironment) -> None:
    appconfig.profiles.insert(0, {"Id": "p0", "Name": "notes", "Type": "AWS.Freeform"})
    home = find_flags(shop, appconfig)
    assert (home.profile.id, [p.name for p in home.others]) == ("p1", ["notes"])
    appconfig.profiles.pop()
    with pytest.raises(PlatformError) as caught:
        find_flags(shop, appconfig)
    assert caught.value.code == "freeform-flags"


def test_flags_that_are_not_deployed_say_so(appconfig: Any, shop: ResolvedEnvironment) -> None:
    with pytest.raises(PlatformError) as caught:
        find_flags(shop.model_copy(update={"system": "other"}), appconfig)
    assert caught.value.code == "flags-not-deployed"


def test_the_strategy_is_the_environments_own_or_named(appconfig: Any, shop: ResolvedEnvironment) -> None:
    assert find_strategy(shop, appconfig).id == "AppConfig.AllAtOnce"
    appconfig.strategies = {"a-at-once": (1, 1), "at-once": (0, 0), **appconfig.strategies}
    assert find_strategy(shop, appconfig).id == "at-once"  # and not that of the environment "dev-a"
    appconfig.strategies["release"] = (10, 10)
    assert find_strategy(shop, appconfig).id == "release"
    assert find_strategy(shop, appconfig, "slow").bake_minutes == 5
    assert find_strategy(shop, appconfig, "linear-50").id == "AppConfig.Linear50PercentEvery30Seconds"
    with pytest.raises(PlatformError) as caught:
        find_strategy(shop, appconfig, "slwo")
    assert (caught.value.code, caught.value.hint) == ("unknown-deployment-strategy", 'did you mean "slow"?')
