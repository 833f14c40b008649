"""The AppConfig containers of the feature flags. Their values are runtime state."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_appconfig as appconfig
from aws_cdk import aws_iam as iam

from platform_cli.stacks.alarms.flags import monitored
from platform_cli.stacks.alarms.watching import data_alarms
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import trust
from platform_cli.stacks.rights import Statement, policy
from platform_cli.stacks.variables import FLAGS_PROFILE, flags_application

_Environment = appconfig.CfnEnvironment


class Flags(Capability):
    """Application, environment, profile, and how changes reach everybody.

    There is always a strategy for all at once, by which the first flags come: nobody has any yet, and alarms
    that were made just before have insufficient data, which would take a deployment back.
    """

    def __init__(self, stack: PlatformStack) -> None:
        super().__init__(stack, "Flags", "flags")
        application_name = flags_application(stack.system)
        self._application = appconfig.CfnApplication(self, "Application", name=application_name)
        self._environment = appconfig.CfnEnvironment(
            self,
            "Environment",
            application_id=self._application.ref,
            name=stack.system.environment,
            deletion_protection_check="APPLY" if stack.system.protect else "BYPASS",
            monitors=self._monitors(monitored(stack.system, data_alarms(stack.system))) or None,
        )
        self._profile = appconfig.CfnConfigurationProfile(
            self,
            "Profile",
            application_id=self._application.ref,
            name=FLAGS_PROFILE,
            location_uri="hosted",
            type="AWS.AppConfig.FeatureFlags",
            deletion_protection_check="APPLY" if stack.system.protect else "BYPASS",
        )
        self._strategy = appconfig.CfnDeploymentStrategy(
            self,
            "Strategy",
            name=stack.names.flags_strategy(own=False),
            description="Everybody at once, without a time of observation",
            deployment_duration_in_minutes=0,
            final_bake_time_in_minutes=0,
            growth_factor=100,
            growth_type="LINEAR",
            replicate_to="NONE",
        )
        self.place(self._application, "FlagsApplication", keeps_data=True)
        self.place(self._environment, "FlagsEnvironment", keeps_data=True)
        self.place(self._profile, "FlagsProfile", keeps_data=True)
        self.place(self._strategy, "FlagsStrategy")
        if stack.system.flags_release.own:
            self._release()

    def _release(self) -> None:
        release = self.stack.system.flags_release
        strategy = appconfig.CfnDeploymentStrategy(
            self,
            "Release",
            name=self.stack.names.flags_strategy(own=True),
            description="How changes of flags reach everybody",
            deployment_duration_in_minutes=release.minutes,
            final_bake_time_in_minutes=release.bake_minutes,
            growth_factor=release.percent,
            growth_type="EXPONENTIAL" if release.strategy == "exponential" else "LINEAR",
            replicate_to="NONE",
        )
        self.place(strategy, "FlagsReleaseStrategy")

    def _monitors(self, alarms: Sequence[str]) -> list[_Environment.MonitorsProperty]:
        if not alarms:
            return []
        arns = tuple(self.stack.at.arn("cloudwatch", f"alarm:{name}") for name in alarms)
        role = iam.CfnRole(
            self,
            "AlarmRole",
            description="Lets AppConfig look at the alarms that take a change of flags back",
            assume_role_policy_document=trust("appconfig.amazonaws.com"),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="look",
                    # The guide of AppConfig writes `*`; alarms on metrics can be named, composite ones not
                    # (Service Authorization Reference, DescribeAlarms, 2026-11).
                    policy_document=policy((Statement("Look", ("cloudwatch:DescribeAlarms",), arns),)),
                )
            ],
        )
        self.place(role, "FlagsAlarmRole")
        return [_Environment.MonitorsProperty(alarm_arn=arn, alarm_role_arn=role.attr_arn) for arn in arns]

    @property
    def application_id(self) -> str:
        """Id of the application."""
        return self._application.ref

    @property
    def environment_id(self) -> str:
        """Id of the environment."""
        return self._environment.attr_environment_id

    @property
    def profile_id(self) -> str:
        """Id of the configuration profile."""
        return self._profile.attr_configuration_profile_id

    @property
    def strategy_id(self) -> str:
        """Id of the deployment strategy."""
        return self._strategy.ref
