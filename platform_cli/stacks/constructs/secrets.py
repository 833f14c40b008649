"""Secrets: the containers, never a value."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_secretsmanager as secretsmanager

from platform_cli.blueprint.resolved import ResolvedSecret
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import pascal


class Secret(Capability):
    """A secret without a value, under the key that AWS manages for Secrets Manager, or under ours.

    So are its copies, each under the key of its own region.

    `GenerateSecretString` is left out on purpose: CloudFormation makes a new value whenever that block
    changes, and the value is not the template's to change. A deployment puts the first one in where there
    is none.
    """

    def __init__(
        self, stack: PlatformStack, secret: ResolvedSecret, keys: Mapping[str, str] | None = None
    ) -> None:
        keys = keys or {}
        super().__init__(stack, f"Secret-{secret.name}", f"secrets.{secret.name}")
        self._resource = secretsmanager.CfnSecret(
            self,
            "Secret",
            name=secret.physical_name,
            description=secret.description or None,
            kms_key_id=keys.get(stack.system.region),
            replica_regions=[
                secretsmanager.CfnSecret.ReplicaRegionProperty(region=region, kms_key_id=keys.get(region))
                for region in secret.replicas
            ]
            or None,
        )
        self.place(self._resource, f"Secret{pascal(secret.name)}", keeps_data=True)

    @property
    def arn(self) -> str:
        """The full ARN, with the characters that Secrets Manager adds to the name."""
        return self._resource.attr_id
