"""The customer-managed keys of an environment: of data, events, databases, and of copies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_kms as kms

from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.keys import KeyUse, key_statements

ROTATION_DAYS = 365


class DataKey(Capability):
    """One key for all in a stack that asks for `encryption: customer_managed`.

    Its policy lets the account administer it, and use it through the services that keep the data and
    through no other: whoever may decrypt by IAM still cannot do so with the key itself. Within that, IAM
    decides, where each function is allowed it only through the service of what it has access to.

    Args:
        stack: The stack of the data, the events or the databases, or of a region with copies.
        uses: What is under the key; at least one.
        purpose: The last part of its alias.
        others: Statements for services that use it in their own name.
    """

    def __init__(
        self,
        stack: PlatformStack,
        uses: Sequence[KeyUse],
        purpose: str = "data",
        others: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(stack, "DataKey", uses[0].origin)
        document: dict[str, Any] = {
            "Version": "2012-10-17",
            "Statement": [*key_statements(stack.at, stack.names.prefix, uses), *others],
        }
        self._key = kms.CfnKey(
            self,
            "Key",
            description=f"{purpose.capitalize()} of {stack.names.prefix}",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            pending_window_in_days=30 if stack.system.protect else 7,
            key_policy=document,
        )
        self.place(self._key, "Key", keeps_data=True)
        alias = kms.CfnAlias(
            self, "Alias", alias_name=stack.names.key_alias(purpose), target_key_id=self._key.ref
        )
        self.place(alias, "KeyAlias")

    @property
    def arn(self) -> str:
        """ARN of the key."""
        return self._key.attr_arn
