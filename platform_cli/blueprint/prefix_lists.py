"""The addresses of services with gateway endpoints, as AWS lists them: by region, under an id that stays."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

GATEWAY_ENDPOINTS = frozenset({"dynamodb", "s3"})
"""Endpoints that are entries of a route table, without cost; all others are interfaces in each zone."""

PREFIX_LISTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ap-northeast-1": {"dynamodb": "pl-78a54011", "s3": "pl-61a54008"},
        "ap-northeast-2": {"dynamodb": "pl-48a54021", "s3": "pl-78a54011"},
        "ap-south-1": {"dynamodb": "pl-66a7420f", "s3": "pl-78a54011"},
        "ap-southeast-1": {"dynamodb": "pl-67a5400e", "s3": "pl-6fa54006"},
        "ap-southeast-2": {"dynamodb": "pl-62a5400b", "s3": "pl-6ca54005"},
        "ca-central-1": {"dynamodb": "pl-4ea54027", "s3": "pl-7da54014"},
        "eu-central-1": {"dynamodb": "pl-66a5400f", "s3": "pl-6ea54007"},
        "eu-west-1": {"dynamodb": "pl-6fa54006", "s3": "pl-6da54004"},
        "eu-west-2": {"dynamodb": "pl-b3a742da", "s3": "pl-7ca54015"},
        "eu-west-3": {"dynamodb": "pl-abb451c2", "s3": "pl-23ad484a"},
        "sa-east-1": {"dynamodb": "pl-60a54009", "s3": "pl-6aa54003"},
        "us-east-1": {"dynamodb": "pl-02cd2c6b", "s3": "pl-63a5400a"},
        "us-east-2": {"dynamodb": "pl-4ca54025", "s3": "pl-7ba54012"},
        "us-west-1": {"dynamodb": "pl-6ea54007", "s3": "pl-6ba54002"},
        "us-west-2": {"dynamodb": "pl-00a54069", "s3": "pl-68a54001"},
    }
)
"""What `aws ec2 describe-prefix-lists` answers in each region, as published by several users of it and, for
eu-west-1 and us-east-1, by AWS's own examples of DescribePrefixLists (read November 2026). CloudFormation
tells no id of them, and synthesis asks nobody; a region that is not here takes them from the blueprint."""


def prefix_list(region: str, service: str, said: Mapping[Any, str]) -> str | None:
    """The id of a service's list in a region; None where neither the blueprint nor the table knows it."""
    return said.get(service) or PREFIX_LISTS.get(region, {}).get(service)
