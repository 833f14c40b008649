"""The regions that are known by name are those of the AWS libraries beside."""

from __future__ import annotations

import json
from importlib.resources import files

from platform_cli.blueprint.regions import KNOWN_REGIONS

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


def test_the_known_regions_are_those_of_botocore() -> None:
    document = json.loads((files("botocore") / "data" / "partitions.json").read_text(encoding="utf-8"))
    there = {
        region
        for partition in document["partitions"]
        if partition["id"] in PARTITIONS
        for region in partition["regions"]
        if not region.endswith("-global")
    }
    assert set(KNOWN_REGIONS) == there
    assert list(KNOWN_REGIONS) == sorted(KNOWN_REGIONS)
