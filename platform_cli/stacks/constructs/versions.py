"""Published versions of a function, the alias that its callers use, and what keeps that warm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_lambda as lambda_

from platform_cli.blueprint.resolved import LIVE, ResolvedFunction, ResolvedProvisioned
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import pascal

_Policy = scaling.CfnScalingPolicy


class Live(Capability):
    """The newest version of a function, and the alias that leads to it.

    A version is a copy and never changes, so its logical id holds a hash of what it is a copy of: the same
    function again makes no version, and Lambda would refuse to publish one.

    Args:
        stack: The service's stack.
        model: The function.
        function: Its resource.
        content: All that Lambda copies into a version, as the resource has it; what the resource only refers
            to stands in it by its own content.
    """

    def __init__(
        self,
        stack: PlatformStack,
        model: ResolvedFunction,
        function: lambda_.CfnFunction,
        content: Mapping[str, Any],
    ) -> None:
        origin = f"services.{model.service}.functions.{model.name}"
        super().__init__(stack, f"Live-{model.name}", origin)
        name = pascal(model.name)
        self.version = lambda_.CfnVersion(self, "Version", function_name=function.ref)
        text = json.dumps(stack.resolve(content), sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:12].upper()
        self.place(self.version, f"Version{name}{digest}")
        provisioned = model.provisioned_concurrency
        self.alias = lambda_.CfnAlias(
            self,
            "Alias",
            function_name=function.ref,
            function_version=self.version.attr_version,
            name=LIVE,
            provisioned_concurrency_config=lambda_.CfnAlias.ProvisionedConcurrencyConfigurationProperty(
                provisioned_concurrent_executions=provisioned.min
            )
            if provisioned
            else None,
        )
        self.place(self.alias, f"Alias{name}")
        if provisioned and provisioned.max > provisioned.min:
            self._scale(model, provisioned)

    def _scale(self, model: ResolvedFunction, provisioned: ResolvedProvisioned) -> None:
        """Follow the load between the limits; as few as the least are the alias's own."""
        target = scaling.CfnScalableTarget(
            self,
            "Target",
            service_namespace="lambda",
            scalable_dimension="lambda:function:ProvisionedConcurrency",
            resource_id=f"function:{model.called_name}",
            min_capacity=provisioned.min,
            max_capacity=provisioned.max,
        )
        target.add_dependency(self.alias)
        self.place(target, f"Scaling{pascal(model.name)}")
        tracking = _Policy(
            self,
            "Policy",
            policy_name=f"{model.physical_name}-concurrency",
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=_Policy.TargetTrackingScalingPolicyConfigurationProperty(
                target_value=provisioned.target_percent / 100,
                predefined_metric_specification=_Policy.PredefinedMetricSpecificationProperty(
                    predefined_metric_type="LambdaProvisionedConcurrencyUtilization"
                ),
            ),
        )
        self.place(tracking, f"ScalingPolicy{pascal(model.name)}")
