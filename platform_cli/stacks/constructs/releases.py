"""How the aliases of functions move on to new versions."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CfnCodeDeployLambdaAliasUpdate, CfnUpdatePolicy
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, ResolvedService
from platform_cli.stacks.constructs.alarms import Alarms
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import Function, trust
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.releases import (
    application,
    deployment_config,
    looked_at,
    releasing_statements,
    version_variable,
)
from platform_cli.stacks.statements import policy

_Group = codedeploy.CfnDeploymentGroup


class Releases(Capability):
    """How the aliases of a service move to new versions, where more than time decides about it.

    Args:
        stack: The service's stack.
        service: The service.
        functions: Its functions, by name.
        alarms: What watches them, by name of the function; nothing where nobody is told.
    """

    def __init__(
        self,
        stack: PlatformStack,
        service: ResolvedService,
        functions: Mapping[str, Function],
        alarms: Mapping[str, Alarms],
    ) -> None:
        super().__init__(stack, "Releases", f"services.{service.name}")
        released = [model for _, model in sorted(service.functions.items()) if _is_guarded(model)]
        if not released:
            return
        guards = {model.name: _guards(model, alarms.get(model.name)) for model in released}
        self._application = codedeploy.CfnApplication(
            self,
            "Application",
            application_name=application(stack.system, service.name),
            compute_platform="Lambda",
        )
        self.place(self._application, "Releases")
        watched = tuple(sorted({name for names in guards.values() for name in names.values()}))
        self._role = iam.CfnRole(
            self,
            "Role",
            description=f"Lets CodeDeploy release the functions of {service.name}",
            assume_role_policy_document=trust("codedeploy.amazonaws.com"),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="release",
                    policy_document=policy(releasing_statements(service, stack.system, watched)),
                )
            ],
        )
        self.place(self._role, "ReleasesRole")
        for model in released:
            group = _DeploymentGroup(
                stack, model, self._application.ref, self._role, tuple(guards[model.name].values())
            )
            for rule in guards[model.name]:
                # CodeDeploy refuses to look at an alarm that is not there.
                group.node.add_dependency(alarms[model.name].node.find_child(f"{model.address}-{rule}"))
            hooks = [functions[hook] for hook in _hooks(model) if hook]
            functions[model.name].release_by(group.policy, hooks)


class _DeploymentGroup(Capability):
    """How one function is released."""

    def __init__(
        self,
        stack: PlatformStack,
        model: ResolvedFunction,
        application_name: str,
        role: iam.CfnRole,
        alarms: tuple[str, ...],
    ) -> None:
        origin = f"services.{model.service}.functions.{model.name}.release"
        super().__init__(stack, f"Release-{model.name}", origin)
        assert model.release
        events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"]
        group = _Group(
            self,
            "Group",
            application_name=application_name,
            deployment_group_name=model.name,
            deployment_config_name=deployment_config(model.release.strategy),
            deployment_style=_Group.DeploymentStyleProperty(
                deployment_option="WITH_TRAFFIC_CONTROL", deployment_type="BLUE_GREEN"
            ),
            service_role_arn=role.attr_arn,
            auto_rollback_configuration=_Group.AutoRollbackConfigurationProperty(
                enabled=True, events=[*events, "DEPLOYMENT_STOP_ON_ALARM"] if alarms else events
            ),
            alarm_configuration=_Group.AlarmConfigurationProperty(
                enabled=True, alarms=[_Group.AlarmProperty(name=name) for name in alarms]
            )
            if alarms
            else None,
        )
        self.place(group, f"Release{pascal(model.name)}")
        before, after = (
            stack.names.function(model.service, hook) if hook else None for hook in _hooks(model)
        )
        self.policy = CfnUpdatePolicy(
            code_deploy_lambda_alias_update=CfnCodeDeployLambdaAliasUpdate(
                application_name=application_name,
                deployment_group_name=group.ref,
                before_allow_traffic_hook=before,
                after_allow_traffic_hook=after,
            )
        )


def versions_for(
    hook: ResolvedFunction, system: ResolvedEnvironment, made: Mapping[str, Function]
) -> dict[str, str]:
    """The versions that a function looks at before they are released, by environment variable."""
    return {
        version_variable(model): live.version.ref
        for model in looked_at(hook, system)
        if (live := made[model.name].live)
    }


def _hooks(model: ResolvedFunction) -> tuple[str | None, str | None]:
    return (model.release.pre_traffic, model.release.post_traffic) if model.release else (None, None)


def _is_guarded(model: ResolvedFunction) -> bool:
    return model.release is not None and model.release.guarded


def _guards(model: ResolvedFunction, alarms: Alarms | None) -> dict[str, str]:
    """The alarms that take a release of the function back: their names, by rule."""
    wanted = model.release.alarms if model.release else ()
    made = sorted(alarms.made if alarms else (), key=lambda alarm: alarm.name)
    return {a.rule.name: a.name for a in made if a.subject.name == model.address and a.rule.name in wanted}
