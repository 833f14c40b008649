"""Buckets for the access logs that CloudFront and load balancers deliver as objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_s3 as s3

from platform_cli.stacks.constructs.access_logs import closed, only_tls, owned
from platform_cli.stacks.constructs.base import Capability, PlatformStack

_Bucket = s3.CfnBucket


def sse_s3() -> s3.CfnBucket.BucketEncryptionProperty:
    """Encryption under S3's own key: the one that deliveries of logs take."""
    return _Bucket.BucketEncryptionProperty(
        server_side_encryption_configuration=[
            _Bucket.ServerSideEncryptionRuleProperty(
                server_side_encryption_by_default=_Bucket.ServerSideEncryptionByDefaultProperty(
                    sse_algorithm="AES256"
                )
            )
        ]
    )


class DeliveredLogs(Capability):
    """A closed bucket whose objects end after some days.

    Args:
        stack: The stack of what is logged.
        name: The bucket's name.
        retention_days: Days that logs are kept.
        origin: Dotted path of the blueprint.
        statements: Who may deliver.
        by_access_list: Whether the deliverer is let in by an access control list, as CloudFront is.
    """

    def __init__(
        self,
        stack: PlatformStack,
        name: str,
        retention_days: int,
        origin: str,
        statements: Sequence[dict[str, Any]],
        *,
        by_access_list: bool = False,
    ) -> None:
        super().__init__(stack, "Logs", origin)
        ownership = (
            _Bucket.OwnershipControlsProperty(
                rules=[_Bucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerPreferred")]
            )
            if by_access_list
            else owned()
        )
        self.resource = _Bucket(
            self,
            "Bucket",
            bucket_name=name,
            bucket_encryption=sse_s3(),
            lifecycle_configuration=_Bucket.LifecycleConfigurationProperty(
                rules=[_Bucket.RuleProperty(id="logs", status="Enabled", expiration_in_days=retention_days)]
            ),
            ownership_controls=ownership,
            public_access_block_configuration=closed(),
        )
        self.place(self.resource, "LogBucket", keeps_data=True)
        self.policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=name,
            policy_document={
                "Version": "2012-10-17",
                "Statement": [*statements, only_tls(stack.at.bucket(name))],
            },
        )
        self.place(self.policy, "LogBucketPolicy", keeps_data=True)
        self.policy.add_dependency(self.resource)
