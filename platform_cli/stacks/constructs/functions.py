"""Lambda functions, each with its log and a role of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aws_cdk import AssetHashType, CfnUpdatePolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_s3_assets import Asset
from constructs import Construct

from platform_cli.blueprint.resolved import Architecture, ResolvedFunction, ResolvedService
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.agents import flags_agent
from platform_cli.stacks.constructs.attachments import Attachment
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.logs import log_group
from platform_cli.stacks.constructs.versions import Live
from platform_cli.stacks.logical import composite, pascal
from platform_cli.stacks.releases import hook_statements
from platform_cli.stacks.rights import policy, statements_of
from platform_cli.stacks.variables import LOG_LEVELS, log_level, variables_of

if TYPE_CHECKING:
    from platform_cli.package.building import Artifact

_Function = lambda_.CfnFunction


class Code:
    """An archive in the assembly, and where a deployment puts it.

    Args:
        stack: The stack that uses it.
        name: Id of the construct.
        artifact: The archive; it is copied into the assembly, once for all stacks.
    """

    def __init__(self, stack: PlatformStack, name: str, artifact: Artifact) -> None:
        asset = Asset(
            stack,
            name,
            path=str(artifact.path),
            asset_hash=artifact.sha256,
            asset_hash_type=AssetHashType.CUSTOM,
        )
        self.bucket = asset.s3_bucket_name
        self.key = asset.s3_object_key


class Dependencies(Capability):
    """The third-party packages of a service, for one runtime and architecture, as a layer."""

    def __init__(
        self,
        stack: PlatformStack,
        service: ResolvedService,
        runtime: str,
        architecture: Architecture,
        artifact: Artifact,
    ) -> None:
        super().__init__(stack, f"Layer-{runtime}-{architecture}", f"services.{service.name}")
        code = Code(stack, f"Packages-{runtime}-{architecture}", artifact)
        layer = lambda_.CfnLayerVersion(
            self,
            "Layer",
            layer_name=stack.names.resource(f"{service.name}-dependencies"),
            description=f"Packages of {service.name} for {runtime} on {architecture}",
            compatible_architectures=[architecture],
            compatible_runtimes=[runtime],
            content=lambda_.CfnLayerVersion.ContentProperty(s3_bucket=code.bucket, s3_key=code.key),
        )
        self.place(layer, composite("Layer", runtime, architecture))
        self.arn = layer.ref
        self.key = code.key


class Function(Capability):
    """A function with its log group and its role; the role allows what the blueprint says and no more.

    Args:
        stack: The service's stack.
        function: The function.
        code: The service's code.
        layers: The layers below the code.
        versions: The versions of other functions that this one looks at before they are released, by the
            environment variable that tells it.
    """

    def __init__(
        self,
        stack: PlatformStack,
        function: ResolvedFunction,
        code: Code,
        layers: Sequence[Dependencies],
        versions: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        origin = f"services.{function.service}.functions.{function.name}"
        super().__init__(stack, f"Function-{function.name}", origin)
        name = pascal(function.name)
        log_name = stack.names.log_group(function.service, function.name)
        group = log_group(self, "Log", log_name, function.log_retention_days, f"Log{name}", masked=True)
        self.log_group = group.ref
        role = iam.CfnRole(
            self,
            "Role",
            role_name=stack.names.role(function.service, function.name),
            description=f"Execution role of {function.address}",
            assume_role_policy_document=trust("lambda.amazonaws.com"),
            # Inline: the function can then never run before it has its rights.
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="access",
                    policy_document=policy(
                        (
                            *statements_of(function, stack.system, stack.look_up),
                            *hook_statements(function, stack.system),
                        )
                    ),
                )
            ],
        )
        self.place(role, f"Role{name}")
        attachment = Attachment(stack, function) if function.network else None
        level = log_level(function)
        agent = self._flags_agent(function)
        variables = {**variables_of(function, stack.system, stack.look_up), **versions}
        configuration: dict[str, Any] = {
            "description": f"{function.address} of {stack.names.prefix}",
            "architectures": [function.architecture],
            "environment": _Function.EnvironmentProperty(variables=variables),
            "ephemeral_storage": _Function.EphemeralStorageProperty(size=function.ephemeral_storage_mb),
            "handler": function.handler,
            "kms_key_arn": stack.look_up("data", outputs.KEY_ARN)
            if function.encryption == "customer_managed"
            else None,
            "logging_config": _Function.LoggingConfigProperty(
                application_log_level=LOG_LEVELS.get(level, level),
                log_format="JSON",
                log_group=group.ref,
                # The report of each invocation, which tuning and cost are computed from, is of this level.
                system_log_level="INFO",
            ),
            "memory_size": function.memory_mb,
            "runtime": function.runtime,
            "snap_start": _Function.SnapStartProperty(apply_on="PublishedVersions")
            if function.snap_start
            else None,
            "timeout": function.timeout_seconds,
            "tracing_config": _Function.TracingConfigProperty(
                mode="Active" if function.tracing else "PassThrough"
            ),
            "vpc_config": attachment.config if attachment else None,
        }
        self._resource = _Function(
            self,
            "Function",
            function_name=function.physical_name,
            code=_Function.CodeProperty(s3_bucket=code.bucket, s3_key=code.key),
            layers=[*(layer.arn for layer in layers), *agent] or None,
            reserved_concurrent_executions=function.reserved_concurrency,
            role=role.attr_arn,
            **configuration,
        )
        self.place(self._resource, f"Function{name}")
        self.live: Live | None = None
        if function.published:
            below = [*(layer.key for layer in layers), *agent]
            content = {**configuration, "code": code.key, "layers": below}
            self.live = Live(stack, function, self._resource, content)

    @property
    def own_name(self) -> str:
        """Its name, without an alias."""
        return self._resource.ref

    @property
    def name(self) -> str:
        """What callers name the function by: its name, or the ARN of its alias; they are created after it."""
        return self.live.alias.ref if self.live else self._resource.ref

    @property
    def arn(self) -> str:
        """The ARN that callers use, with the alias where there is one; they are created after it."""
        return self.live.alias.ref if self.live else self._resource.attr_arn

    def release_by(self, update: CfnUpdatePolicy, after: Sequence[Construct]) -> None:
        """Move the alias as a policy says, once what the policy needs is there."""
        assert self.live
        self.live.alias.cfn_options.update_policy = update
        self.live.alias.node.add_dependency(*after)

    def _flags_agent(self, function: ResolvedFunction) -> list[str]:
        """The AppConfig Agent, which answers the handler's questions for flags; the local AWS has its own."""
        system = self.stack.system
        if system.target == "local" or not any(access.kind == "flags" for access in function.access):
            return []
        return [flags_agent(system.region, function.architecture)]


def trust(service: str, **conditions: str) -> dict[str, object]:
    """The trust policy of a role that one service may assume."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if conditions:
        keys = {"source_account": "aws:SourceAccount"}
        statement["Condition"] = {"StringEquals": {keys[key]: value for key, value in conditions.items()}}
    return {"Version": "2012-10-17", "Statement": [statement]}
