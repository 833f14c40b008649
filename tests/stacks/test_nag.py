"""cdk-nag's AwsSolutions over the example, each blueprint and the systems of these tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from platform_cli.stacks.acknowledged import ACKNOWLEDGED

pytest.importorskip("cdk_nag")
pytestmark = pytest.mark.xdist_group("every-assembly")


def findings(assembly: Path) -> dict[str, list[str]]:
    """Ids of findings, and where they are."""
    report = json.loads((assembly / "validation-report.json").read_text())
    (rules,) = (plugin for plugin in report["pluginReports"] if "violations" in plugin)
    return {
        violation["ruleName"]: [place["constructPath"] for place in violation["violatingConstructs"]]
        for violation in rules["violations"]
    }


@pytest.fixture(scope="module")
def found(every_assembly: Mapping[str, Path]) -> dict[str, dict[str, list[str]]]:
    return {name: findings(path) for name, path in every_assembly.items()}


def test_every_finding_is_acknowledged(found: dict[str, dict[str, list[str]]]) -> None:
    assert {"shop prod", "starter local", "ledger prod", "partner dev"} <= set(found)
    assert {
        f"{system}: {finding}": places
        for system, ids in found.items()
        for finding, places in ids.items()
        if not any(known.covers(finding) for known in ACKNOWLEDGED)
    } == {}


def test_every_acknowledgement_is_needed_and_has_a_reason(found: dict[str, dict[str, list[str]]]) -> None:
    every = {finding for ids in found.values() for finding in ids}
    assert [
        known.finding for known in ACKNOWLEDGED if not any(known.covers(finding) for finding in every)
    ] == []
    assert all(known.reason.endswith(".") and len(known.reason) > 40 for known in ACKNOWLEDGED)
