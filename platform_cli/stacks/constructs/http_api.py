"""HTTP APIs of API Gateway."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aws_cdk import aws_apigatewayv2 as apigateway

from platform_cli.blueprint.resolved import ResolvedApi
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.invocation import Invocation
from platform_cli.stacks.constructs.logs import log_group
from platform_cli.stacks.openapi import Authorizer, Served, machines_of, openapi_body
from platform_cli.stacks.stages import HTTP_STAGE

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
    """An API as one OpenAPI body, its only stage, and the rights to call the functions behind it."""

    def __init__(self, stack: PlatformStack, api: ResolvedApi, served: Sequence[Served]) -> None:
        super().__init__(stack, f"Api-{api.name}", f"apis.{api.name}")
        invocation = Invocation(stack, api, served, LONGEST_TIMEOUT_MILLISECONDS)
        self._api = apigateway.CfnApi(
            self, "Api", body=openapi_body(api, served, invocation.integrate, self._authorizers(served))
        )
        self.place(self._api, "Api")
        # Below its prefix, log delivery needs no growing resource policy.
        log_name = stack.names.access_log(api.physical_name)
        log = log_group(self, "AccessLog", log_name, api.access_log_retention_days, "AccessLog")
        self.log_group = log.ref
        self._stage = stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self._api.ref,
            stage_name=HTTP_STAGE,
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
    def stage(self) -> apigateway.CfnStage:
        """The API's only stage."""
        return self._stage

    @property
    def url(self) -> str:
        """Where the API answers."""
        return self._api.attr_api_endpoint

    def _authorizers(self, served: Sequence[Served]) -> dict[str, Authorizer]:
        found: dict[str, Authorizer] = {}
        for name in sorted({route.authorizer for _, route in served if route.authorizer}):
            pool = self.stack.look_up("identity", outputs.pool_id(name))
            clients = sorted(self.stack.system.identity[name].clients)
            audience = [self.stack.look_up("identity", outputs.client_id(name, c)) for c in clients]
            found[name] = Authorizer(self.stack.at.issuer(pool), audience)
            machines = sorted(self.stack.system.identity[name].machines)
            if machines and any(route.scopes and route.authorizer == name for _, route in served):
                ids = [self.stack.look_up("identity", outputs.machine_id(name, m)) for m in machines]
                found[machines_of(name)] = Authorizer(self.stack.at.issuer(pool), [*audience, *ids])
        return found
