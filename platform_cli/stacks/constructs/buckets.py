"""S3 buckets."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_s3 as s3

from platform_cli.blueprint.resolved import ResolvedBucket
from platform_cli.stacks.constructs.access_logs import LogBucket, closed, only_tls, owned
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.bucket_copies import Replication
from platform_cli.stacks.logical import pascal

ABORT_UPLOADS_AFTER_DAYS = 7
_Bucket = s3.CfnBucket


class Bucket(Capability):
    """A private bucket: encrypted, closed to the public, to ACLs and to requests without TLS.

    Args:
        stack: The data stack.
        bucket: The bucket.
        key_arn: The environment's key, where the bucket asks for it.
        tells_events: Whether a function is triggered by it. Its events then go to the account's default
            bus, which costs a little for each, so that a function in another stack can listen without the
            two stacks needing each other.
        log: Where requests to it are recorded, if they are.
        copies: The keys of the other regions, by region, where the bucket asks for one.
    """

    def __init__(
        self,
        stack: PlatformStack,
        bucket: ResolvedBucket,
        key_arn: str | None,
        *,
        tells_events: bool,
        log: LogBucket | None = None,
        copies: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(stack, f"Bucket-{bucket.name}", f"buckets.{bucket.name}")
        replication = Replication(stack, bucket, copies or {}) if bucket.replicas else None
        resource = _Bucket(
            self,
            "Bucket",
            bucket_name=bucket.physical_name,
            bucket_encryption=encryption_by(key_arn),
            lifecycle_configuration=_Bucket.LifecycleConfigurationProperty(rules=_rules(bucket)),
            logging_configuration=log.records_of(bucket.name) if log else None,
            notification_configuration=_Bucket.NotificationConfigurationProperty(
                event_bridge_configuration=_Bucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
            )
            if tells_events
            else None,
            ownership_controls=owned(),
            public_access_block_configuration=closed(),
            replication_configuration=replication.configuration if replication else None,
            versioning_configuration=_Bucket.VersioningConfigurationProperty(status="Enabled")
            if bucket.versioned
            else None,
        )
        self.place(resource, f"Bucket{pascal(bucket.name)}", keeps_data=True)
        arn = stack.at.bucket(bucket.physical_name)
        policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=resource.ref,
            policy_document={"Version": "2012-10-17", "Statement": [only_tls(arn)]},
        )
        self.place(policy, f"BucketPolicy{pascal(bucket.name)}", keeps_data=True)


def encryption_by(key_arn: str | None) -> s3.CfnBucket.BucketEncryptionProperty:
    """Under a key of ours with a bucket key, which asks KMS once for many objects; under S3's own else."""
    default = (
        _Bucket.ServerSideEncryptionByDefaultProperty(sse_algorithm="aws:kms", kms_master_key_id=key_arn)
        if key_arn
        else _Bucket.ServerSideEncryptionByDefaultProperty(sse_algorithm="AES256")
    )
    return _Bucket.BucketEncryptionProperty(
        server_side_encryption_configuration=[
            _Bucket.ServerSideEncryptionRuleProperty(
                bucket_key_enabled=True if key_arn else None, server_side_encryption_by_default=default
            )
        ]
    )


def _rules(bucket: ResolvedBucket) -> list[s3.CfnBucket.RuleProperty]:
    steps = [
        ("STANDARD_IA", bucket.infrequent_after_days),
        ("GLACIER", bucket.archive_after_days),
        ("INTELLIGENT_TIERING", 0 if bucket.intelligent_tiering else None),
    ]
    transitions = [
        _Bucket.TransitionProperty(storage_class=kind, transition_in_days=days)
        for kind, days in steps
        if days is not None
    ]
    rules = [
        _Bucket.RuleProperty(
            id="abandoned-uploads",
            status="Enabled",
            abort_incomplete_multipart_upload=_Bucket.AbortIncompleteMultipartUploadProperty(
                days_after_initiation=ABORT_UPLOADS_AFTER_DAYS
            ),
        )
    ]
    if transitions or bucket.expire_after_days:
        rules.append(
            _Bucket.RuleProperty(
                id="current",
                status="Enabled",
                transitions=transitions or None,
                expiration_in_days=bucket.expire_after_days,
            )
        )
    if bucket.expire_noncurrent_after_days:
        rules.append(
            _Bucket.RuleProperty(
                id="noncurrent",
                status="Enabled",
                noncurrent_version_expiration=_Bucket.NoncurrentVersionExpirationProperty(
                    noncurrent_days=bucket.expire_noncurrent_after_days
                ),
            )
        )
    return rules
