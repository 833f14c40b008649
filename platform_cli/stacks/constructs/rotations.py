"""Rotation of secrets: the schedule, and the right to call the function that does it."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from platform_cli.blueprint.resolved import ResolvedSecret
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import Function
from platform_cli.stacks.logical import pascal


class Rotation(Capability):
    """A secret's schedule, in the stack of the function that changes it.

    Nothing rotates when the schedule is created or changed: a deployment must not replace a login that others
    are using at that moment. Secrets Manager only tries the function's step `testSecret` then.

    Args:
        stack: The service's stack.
        secret: The secret.
        function: What changes it.
    """

    def __init__(self, stack: PlatformStack, secret: ResolvedSecret, function: Function) -> None:
        super().__init__(stack, f"Rotation-{secret.name}", f"secrets.{secret.name}.rotation")
        arn = stack.look_up(outputs.secret_home(secret.database), outputs.secret_arn(secret.name))
        permission = lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.name,
            principal="secretsmanager.amazonaws.com",
            source_account=stack.system.account,
            source_arn=arn,
        )
        name = pascal(secret.name)
        self.place(permission, f"RotationPermission{name}")
        schedule = secretsmanager.CfnRotationSchedule(
            self,
            "Schedule",
            secret_id=arn,
            rotate_immediately_on_update=False,
            rotation_lambda_arn=function.arn,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                automatically_after_days=secret.rotation_days
            ),
        )
        schedule.add_dependency(permission)
        self.place(schedule, f"Rotation{name}")
