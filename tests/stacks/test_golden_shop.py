"""The example system, in all of its environments, resource by resource.

The golden files hold what a reviewer of a change must see: `--update-golden` rewrites them, and the
difference shows in the review. Hashes of archives are taken out, as they change with every line of code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent.parent / "golden"
ENVIRONMENTS = ("local", "dev", "prod")
Templates = dict[str, dict[str, Any]]


def normalised(template: dict[str, Any]) -> str:
    """A template without the hashes of archives, and without the CDK's check of its bootstrapping."""
    kept = {key: value for key, value in template.items() if key not in ("Parameters", "Rules")}
    text = json.dumps(kept, indent=2) + "\n"
    return re.sub(r"\b[0-9a-f]{64}\.zip\b", "ARCHIVE.zip", text)


def templates_in(assembly: Path) -> Templates:
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in sorted(assembly.glob("*.template.json"))
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_shop_is_what_it_was(
    environment: str, shop_assemblies: Mapping[str, Path], golden: Callable[[Path, str], None]
) -> None:
    templates = templates_in(shop_assemblies[environment])
    kept = {path.stem for path in (GOLDEN / environment).glob("*.json")}
    for name, template in templates.items():
        golden(GOLDEN / environment / f"{name}.json", normalised(template))
    assert kept <= set(templates), "golden files of stacks that are no more"


def test_the_shop_is_protected_in_production_alone(shop_assemblies: Mapping[str, Path]) -> None:
    found = {}
    for environment, assembly in shop_assemblies.items():
        manifest = json.loads((assembly / "manifest.json").read_text())
        stacks = [a for a in manifest["artifacts"].values() if a["type"] == "aws:cloudformation:stack"]
        found[environment] = {stack["properties"].get("terminationProtection", False) for stack in stacks}
    assert found == {"local": {False}, "dev": {False}, "prod": {True}}


def test_stacks_of_the_shop_carry_its_tags(shop_assemblies: Mapping[str, Path]) -> None:
    manifest = json.loads((shop_assemblies["prod"] / "manifest.json").read_text())
    orders = manifest["artifacts"]["shop-prod-service-orders"]["properties"]["tags"]
    common = {"environment": "prod", "owner": "team-commerce", "system": "shop"}
    assert orders == {**common, "service": "orders"}
    assert manifest["artifacts"]["shop-prod-data"]["properties"]["tags"] == common
