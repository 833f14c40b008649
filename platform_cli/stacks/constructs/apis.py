"""The stack of an API."""

from __future__ import annotations

from aws_cdk import App

from platform_cli.blueprint.log_queries import of_api
from platform_cli.blueprint.resolved import ResolvedApi, ResolvedEnvironment
from platform_cli.stacks import outputs
from platform_cli.stacks.alarms.entrances import certificate_alarms
from platform_cli.stacks.alarms.watching import api_alarms
from platform_cli.stacks.constructs.alarms import Alarms
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.derived import derive_from_api
from platform_cli.stacks.constructs.domains import ApiDomain
from platform_cli.stacks.constructs.firewall import Association
from platform_cli.stacks.constructs.http_api import HttpApi
from platform_cli.stacks.constructs.logs import SavedQueries
from platform_cli.stacks.constructs.objectives import watch_api
from platform_cli.stacks.constructs.rest_api import STAGE, RestApi
from platform_cli.stacks.constructs.sampling import SamplingRule
from platform_cli.stacks.constructs.security_events import SecurityEvents
from platform_cli.stacks.edge import guarded_apis
from platform_cli.stacks.openapi import routes_of

READABLE_ROUTES = 200
"""Beyond as many, an API's template is written without indentation: CloudFormation takes 1 MB of text."""


def api_stack(app: App, system: ResolvedEnvironment, api: ResolvedApi) -> PlatformStack:
    """An API with all of its routes."""
    served = routes_of(api, system.functions)
    stack = PlatformStack(
        app,
        system,
        "api",
        api.name,
        description=f"API {api.name} of {system.system}",
        compact=len(served) > READABLE_ROUTES,
    )
    made: HttpApi | RestApi
    if api.kind == "rest":
        made = RestApi(stack, api, served)
        if system.sampling and any(function.tracing for function, _ in served):
            SamplingRule(stack, api, STAGE, system.sampling)
        if api.firewall:
            firewall = stack.look_up("firewalls", outputs.firewall_arn(api.firewall))
            Association(stack, firewall, made.stage_arn, f"apis.{api.name}.firewall")
        elif api.name in guarded_apis(system):
            guard = stack.look_up("firewalls", outputs.guard_arn(api.name))
            Association(stack, guard, made.stage_arn, f"apis.{api.name}")
    else:
        made = HttpApi(stack, api, served)
    if api.security_stream:
        SecurityEvents(stack, api.name, made.log_group, system.streams[api.security_stream])
    derive_from_api(stack, api, made.log_group)
    if system.alarms.wanted:
        alarms = api_alarms(system, api, made.api_id, made.stage.stage_name or "")
        Alarms(stack, f"apis.{api.name}", alarms)
        watch_api(stack, system, api)
    SavedQueries(stack, f"apis.{api.name}", of_api(api), [made])
    stack.give("ApiId", made.api_id, "Id of the API")
    stack.give("Url", made.url, "Where the API answers")
    if api.domain:
        domain = ApiDomain(stack, api.domain, api.name, made.api_id, made.stage)
        if system.alarms.wanted:
            expiry = certificate_alarms(system, api.domain, f"apis.{api.name}", domain.certificate_arn)
            Alarms(stack, f"apis.{api.name}.domain", expiry)
        stack.give("DomainUrl", domain.url, "Where the API answers under its own name")
        stack.give("DomainTarget", domain.target, "What that name has to lead to")
    return stack
