"""AWS's regions, to tell a misspelt one from a right one without a call.

The names are those of `partitions.json` in botocore 1.44.5 (November 2026), which a test compares with the
installed one. AWS opens regions: one that is well-formed and not here is doubted, never refused.
"""

from __future__ import annotations

KNOWN_REGIONS = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
)

_ZONES = {"ap-northeast-1": 4, "ap-northeast-2": 4, "eu-west-2": 4, "us-east-1": 6, "us-west-2": 4}
_USUAL_ZONES = 3


def zones_of(region: str) -> int | None:
    """How many availability zones a region has at most; None for a region that is not known.

    The table holds the regions with more than three, as moto 5 and public lists of zones have them (November
    2026). An account may be given fewer, which only a deployment tells.
    """
    return _ZONES.get(region, _USUAL_ZONES) if region in KNOWN_REGIONS else None
