"""What `flags promote` gives an environment: what the other one has, and nothing else."""

from __future__ import annotations

import pytest

from platform_cli.cli.flag_intents import promotion
from platform_cli.errors import PlatformError
from platform_cli.operate.flags.document import FlagsDocument
from platform_cli.operate.flags.intents import SetFlag, apply
from platform_cli.operate.flags.targeting import Target


def document(*intents, **states):
    values = {name: {"enabled": state} for name, state in states.items()}
    told = {"version": "1", "flags": {name: {"name": name} for name in states}, "values": values}
    return apply(intents, FlagsDocument.model_validate(told))


@pytest.fixture
def dev():
    return document(Target("checkout", 'plan == "pro"', True, None, {}), checkout=False, loud=True, same=True)


def test_the_target_has_the_states_and_rules_of_the_source(dev):
    prod = document(checkout=True, loud=False, same=True, only_here=True)
    intents = promotion(dev, "dev", [])(prod)
    after = apply(intents, prod)

    assert {intent.name for intent in intents} == {"checkout", "loud"}
    for name in ("checkout", "loud", "same"):
        assert after.value(name) == dev.value(name)
    assert after.value("only_here") == prod.value("only_here")


def test_only_the_flags_that_are_named_go(dev):
    prod = document(checkout=True, loud=False)
    after = apply(promotion(dev, "dev", ["loud"])(prod), prod)

    assert after.value("loud") == dev.value("loud")
    assert after.value("checkout") == prod.value("checkout")


def test_a_flag_that_the_target_lacks_is_made_there(dev):
    after = apply(promotion(dev, "dev", ["checkout"])(document(loud=True)), document(loud=True))

    assert after.value("checkout") == dev.value("checkout")
    assert after.flags["checkout"] == dev.flags["checkout"]


def test_the_same_gives_nothing_to_do(dev):
    assert promotion(dev, "dev", [])(dev) == []


def test_what_somebody_changes_meanwhile_in_another_flag_is_kept(dev):
    prod = document(checkout=True, loud=False, only_here=True)
    intents = promotion(dev, "dev", ["loud"])(prod)
    meanwhile = apply([SetFlag("only_here", False)], prod)

    assert apply(intents, meanwhile).value("only_here") == meanwhile.value("only_here")


def test_a_flag_that_the_source_lacks_is_refused_with_the_nearest(dev):
    with pytest.raises(PlatformError) as caught:
        promotion(dev, "dev", ["checkot"])
    assert "checkout" in (caught.value.hint or "")


def test_the_record_says_where_it_came_from(dev):
    prod = document(checkout=True, loud=False)
    assert all(intent.words.startswith("as in dev: ") for intent in promotion(dev, "dev", [])(prod))
