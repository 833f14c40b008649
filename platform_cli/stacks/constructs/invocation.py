"""How APIs call functions: with a role for each service behind them."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedFunction
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import trust
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.openapi import Integration, Served
from platform_cli.stacks.rights import Statement, policy


class Invocation(Capability):
    """Roles, one a service, each for that service's functions with a route on this API alone.

    A permission at each function instead would need a resource for each of them.

    Args:
        stack: The API's stack.
        api: The API.
        served: Its routes.
        longest_milliseconds: What API Gateway waits for a function at most.
    """

    def __init__(
        self, stack: PlatformStack, api: ResolvedApi, served: Sequence[Served], longest_milliseconds: int
    ) -> None:
        super().__init__(stack, f"Invocation-{api.name}", f"apis.{api.name}")
        self._longest_milliseconds = longest_milliseconds
        functions: dict[str, set[str]] = {}
        for function, _ in served:
            arn = stack.at.function(function.called_name)
            functions.setdefault(function.service, set()).add(arn)
        self._roles: dict[str, str] = {}
        for service, arns in sorted(functions.items()):
            role = iam.CfnRole(
                self,
                f"Invocation-{service}",
                description=f"Lets the API {api.physical_name} call the functions of {service}",
                assume_role_policy_document=trust("apigateway.amazonaws.com"),
                policies=[
                    iam.CfnRole.PolicyProperty(
                        policy_name="call",
                        policy_document=policy(
                            (Statement("Call", ("lambda:InvokeFunction",), tuple(sorted(arns))),)
                        ),
                    )
                ],
            )
            self.place(role, f"Invocation{pascal(service)}")
            self._roles[service] = role.attr_arn

    def integrate(self, function: ResolvedFunction) -> Integration:
        """How a function is called."""
        arn = self.stack.at.function(function.called_name)
        # A second more than the function has, so that its own timeout is what is seen.
        timeout = min((function.timeout_seconds + 1) * 1000, self._longest_milliseconds)
        return Integration(self.stack.at.invocation(arn), self._roles[function.service], timeout)
