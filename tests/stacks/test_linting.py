"""Templates that patches and hooks made are refused by the region of their stack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_cli.errors import PlatformError
from platform_cli.stacks.linting import require_valid

# A billing view is a type that CloudFormation has in us-east-1 and not in eu-west-1.
ONLY_IN_US_EAST_1 = {"Type": "AWS::Billing::BillingView", "Properties": {"Name": "views"}}


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    for region in ("us-east-1", "eu-west-1"):
        template = {"Resources": {"View": ONLY_IN_US_EAST_1, "Topic": {"Type": "AWS::SNS::Topic"}}}
        (tmp_path / f"shop-{region}.template.json").write_text(json.dumps(template))
    stacks = {
        f"shop-{region}": {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://111111111111/{region}",
            "properties": {"templateFile": f"shop-{region}.template.json"},
        }
        for region in ("us-east-1", "eu-west-1")
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": stacks}))
    return tmp_path


def test_each_stack_is_checked_for_its_own_region(assembly: Path) -> None:
    with pytest.raises(PlatformError) as caught:
        require_valid(assembly)

    assert "shop-eu-west-1: Resources/View/Type" in caught.value.message
    assert "shop-us-east-1: Resources/View/Type" not in caught.value.message
