"""Set by the API what MiniStack does not take from templates, once a deployment is done.

MiniStack 1.5.33 creates tables without their time to live and their point-in-time recovery, and methods of
REST APIs without their validators, groups of targets without targets; archives of buses not at all. What is
already as it should be is not touched, so completing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.local.archives import set_archives
from platform_cli.local.templates import properties, resources
from platform_cli.local.validating import set_validators

_TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")


@dataclass(frozen=True)
class Completion:
    """A setting that was made by the API.

    Attributes:
        stack: The stack's name.
        logical_id: Of the table, method or bus.
        setting: `time to live`, `point-in-time recovery`, `validation of requests` or `archive`.
    """

    stack: str
    logical_id: str
    setting: str


def complete(assembly: Assembly, clients: Clients) -> tuple[Completion, ...]:
    """Complete every deployed table and REST API of an assembly.

    Args:
        assembly: What was deployed.
        clients: Of the local AWS.

    Returns:
        What had to be set.

    Raises:
        PlatformError: The local AWS refuses, or does not answer.
    """
    with aws_errors("completing the resources of the local AWS", target=clients.target):
        return tuple(done for stack in assembly.stacks for done in _complete_stack(stack, clients))


def _complete_stack(stack: StackArtifact, clients: Clients) -> Iterator[Completion]:
    tables = resources(stack.template, *_TABLES)
    names: dict[str, str] = {}
    for bus in set_archives(stack, clients):
        yield Completion(stack.name, bus, "archive")
    if resources(stack.template, "AWS::ApiGateway::RequestValidator"):
        names = _physical_names(stack, clients)
        for method in set_validators(stack, names, clients):
            yield Completion(stack.name, method, "validation of requests")
    if groups := resources(stack.template, _TARGETS):
        names = names or _physical_names(stack, clients)
        for logical_id, group in groups.items():
            if logical_id in names and _register(names[logical_id], properties(group), clients):
                yield Completion(stack.name, logical_id, "targets")
    for logical_id, table in tables.items():
        described = properties(table)
        wanted_ttl = described.get("TimeToLiveSpecification")
        recovery = _wants_recovery(described, stack.region)
        if not isinstance(wanted_ttl, Mapping) and not recovery:
            continue
        name = described.get("TableName")
        if not isinstance(name, str):
            names = names or _physical_names(stack, clients)
            name = names.get(logical_id)
        if name is None:
            continue  # The table was not deployed: its condition is false.
        if isinstance(wanted_ttl, Mapping) and _set_time_to_live(name, wanted_ttl, clients):
            yield Completion(stack.name, logical_id, "time to live")
        if recovery and _set_recovery(name, clients):
            yield Completion(stack.name, logical_id, "point-in-time recovery")


def _physical_names(stack: StackArtifact, clients: Clients) -> dict[str, str]:
    pages = clients.client("cloudformation").get_paginator("list_stack_resources")
    return {
        item["LogicalResourceId"]: item["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack.name)
        for item in page["StackResourceSummaries"]
        if item.get("PhysicalResourceId")
    }


def _wants_recovery(described: Mapping[str, Any], region: str) -> bool:
    """Whether a table's template asks for point-in-time recovery here."""
    places = [described]
    places += [
        replica for replica in described.get("Replicas", []) if replica.get("Region") in (region, None)
    ]
    return any(
        (place.get("PointInTimeRecoverySpecification") or {}).get("PointInTimeRecoveryEnabled") is True
        for place in places
    )


def _register(group: str, described: Mapping[str, Any], clients: Clients) -> bool:
    balancing = clients.client("elbv2")
    there = balancing.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    known = {health["Target"]["Id"] for health in there}
    missing = [target for target in described.get("Targets", []) if target["Id"] not in known]
    if missing:
        balancing.register_targets(TargetGroupArn=group, Targets=missing)
    return bool(missing)


def _set_time_to_live(name: str, wanted: Mapping[str, Any], clients: Clients) -> bool:
    dynamodb = clients.client("dynamodb")
    actual = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    enabled = actual.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    attribute = wanted.get("AttributeName") or actual.get("AttributeName")
    wants = bool(wanted.get("Enabled", True))
    if attribute is None or (enabled == wants and (not wants or actual.get("AttributeName") == attribute)):
        return False
    if enabled and wants:
        # Another attribute: it has to be switched off for the old one first.
        _put_time_to_live(dynamodb, name, actual["AttributeName"], enabled=False)
    _put_time_to_live(dynamodb, name, attribute, enabled=wants)
    return True


def _put_time_to_live(dynamodb: Any, name: str, attribute: str, *, enabled: bool) -> None:
    specification = {"AttributeName": attribute, "Enabled": enabled}
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def _set_recovery(name: str, clients: Clients) -> bool:
    dynamodb = clients.client("dynamodb")
    actual = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = actual.get("PointInTimeRecoveryDescription") or {}
    if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
        return False
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return True
