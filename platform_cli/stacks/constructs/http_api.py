"""HTTP APIs of API Gateway."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedFunction
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import trust
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.openapi import Authorizer, Integration, Served, openapi_body
from platform_cli.stacks.rights import Statement, policy

LONGEST_TIMEOUT_MILLISECONDS = 30_000
"""API Gateway's limit for an HTTP API's integration, November 2026."""

# No address, user agent, path or query: they can name a person. The route says which endpoint it was.
_ACCESS_LOG = {
    "authorizerError": "$context.authorizer.error",
    "integrationError": "$context.integrationErrorMessage",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integrationStatus",
    "protocol": "$context.protocol",
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "responseLatency": "$context.responseLatency",
    "responseLength": "$context.responseLength",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
}


class HttpApi(Capability):
    """An API as one OpenAPI body, its only stage, and the rights to call the functions behind it.

    Rights are roles, one a service, each for that service's functions on this API alone. A permission at each
    function instead would need a resource for each of them.
    """

    def __init__(self, stack: PlatformStack, api: ResolvedApi, served: Sequence[Served]) -> None:
        super().__init__(stack, f"Api-{api.name}", f"apis.{api.name}")
        self._roles = self._invocation_roles(api, served)
        self._api = apigateway.CfnApi(
            self, "Api", body=openapi_body(api, served, self._integrate, self._authorizers(served))
        )
        self.place(self._api, "Api")
        log = logs.CfnLogGroup(
            self,
            "AccessLog",
            # Below this prefix, log delivery needs no growing resource policy.
            log_group_name=f"/aws/vendedlogs/apis/{api.physical_name}",
            retention_in_days=api.access_log_retention_days,
        )
        self.place(log, "AccessLog", keeps_data=True)
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self._api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                # Without the `:*` of the group's own attribute: API Gateway drops it, a drift for ever.
                destination_arn=stack.at.arn("logs", f"log-group:{log.ref}"),
                format=json.dumps(_ACCESS_LOG, sort_keys=True),
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=api.throttle.burst, throttling_rate_limit=api.throttle.rate
            )
            if api.throttle
            else None,
        )
        self.place(stage, "Stage")

    @property
    def api_id(self) -> str:
        """Id of the API."""
        return self._api.ref

    @property
    def url(self) -> str:
        """Where the API answers."""
        return self._api.attr_api_endpoint

    def _invocation_roles(self, api: ResolvedApi, served: Sequence[Served]) -> dict[str, str]:
        functions: dict[str, set[str]] = {}
        for function, _ in served:
            arn = self.stack.at.function(function.physical_name)
            functions.setdefault(function.service, set()).add(arn)
        roles: dict[str, str] = {}
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
            roles[service] = role.attr_arn
        return roles

    def _integrate(self, function: ResolvedFunction) -> Integration:
        arn = self.stack.at.function(function.physical_name)
        # A second more than the function has, so that its own timeout is what is seen.
        timeout = min((function.timeout_seconds + 1) * 1000, LONGEST_TIMEOUT_MILLISECONDS)
        return Integration(self.stack.at.invocation(arn), self._roles[function.service], timeout)

    def _authorizers(self, served: Sequence[Served]) -> dict[str, Authorizer]:
        found: dict[str, Authorizer] = {}
        for name in sorted({route.authorizer for _, route in served if route.authorizer}):
            pool = self.stack.look_up("identity", outputs.pool_id(name))
            clients = sorted(self.stack.system.identity[name].clients)
            audience = [self.stack.look_up("identity", outputs.client_id(name, c)) for c in clients]
            found[name] = Authorizer(self.stack.at.issuer(pool), audience)
        return found
