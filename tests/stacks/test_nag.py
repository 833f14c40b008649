"""cdk-nag's AwsSolutions over the example, each blueprint and the systems of these tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from platform_cli.stacks.acknowledged import ACKNOWLEDGED, matches

pytest.importorskip("cdk_nag")


def findings(assembly: Path) -> dict[str, list[str]]:
    """Ids of findings, and where they are."""
    report = json.loads((assembly / "validation-report.json").read_text())
    (rules,) = (plugin for plugin in report["pluginReports"] if "violations" in plugin)
    return {
        violation["ruleName"]: [place["constructPath"] for place in violation["violatingConstructs"]]
        for violation in rules["violations"]
    }


def open_findings(found: Mapping[str, Mapping[str, list[str]]]) -> dict[str, list[str]]:
    """What nobody acknowledged, by system and finding: the constructs."""
    unknown = {
        f"{system}: {finding}": [
            place for place in places if not any(known.covers(finding, place) for known in ACKNOWLEDGED)
        ]
        for system, ids in found.items()
        for finding, places in ids.items()
    }
    return {finding: places for finding, places in unknown.items() if places}


def without_effect(found: Mapping[str, Mapping[str, list[str]]]) -> list[tuple[str, str]]:
    """Acknowledgements, construct by construct, that no finding needs."""
    every = {
        (finding, place) for ids in found.values() for finding, places in ids.items() for place in places
    }
    return [
        (known.finding, constructs)
        for known in ACKNOWLEDGED
        for constructs in known.constructs
        if not any(
            replace(known, constructs=(constructs,)).covers(finding, place) for finding, place in every
        )
    ]


@pytest.fixture(scope="module")
def found(every_assembly: Mapping[str, Path]) -> dict[str, dict[str, list[str]]]:
    return {name: findings(path) for name, path in every_assembly.items()}


def test_every_finding_is_acknowledged_where_it_is(found: dict[str, dict[str, list[str]]]) -> None:
    assert {"shop prod", "starter local", "ledger prod", "partner dev", "warehouse prod"} <= set(found)
    assert open_findings(found) == {}


def test_every_acknowledgement_is_needed_and_has_a_reason(found: dict[str, dict[str, list[str]]]) -> None:
    assert without_effect(found) == []
    assert all(known.reason.endswith(".") and len(known.reason) > 40 for known in ACKNOWLEDGED)


def test_a_finding_on_another_construct_is_not_acknowledged() -> None:
    known, unknown = "shop-prod-data/Secret-payment/Secret", "shop-prod-service-orders/Own/Secret"
    assert open_findings({"shop": {"AwsSolutions-SMG4": [known]}}) == {}
    assert open_findings({"shop": {"AwsSolutions-SMG4": [known, unknown]}}) == {
        "shop: AwsSolutions-SMG4": [unknown]
    }
    assert not matches("*-data/Secret-*/Secret", "shop-prod-data/Secret-a/b/Secret")


def test_an_acknowledgement_that_nothing_needs_is_seen() -> None:
    """One finding on one construct leaves all the other lines without effect, and its other constructs."""
    only = {"shop": {"AwsSolutions-SQS4": ["shop-prod-events/Queue-mail/Queue"]}}
    seen = without_effect(only)
    assert ("AwsSolutions-SQS4", "*-events/Queue-*/Queue") not in seen
    assert ("AwsSolutions-SQS4", "*-events/Queue-*/DeadLetters") in seen
    assert len(seen) == sum(len(known.constructs) for known in ACKNOWLEDGED) - 1
