"""Which resources hold data, and which changes would lose it.

The list is of types whose removal or replacement loses what users put there. Which properties replace
a resource is read from the CloudFormation reference of each type («Update requires: Replacement»,
November 2026); it serves the plan, and CloudFormation's own change set has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from platform_cli.assembly.differences import TemplateDifference, blueprint_path_of

REPLACING: Mapping[str, frozenset[str]] = {
    "AWS::AppConfig::Application": frozenset(),
    "AWS::AppConfig::ConfigurationProfile": frozenset({"ApplicationId", "LocationUri", "Type"}),
    "AWS::Backup::BackupVault": frozenset({"BackupVaultName", "EncryptionKeyArn"}),
    "AWS::Cognito::UserPool": frozenset({"AliasAttributes", "UsernameAttributes", "UsernameConfiguration"}),
    "AWS::DynamoDB::GlobalTable": frozenset({"KeySchema", "LocalSecondaryIndexes", "TableName"}),
    "AWS::DynamoDB::Table": frozenset({"KeySchema", "LocalSecondaryIndexes", "TableName"}),
    # It holds nothing itself, but a database cannot leave it: another block of addresses is another network.
    "AWS::EC2::VPC": frozenset({"CidrBlock"}),
    "AWS::EFS::FileSystem": frozenset({"AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode"}),
    "AWS::ElastiCache::ReplicationGroup": frozenset(
        {"AtRestEncryptionEnabled", "KmsKeyId", "ReplicationGroupId"}
    ),
    "AWS::ElastiCache::ServerlessCache": frozenset({"KmsKeyId", "ServerlessCacheName", "SubnetIds"}),
    "AWS::Events::Archive": frozenset({"ArchiveName", "SourceArn"}),
    "AWS::KMS::Key": frozenset({"KeySpec", "KeyUsage", "MultiRegion"}),
    "AWS::Kinesis::Stream": frozenset({"Name"}),
    "AWS::RDS::DBCluster": frozenset(
        {
            "DBClusterIdentifier",
            "DBSubnetGroupName",
            "DatabaseName",
            "KmsKeyId",
            "MasterUsername",
            "StorageEncrypted",
        }
    ),
    "AWS::RDS::DBInstance": frozenset({"DBInstanceIdentifier", "DBName", "KmsKeyId", "StorageEncrypted"}),
    "AWS::S3::Bucket": frozenset({"BucketName", "ObjectLockEnabled"}),
    "AWS::SQS::Queue": frozenset({"FifoQueue", "QueueName"}),
    "AWS::SecretsManager::Secret": frozenset({"Name"}),
}
"""Types that hold data, with the properties whose change replaces the resource."""

Fate = Literal["removed", "replaced"]


@dataclass(frozen=True)
class Destruction:
    """A resource with data that a deployment would take away.

    Attributes:
        stack: Its stack.
        logical_id: The resource in the template.
        type: `AWS::DynamoDB::GlobalTable`.
        fate: What happens to it.
        retained: Whether the resource itself stays in the account, with no stack owning it.
        blueprint_path: `tables.main`, or None.
    """

    stack: str
    logical_id: str
    type: str
    fate: Fate
    retained: bool
    blueprint_path: str | None

    def __str__(self) -> str:
        named = (
            f"{self.blueprint_path} ({self.type})"
            if self.blueprint_path
            else f"{self.logical_id} ({self.type})"
        )
        kept = ", but stays in the account" if self.retained else ""
        return f"{named} in {self.stack} would be {self.fate}{kept}"


def is_stateful(resource_type: str) -> bool:
    """Whether resources of a type hold data."""
    return resource_type in REPLACING


def destructions(
    stack: str, old: Mapping[str, Any], new: Mapping[str, Any], difference: TemplateDifference
) -> tuple[Destruction, ...]:
    """What an update from `old` to `new` would take away, as far as the templates tell."""
    before: Mapping[str, Any] = old.get("Resources") or {}
    after: Mapping[str, Any] = new.get("Resources") or {}
    found = []
    for change in difference.resources:
        was = before.get(change.logical_id)
        if was is None or not is_stateful(was.get("Type", "")):
            continue
        kind = was["Type"]
        fate: Fate
        if change.action == "remove":
            fate, policy = "removed", was.get("DeletionPolicy")
        elif after.get(change.logical_id, {}).get("Type") != kind or REPLACING[kind] & set(change.properties):
            fate, policy = "replaced", after.get(change.logical_id, {}).get("UpdateReplacePolicy")
        else:
            continue
        found.append(
            Destruction(stack, change.logical_id, kind, fate, _retains(policy), blueprint_path_of(was))
        )
    return tuple(found)


def removed_with_stack(stack: str, template: Mapping[str, Any]) -> tuple[Destruction, ...]:
    """What goes when a whole stack goes."""
    return tuple(
        Destruction(
            stack,
            name,
            resource["Type"],
            "removed",
            _retains(resource.get("DeletionPolicy")),
            blueprint_path_of(resource),
        )
        for name, resource in sorted((template.get("Resources") or {}).items())
        if is_stateful(resource.get("Type", ""))
    )


def _retains(policy: object) -> bool:
    return policy in ("Retain", "RetainExceptOnCreate", "Snapshot")
