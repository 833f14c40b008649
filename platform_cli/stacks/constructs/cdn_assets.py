"""The bucket with a CDN's files, which nobody but the CDN reads."""

from __future__ import annotations

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3

from platform_cli.blueprint.resolved import ResolvedCdn
from platform_cli.stacks.constructs.access_logs import closed, only_tls, owned
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.buckets import ABORT_UPLOADS_AFTER_DAYS
from platform_cli.stacks.constructs.log_buckets import DeliveredLogs, sse_s3

OLD_VERSIONS_DAYS = 30
"""Days for which a file that was overwritten or deleted can be had back."""

_Bucket = s3.CfnBucket


class AssetsBucket(Capability):
    """A closed, versioned bucket. `platform deploy` fills it from a folder of the workspace.

    Args:
        stack: The CDN's stack.
        cdn: The CDN; it has files.
        logs: Where what is read past the CDN is recorded.
    """

    def __init__(self, stack: PlatformStack, cdn: ResolvedCdn, logs: DeliveredLogs) -> None:
        super().__init__(stack, "Assets", f"cdns.{cdn.name}.assets")
        assert cdn.assets is not None, "a CDN with files"
        self._name = cdn.assets.bucket_name
        self._resource = _Bucket(
            self,
            "Bucket",
            bucket_name=self._name,
            # Under S3's own key: CloudFront's requests need no right on another one, and it is no secret.
            bucket_encryption=sse_s3(),
            lifecycle_configuration=_Bucket.LifecycleConfigurationProperty(
                rules=[
                    _Bucket.RuleProperty(
                        id="abandoned-uploads",
                        status="Enabled",
                        abort_incomplete_multipart_upload=_Bucket.AbortIncompleteMultipartUploadProperty(
                            days_after_initiation=ABORT_UPLOADS_AFTER_DAYS
                        ),
                    ),
                    _Bucket.RuleProperty(
                        id="noncurrent",
                        status="Enabled",
                        noncurrent_version_expiration=_Bucket.NoncurrentVersionExpirationProperty(
                            noncurrent_days=OLD_VERSIONS_DAYS
                        ),
                    ),
                ]
            ),
            logging_configuration=_Bucket.LoggingConfigurationProperty(
                destination_bucket_name=logs.resource.ref, log_file_prefix="files/"
            ),
            ownership_controls=owned(),
            public_access_block_configuration=closed(),
            versioning_configuration=_Bucket.VersioningConfigurationProperty(status="Enabled"),
        )
        self.place(self._resource, "AssetsBucket", keeps_data=True)
        self._resource.add_dependency(logs.policy)
        self._access = cloudfront.CfnOriginAccessControl(
            self,
            "Access",
            origin_access_control_config=cloudfront.CfnOriginAccessControl.OriginAccessControlConfigProperty(
                name=cdn.physical_name,
                origin_access_control_origin_type="s3",
                signing_behavior="always",
                signing_protocol="sigv4",
            ),
        )
        self.place(self._access, "AssetsAccess")

    def origin_property(self, name: str) -> cloudfront.CfnDistribution.OriginProperty:
        """The bucket as an origin."""
        return cloudfront.CfnDistribution.OriginProperty(
            id=name,
            domain_name=self._resource.attr_regional_domain_name,
            origin_access_control_id=self._access.attr_id,
            # Without it, CloudFormation takes an origin for one that is no bucket.
            s3_origin_config=cloudfront.CfnDistribution.S3OriginConfigProperty(origin_access_identity=""),
        )

    def admit(self, distribution_id: str) -> None:
        """Let one distribution read; the right to list makes a file that is missing a 404 and no 403."""
        at = self.stack.at
        arn = at.bucket(self._name)
        account = self.stack.system.account
        distribution = f"arn:{at.partition}:cloudfront::{account}:distribution/{distribution_id}"
        statements = [
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": action,
                "Resource": resource,
                "Condition": {"StringEquals": {"aws:SourceArn": distribution}},
            }
            for sid, action, resource in (
                ("Read", "s3:GetObject", f"{arn}/*"),
                ("List", "s3:ListBucket", arn),
            )
        ]
        policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=self._name,
            policy_document={"Version": "2012-10-17", "Statement": [*statements, only_tls(arn)]},
        )
        self.place(policy, "AssetsBucketPolicy", keeps_data=True)
        policy.add_dependency(self._resource)
