"""The customer-managed key of an environment."""

from __future__ import annotations

from aws_cdk import aws_kms as kms

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.constructs.base import Capability, PlatformStack

ROTATION_DAYS = 365


class DataKey(Capability):
    """One key for all data of the environment that asks for `encryption: customer_managed`.

    Its policy hands the decision to IAM, where each function is allowed it only through the service that
    keeps the data. No service is admitted by itself: DynamoDB and S3 use the key in the name of their caller.
    """

    def __init__(self, stack: PlatformStack) -> None:
        super().__init__(stack, "DataKey", _origin(stack.system))
        self._key = kms.CfnKey(
            self,
            "Key",
            description=f"Data of {stack.names.prefix}",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            pending_window_in_days=30 if stack.system.protect else 7,
            key_policy={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "DecidedByIam",
                        "Effect": "Allow",
                        "Principal": {"AWS": stack.at.root()},
                        "Action": "kms:*",
                        # In a key's policy this is the key itself.
                        "Resource": "*",
                    }
                ],
            },
        )
        self.place(self._key, "Key", keeps_data=True)
        alias = kms.CfnAlias(
            self, "Alias", alias_name=stack.names.key_alias("data"), target_key_id=self._key.ref
        )
        self.place(alias, "KeyAlias")

    @property
    def arn(self) -> str:
        """ARN of the key."""
        return self._key.attr_arn


def _origin(system: ResolvedEnvironment) -> str:
    """The first line of the blueprint that asks for the key."""
    for section, things in (("tables", system.tables), ("buckets", system.buckets)):
        for name in sorted(things):
            if things[name].encryption == "customer_managed":
                return f"{section}.{name}.encryption"
    return "tables"
