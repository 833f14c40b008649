"""What a change of a template would take away."""

from __future__ import annotations

from typing import Any

from platform_cli.assembly.differences import diff_templates
from platform_cli.deploy.stateful import destructions


def network(cidr: str, name: str = "shop-dev-main") -> dict[str, Any]:
    properties = {"CidrBlock": cidr, "Tags": [{"Key": "Name", "Value": name}]}
    metadata = {"platform:blueprint": "networks.main"}
    return {
        "Resources": {
            "NetworkMain": {"Type": "AWS::EC2::VPC", "Properties": properties, "Metadata": metadata}
        }
    }


def test_another_block_of_addresses_would_replace_a_network() -> None:
    old, new = network("10.0.0.0/16"), network("10.1.0.0/16")
    (found,) = destructions("shop-dev-network", old, new, diff_templates(old, new))
    assert (found.logical_id, found.fate, found.blueprint_path) == (
        "NetworkMain",
        "replaced",
        "networks.main",
    )


def test_another_tag_of_a_network_replaces_nothing() -> None:
    old, new = network("10.0.0.0/16"), network("10.0.0.0/16", "other")
    assert destructions("shop-dev-network", old, new, diff_templates(old, new)) == ()
