"""Advice on log groups knows each that the stacks make, and how long it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.operate.cost.log_groups import writers_of

SYSTEMS = ("ledger", "partner")
"""Of the tests: one with networks, one with APIs and firewalls."""


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_log_group_of_a_template_is_known_with_its_retention(
    system: str, assemblies_of: Callable[[str], Any]
) -> None:
    blueprint = Path(__file__).parent / system / "blueprint.yaml"
    assemblies: Mapping[str, Path] = assemblies_of(system)
    environment = next(iter(assemblies))
    made = {}
    for template in assemblies[environment].glob("*.template.json"):
        for resource in json.loads(template.read_text()).get("Resources", {}).values():
            if resource["Type"] == "AWS::Logs::LogGroup":
                made[resource["Properties"]["LogGroupName"]] = resource["Properties"]["RetentionInDays"]
    writers = writers_of(resolve(inspect_blueprint(blueprint), environment))

    assert made
    assert {name: writers[name].days for name in made} == made
