"""How many requests to a REST API are traced."""

from __future__ import annotations

import hashlib

from aws_cdk import aws_xray as xray

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedSampling
from platform_cli.stacks.constructs.base import Capability, PlatformStack

PRIORITY = 1000
"""Before X-Ray's own rule, which is the last, and behind those that somebody makes by hand for a while."""
_LONGEST_NAME = 32
_DIGEST = 8


class SamplingRule(Capability):
    """The rule by which the stage of an API decides; whatever the request leads to follows its decision.

    Args:
        stack: The API's stack.
        api: An API of kind `rest`.
        stage: Name of its stage.
        sampling: What the environment says.
    """

    def __init__(
        self, stack: PlatformStack, api: ResolvedApi, stage: str, sampling: ResolvedSampling
    ) -> None:
        super().__init__(stack, f"Sampling-{api.name}", "tracing.sampling")
        rule = xray.CfnSamplingRule(
            self,
            "Rule",
            sampling_rule=xray.CfnSamplingRule.SamplingRuleProperty(
                rule_name=rule_name(api.physical_name),
                priority=PRIORITY,
                reservoir_size=sampling.per_second,
                fixed_rate=sampling.percent / 100,
                # API Gateway's names of itself («X-Ray sampling rules for API Gateway», November 2026).
                service_name=f"{api.physical_name}/{stage}",
                service_type="AWS::ApiGateway::Stage",
                host="*",
                http_method="*",
                url_path="*",
                resource_arn="*",
                version=1,
            ),
        )
        self.place(rule, "Sampling")


def rule_name(api: str) -> str:
    """The name of an API, as short as X-Ray wants it; two never become the same."""
    if len(api) <= _LONGEST_NAME:
        return api
    digest = hashlib.sha256(api.encode()).hexdigest()[:_DIGEST]
    return f"{api[: _LONGEST_NAME - _DIGEST - 1]}-{digest}"
