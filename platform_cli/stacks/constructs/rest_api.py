"""REST APIs of API Gateway."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedRoute
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack, tag_list
from platform_cli.stacks.constructs.functions import trust
from platform_cli.stacks.constructs.invocation import Invocation
from platform_cli.stacks.constructs.logs import log_group
from platform_cli.stacks.cors import stage_variables
from platform_cli.stacks.logical import composite
from platform_cli.stacks.openapi import Served
from platform_cli.stacks.rest_openapi import rest_body
from platform_cli.stacks.stages import REST_STAGE

STAGE = REST_STAGE
LONGEST_TIMEOUT_MILLISECONDS = 29_000
"""API Gateway's default limit for a REST API's integration, November 2026."""


# As for HTTP APIs: nothing that can name a person.
_ACCESS_LOG = {
    "apiKeyId": "$context.identity.apiKeyId",
    "authorizerError": "$context.authorizer.error",
    "error": "$context.error.responseType",
    "integrationError": "$context.integration.error",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integration.status",
    "method": "$context.httpMethod",
    "protocol": "$context.protocol",
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "resourcePath": "$context.resourcePath",
    "responseLatency": "$context.responseLatency",
    "responseLength": "$context.responseLength",
    "status": "$context.status",
    "wafStatus": "$context.waf.status",
}


class RestApi(Capability):
    """An API as one OpenAPI body, a deployment of just that body, its only stage, and its API keys."""

    def __init__(self, stack: PlatformStack, api: ResolvedApi, served: Sequence[Served]) -> None:
        super().__init__(stack, f"Api-{api.name}", f"apis.{api.name}")
        invocation = Invocation(stack, api, served, LONGEST_TIMEOUT_MILLISECONDS)
        body = rest_body(api, served, invocation.integrate, self._pools(served))
        access = _only_from(api.allowed_ips) if api.allowed_ips else None
        self._api = apigateway.CfnRestApi(
            self,
            "Api",
            name=api.physical_name,
            body=body,
            policy=access,
            api_key_source_type="HEADER",
            endpoint_configuration=apigateway.CfnRestApi.EndpointConfigurationProperty(types=["REGIONAL"]),
        )
        self.place(self._api, "Api")
        self._deployment = apigateway.CfnDeployment(self, "Deployment", rest_api_id=self._api.ref)
        # A deployment is a copy of the API as it is at that moment, and never changes: another body or policy
        # needs another one. So this is the one id that holds a hash of content.
        self.place(self._deployment, f"Deployment{self._hash({'body': body, 'policy': access})}")
        self._stage = self._make_stage(api, served)
        self._make_plans(api)

    @property
    def api_id(self) -> str:
        """Id of the API."""
        return self._api.ref

    @property
    def stage(self) -> apigateway.CfnStage:
        """The API's only stage."""
        return self._stage

    @property
    def stage_arn(self) -> str:
        """ARN of the stage, for a firewall."""
        at = self.stack.at
        base = f"arn:{at.partition}:apigateway:{at.region}::/restapis"
        return f"{base}/{self._api.ref}/stages/{self._stage.ref}"

    @property
    def url(self) -> str:
        """Where the API answers."""
        at = self.stack.at
        return f"https://{self._api.ref}.execute-api.{at.region}.{at.dns_suffix}/{REST_STAGE}"

    def _hash(self, content: Any) -> str:
        text = json.dumps(self.stack.resolve(content), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12].upper()

    def _pools(self, served: Sequence[Served]) -> dict[str, str]:
        names = sorted({route.authorizer for _, route in served if route.authorizer})
        pools = {name: self.stack.look_up("identity", outputs.pool_id(name)) for name in names}
        return {name: self.stack.at.arn("cognito-idp", f"userpool/{pool}") for name, pool in pools.items()}

    def _make_stage(self, api: ResolvedApi, served: Sequence[Served]) -> apigateway.CfnStage:
        log_name = self.stack.names.access_log(api.physical_name)
        log = log_group(self, "AccessLog", log_name, api.access_log_retention_days, "AccessLog")
        self.log_group = log.ref
        caches = api.cache_ttl_seconds is not None
        stage = apigateway.CfnStage(
            self,
            "Stage",
            rest_api_id=self._api.ref,
            deployment_id=self._deployment.ref,
            stage_name=REST_STAGE,
            access_log_setting=apigateway.CfnStage.AccessLogSettingProperty(
                destination_arn=self.stack.at.arn("logs", f"log-group:{log.ref}"),
                format=json.dumps(_ACCESS_LOG, sort_keys=True),
            ),
            cache_cluster_enabled=True if caches else None,
            cache_cluster_size=f"{api.cache_size_gb:g}" if caches else None,
            method_settings=[
                _settings(api, "/*", "*"),
                *(
                    _settings(api, _escaped(route.path), route.method, route)
                    for _, route in served
                    if route.cache
                ),
            ],
            variables=stage_variables(api.cors) or None,
            tracing_enabled=any(function.tracing for function, _ in served),
        )
        self.place(stage, "Stage")
        stage.add_dependency(self._admit_logs())
        return stage

    def _admit_logs(self) -> apigateway.CfnAccount:
        """Let API Gateway write access logs: a setting of the account and region that REST APIs need for it.

        Both are retained: the setting then belongs to every REST API of the account, and must not point at
        a role that went with one of them.
        """
        at = self.stack.at
        role = iam.CfnRole(
            self,
            "LogsRole",
            description="Lets API Gateway write the access logs of the REST APIs of this account",
            assume_role_policy_document=trust("apigateway.amazonaws.com"),
            managed_policy_arns=[
                f"arn:{at.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
            ],
        )
        self.place(role, "LogsRole")
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.attr_arn)
        self.place(account, "Account")
        for resource in (role, account):
            resource.apply_removal_policy(RemovalPolicy.RETAIN)
        return account

    def _make_plans(self, api: ResolvedApi) -> None:
        for name, plan in sorted(api.usage_plans.items()):
            resource = apigateway.CfnUsagePlan(
                self,
                f"Plan-{name}",
                usage_plan_name=f"{api.physical_name}-{name}",
                api_stages=[
                    apigateway.CfnUsagePlan.ApiStageProperty(api_id=self._api.ref, stage=self._stage.ref)
                ],
                throttle=apigateway.CfnUsagePlan.ThrottleSettingsProperty(
                    burst_limit=plan.throttle.burst, rate_limit=plan.throttle.rate
                )
                if plan.throttle
                else None,
                quota=apigateway.CfnUsagePlan.QuotaSettingsProperty(
                    limit=plan.quota.requests, period=plan.quota.per.upper()
                )
                if plan.quota
                else None,
            )
            self.place(resource, composite("Plan", name))
            for key in plan.keys:
                made = apigateway.CfnApiKey(
                    self,
                    f"Key-{key}",
                    name=f"{api.physical_name}-{key}",
                    description=f"Key {key} of the API {api.physical_name}, plan {name}",
                    enabled=True,
                    tags=tag_list(self.stack),
                )
                self.place(made, composite("ApiKey", key))
                member = apigateway.CfnUsagePlanKey(
                    self, f"Member-{key}", key_id=made.ref, key_type="API_KEY", usage_plan_id=resource.ref
                )
                self.place(member, composite("Member", name, key))
                self.stack.give(f"{composite('ApiKey', key)}Id", made.ref, f"Id of the API key {key}")


def _settings(
    api: ResolvedApi, path: str, method: str, route: ResolvedRoute | None = None
) -> apigateway.CfnStage.MethodSettingProperty:
    """Settings of a method; they replace those of the whole stage, so they repeat the limits."""
    cache = route.cache if route else None
    return apigateway.CfnStage.MethodSettingProperty(
        resource_path=path,
        http_method=method,
        # Headers and bodies would be in it.
        data_trace_enabled=False,
        logging_level="OFF",
        throttling_rate_limit=api.throttle.rate if api.throttle else None,
        throttling_burst_limit=api.throttle.burst if api.throttle else None,
        caching_enabled=bool(cache) if api.cache_ttl_seconds is not None else None,
        cache_ttl_in_seconds=cache.ttl_seconds if cache else None,
        cache_data_encrypted=True if api.cache_ttl_seconds is not None else None,
    )


def _escaped(path: str) -> str:
    """A path as method settings write it: `/~1orders~1{id}`."""
    return "/" if path == "/" else f"/{path.replace('/', '~1')}"


def _only_from(blocks: Sequence[str]) -> dict[str, Any]:
    """A resource policy: whoever calls from elsewhere is refused, whatever else would admit the call."""
    everything = {"Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    elsewhere = {"NotIpAddress": {"aws:SourceIp": list(blocks)}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Callers", "Effect": "Allow", **everything},
            {"Sid": "OnlyFromThere", "Effect": "Deny", **everything, "Condition": elsewhere},
        ],
    }
