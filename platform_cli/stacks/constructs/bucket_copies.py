"""Buckets that S3 copies to other regions as objects come, and the buckets there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from platform_cli.blueprint.resolved import ResolvedBucket
from platform_cli.stacks.constructs.access_logs import closed, only_tls, owned
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.statements import Statement, policy

_Bucket = s3.CfnBucket
_FROM = ("s3:GetReplicationConfiguration", "s3:ListBucket")
_OBJECTS = (
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionTagging",
)
_TO = ("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags")
"""What S3 does as the role of a replication (S3 guide, «Live replication: permissions», 2026-11)."""


def copy_name(stack: PlatformStack, bucket: ResolvedBucket, region: str) -> str:
    """The copy is called as the bucket, with its own region."""
    return replace(stack.names, region=region).bucket(bucket.name)


class BucketCopy(Capability):
    """The bucket in another region: closed and encrypted as its original, with versions.

    It moves and forgets nothing by itself but versions that were replaced, after as many days as there.

    Args:
        stack: The stack of the other region.
        bucket: The bucket that is copied.
        encryption: As the bucket has it, under a key of the copy's region.
    """

    def __init__(
        self, stack: PlatformStack, bucket: ResolvedBucket, encryption: s3.CfnBucket.BucketEncryptionProperty
    ) -> None:
        super().__init__(stack, f"BucketCopy-{bucket.name}", f"buckets.{bucket.name}.replicas")
        name = copy_name(stack, bucket, stack.at.region)
        rules = [
            _Bucket.RuleProperty(
                id="noncurrent",
                status="Enabled",
                noncurrent_version_expiration=_Bucket.NoncurrentVersionExpirationProperty(
                    noncurrent_days=kept
                ),
            )
            for kept in (bucket.expire_noncurrent_after_days,)
            if kept
        ]
        resource = _Bucket(
            self,
            "Bucket",
            bucket_name=name,
            bucket_encryption=encryption,
            lifecycle_configuration=_Bucket.LifecycleConfigurationProperty(rules=rules) if rules else None,
            ownership_controls=owned(),
            public_access_block_configuration=closed(),
            versioning_configuration=_Bucket.VersioningConfigurationProperty(status="Enabled"),
        )
        self.place(resource, f"BucketCopy{pascal(bucket.name)}", keeps_data=True)
        admits = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=resource.ref,
            policy_document={"Version": "2012-10-17", "Statement": [only_tls(stack.at.bucket(name))]},
        )
        self.place(admits, f"BucketCopyPolicy{pascal(bucket.name)}", keeps_data=True)


class Replication(Capability):
    """The role as which S3 copies a bucket, and the rules by which it does.

    Args:
        stack: The data stack.
        bucket: A bucket with replicas.
        keys: ARN of the key by region, where the bucket is under one of ours.
    """

    def __init__(self, stack: PlatformStack, bucket: ResolvedBucket, keys: Mapping[str, str]) -> None:
        super().__init__(stack, f"Replication-{bucket.name}", f"buckets.{bucket.name}.replicas")
        at = stack.at
        source = at.bucket(bucket.physical_name)
        copies = {region: at.bucket(copy_name(stack, bucket, region)) for region in bucket.replicas}
        statements = [
            Statement("From", _FROM, (source,)),
            Statement("Objects", _OBJECTS, (f"{source}/*",)),
            Statement("To", _TO, tuple(f"{arn}/*" for arn in copies.values())),
        ]
        if keys:
            statements.append(_through(stack, stack.at.region, "Decrypt", keys[stack.at.region]))
            statements += [_through(stack, region, "Encrypt", keys[region]) for region in copies]
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": at.account, "aws:SourceArn": source}},
        }
        role = iam.CfnRole(
            self,
            "Role",
            description=f"Copies {bucket.physical_name} to {', '.join(copies)}",
            assume_role_policy_document={"Version": "2012-10-17", "Statement": [trust]},
            policies=[iam.CfnRole.PolicyProperty(policy_name="copy", policy_document=policy(statements))],
        )
        self.place(role, f"ReplicationRole{pascal(bucket.name)}")
        self.configuration = _Bucket.ReplicationConfigurationProperty(
            role=role.attr_arn,
            rules=[
                self._rule(number, region, arn, keys.get(region))
                for number, (region, arn) in enumerate(copies.items(), start=1)
            ],
        )

    def _rule(
        self, priority: int, region: str, arn: str, key_arn: str | None
    ) -> s3.CfnBucket.ReplicationRuleProperty:
        encrypted = _Bucket.SseKmsEncryptedObjectsProperty(status="Enabled")
        return _Bucket.ReplicationRuleProperty(
            id=region,
            status="Enabled",
            priority=priority,
            filter=_Bucket.ReplicationRuleFilterProperty(prefix=""),
            # What is deleted here is deleted there; versions stay in both.
            delete_marker_replication=_Bucket.DeleteMarkerReplicationProperty(status="Enabled"),
            destination=_Bucket.ReplicationDestinationProperty(
                bucket=arn,
                encryption_configuration=_Bucket.EncryptionConfigurationProperty(replica_kms_key_id=key_arn)
                if key_arn
                else None,
            ),
            source_selection_criteria=_Bucket.SourceSelectionCriteriaProperty(
                sse_kms_encrypted_objects=encrypted
            )
            if key_arn
            else None,
        )


def _through(stack: PlatformStack, region: str, verb: str, key_arn: str) -> Statement:
    via = replace(stack.at, region=region).via("s3")
    sid = f"{verb}{pascal(region)}"
    return Statement(sid, (f"kms:{verb}",), (key_arn,), {"StringEquals": {"kms:ViaService": via}})
