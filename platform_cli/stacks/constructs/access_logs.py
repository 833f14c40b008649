"""The bucket that keeps who asked for which object, and what every bucket of ours has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_cdk import aws_s3 as s3

from platform_cli.blueprint.resolved import ResolvedBucket
from platform_cli.stacks.constructs.base import Capability, PlatformStack

_Bucket = s3.CfnBucket


def owned() -> s3.CfnBucket.OwnershipControlsProperty:
    """Objects belong to the account, whoever wrote them; access control lists are off."""
    return _Bucket.OwnershipControlsProperty(
        rules=[_Bucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
    )


def closed() -> s3.CfnBucket.PublicAccessBlockConfigurationProperty:
    """Nothing in the bucket can be made public."""
    return _Bucket.PublicAccessBlockConfigurationProperty(
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )


def only_tls(arn: str) -> dict[str, Any]:
    """The statement that refuses requests without TLS."""
    return {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


class LogBucket(Capability):
    """One bucket for the records of all buckets, each below its own prefix and with its own end.

    S3 delivers records to a bucket under its own key only (SSE-S3), so a customer's key is not used here.

    Args:
        stack: The data stack.
        buckets: The buckets whose requests are recorded.
    """

    def __init__(self, stack: PlatformStack, buckets: Iterable[ResolvedBucket]) -> None:
        recorded = sorted(buckets, key=lambda bucket: bucket.name)
        super().__init__(stack, "AccessLog", f"buckets.{recorded[0].name}.access_log")
        name = stack.names.access_log_bucket()
        arn = stack.at.bucket(name)
        self._resource = _Bucket(
            self,
            "Bucket",
            bucket_name=name,
            bucket_encryption=_Bucket.BucketEncryptionProperty(
                server_side_encryption_configuration=[
                    _Bucket.ServerSideEncryptionRuleProperty(
                        server_side_encryption_by_default=_Bucket.ServerSideEncryptionByDefaultProperty(
                            sse_algorithm="AES256"
                        )
                    )
                ]
            ),
            lifecycle_configuration=_Bucket.LifecycleConfigurationProperty(
                rules=[
                    _Bucket.RuleProperty(
                        id=bucket.name,
                        status="Enabled",
                        prefix=_prefix(bucket.name),
                        expiration_in_days=bucket.access_log_retention_days,
                    )
                    for bucket in recorded
                ]
            ),
            ownership_controls=owned(),
            public_access_block_configuration=closed(),
        )
        self.place(self._resource, "AccessLogBucket", keeps_data=True)
        policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=self._resource.ref,
            policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    *(self._delivery(arn, bucket) for bucket in recorded),
                    only_tls(arn),
                ],
            },
        )
        self.place(policy, "AccessLogBucketPolicy", keeps_data=True)

    def records_of(self, bucket: str) -> s3.CfnBucket.LoggingConfigurationProperty:
        """Where the records of a bucket go."""
        return _Bucket.LoggingConfigurationProperty(
            destination_bucket_name=self._resource.ref, log_file_prefix=_prefix(bucket)
        )

    def _delivery(self, arn: str, bucket: ResolvedBucket) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{arn}/{_prefix(bucket.name)}*",
            "Condition": {
                "ArnEquals": {"aws:SourceArn": self.stack.at.bucket(bucket.physical_name)},
                "StringEquals": {"aws:SourceAccount": self.stack.system.account},
            },
        }


def _prefix(bucket: str) -> str:
    return f"{bucket}/"
