"""The AppConfig containers of the feature flags. Their values are runtime state."""

from __future__ import annotations

from aws_cdk import aws_appconfig as appconfig

from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.variables import FLAGS_PROFILE, flags_application

STRATEGY = "at-once"


class Flags(Capability):
    """Application, environment, profile, and the strategy of a change that reaches everybody at once."""

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
            name=f"{application_name}-{STRATEGY}",
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
