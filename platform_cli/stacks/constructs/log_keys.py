"""Keys for logs that the environment's own key cannot be for."""

from __future__ import annotations

from aws_cdk import aws_kms as kms

from platform_cli.blueprint.access import KEY_WRITE
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.keys import ROTATION_DAYS
from platform_cli.stacks.keys import ADMINISTRATION


class LogKey(Capability):
    """A key that CloudWatch Logs alone uses, for some log groups of a stack.

    The environment's key is made in the data stack. Networks and databases are made before that, and what
    stands before a CDN in us-east-1, where a key of another region is of no use: each of them has a key
    beside its logs.

    Args:
        stack: Of the logs.
        purpose: The last part of the key's alias.
        groups: What the names of the log groups begin with, before the environment's; at least one.
    """

    def __init__(self, stack: PlatformStack, purpose: str, *groups: str) -> None:
        super().__init__(stack, "LogKey", "logs.encryption")
        at = stack.at
        ours = [at.arn("logs", f"log-group:{start}{stack.names.prefix}-*") for start in groups]
        context = {"kms:EncryptionContext:aws:logs:arn": ours if len(ours) > 1 else ours[0]}
        self._key = kms.CfnKey(
            self,
            "Key",
            description=f"Logs of {stack.names.prefix}: {purpose}",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            pending_window_in_days=30 if stack.system.protect else 7,
            key_policy={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Administration",
                        "Effect": "Allow",
                        "Principal": {"AWS": at.root()},
                        "Action": list(ADMINISTRATION),
                        "Resource": "*",
                    },
                    {
                        "Sid": "Logs",
                        "Effect": "Allow",
                        "Principal": {"Service": f"logs.{at.region}.{at.dns_suffix}"},
                        "Action": list(KEY_WRITE),
                        "Resource": "*",
                        "Condition": {"ArnLike": context},
                    },
                ],
            },
        )
        self.place(self._key, "LogKey", keeps_data=True)
        alias = kms.CfnAlias(
            self, "Alias", alias_name=stack.names.key_alias(purpose), target_key_id=self._key.ref
        )
        self.place(alias, "LogKeyAlias")

    @property
    def arn(self) -> str:
        """ARN of the key."""
        return self._key.attr_arn
