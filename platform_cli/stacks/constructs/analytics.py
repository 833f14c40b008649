"""Applications of Amazon Managed Service for Apache Flink."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws_cdk import App
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisanalyticsv2 as flink
from aws_cdk import aws_logs as logs

from platform_cli.blueprint.resolved import ResolvedAnalytics, ResolvedEnvironment
from platform_cli.stacks import outputs
from platform_cli.stacks.alarms.analytics import analytics_alarms
from platform_cli.stacks.analytics import (
    LOG_STREAM,
    application_arn,
    application_statements,
    log_group_of,
    property_groups,
)
from platform_cli.stacks.constructs.alarms import Alarms
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import Code
from platform_cli.stacks.constructs.logs import log_group
from platform_cli.stacks.constructs.placement import HTTPS, egress_anywhere, egress_to_group, placement_of
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.ordering import by_name
from platform_cli.stacks.rights import policy

if TYPE_CHECKING:
    from platform_cli.package.building import Artifact

_App = flink.CfnApplication


def analytics_stack(app: App, system: ResolvedEnvironment, packages: Mapping[str, Artifact]) -> PlatformStack:
    """SQL over streams: apart from the streams themselves, as it changes far more often."""
    stack = PlatformStack(app, system, "analytics", description=f"SQL over the streams of {system.system}")
    for application in by_name(system.analytics.values()):
        Application(stack, application, packages[application.name])
        if system.alarms.wanted and application.enabled:
            Alarms(stack, f"analytics.{application.name}", analytics_alarms(system, application))
    return stack


class Application(Capability):
    """An application with its log and a role of its own; a deployment starts it, as no template can.

    Args:
        stack: The one of all applications.
        application: What is wanted.
        package: Its zip.
    """

    def __init__(self, stack: PlatformStack, application: ResolvedAnalytics, package: Artifact) -> None:
        origin = f"analytics.{application.name}"
        super().__init__(stack, f"Application-{application.name}", origin)
        name = pascal(application.name)
        code = Code(stack, f"Code-{application.name}", package)
        days = application.log_retention_days
        group = log_group(self, "Log", log_group_of(application), days, f"Log{name}")
        log = logs.CfnLogStream(self, "LogStream", log_group_name=group.ref, log_stream_name=LOG_STREAM)
        self.place(log, f"LogStream{name}")
        role = self._role(application, code)
        self.place(role, f"Role{name}")
        groups = property_groups(application, stack.system, stack.at)
        resource = _App(
            self,
            "Application",
            application_name=application.physical_name,
            application_description=f"{application.name} of {stack.names.prefix}",
            runtime_environment=application.runtime,
            service_execution_role=role.attr_arn,
            application_configuration=_App.ApplicationConfigurationProperty(
                application_code_configuration=_App.ApplicationCodeConfigurationProperty(
                    code_content_type="ZIPFILE",
                    code_content=_App.CodeContentProperty(
                        s3_content_location=_App.S3ContentLocationProperty(
                            bucket_arn=stack.at.bucket(code.bucket), file_key=code.key
                        )
                    ),
                ),
                application_snapshot_configuration=_App.ApplicationSnapshotConfigurationProperty(
                    snapshots_enabled=application.snapshots
                ),
                # What does not start is taken back by AWS, from the snapshot before it.
                application_system_rollback_configuration=_App.ApplicationSystemRollbackConfigurationProperty(
                    rollback_enabled=application.snapshots
                ),
                environment_properties=_App.EnvironmentPropertiesProperty(
                    property_groups=[
                        _App.PropertyGroupProperty(property_group_id=group_id, property_map=dict(values))
                        for group_id, values in groups.items()
                    ]
                ),
                flink_application_configuration=_flink(application),
                vpc_configurations=[self._place_in(application)] if application.network else None,
            ),
            # Looked at only when a running application is changed; the first start is not CloudFormation's.
            run_configuration=_App.RunConfigurationProperty(
                application_restore_configuration=_App.ApplicationRestoreConfigurationProperty(
                    application_restore_type="RESTORE_FROM_LATEST_SNAPSHOT"
                    if application.snapshots
                    else "SKIP_RESTORE_FROM_SNAPSHOT"
                ),
            ),
        )
        self.place(resource, f"Application{name}")
        logging = flink.CfnApplicationCloudWatchLoggingOption(
            self,
            "Logging",
            application_name=resource.ref,
            cloud_watch_logging_option=(
                flink.CfnApplicationCloudWatchLoggingOption.CloudWatchLoggingOptionProperty(
                    log_stream_arn=stack.at.arn(
                        "logs", f"log-group:{log_group_of(application)}:log-stream:{LOG_STREAM}"
                    )
                )
            ),
        )
        logging.add_dependency(log)
        self.place(logging, f"Logging{name}")
        stack.give(f"Application{name}", resource.ref, f"Application {application.name}")

    def _role(self, application: ResolvedAnalytics, code: Code) -> iam.CfnRole:
        stack = self.stack
        statements = application_statements(
            application, stack.system, stack.at, (code.bucket, code.key), stack.look_up
        )
        return iam.CfnRole(
            self,
            "Role",
            description=f"Lets application {application.name} read and write its streams",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "kinesisanalytics.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {
                            "StringEquals": {"aws:SourceAccount": stack.at.account},
                            "ArnEquals": {"aws:SourceArn": application_arn(stack.at, application)},
                        },
                    }
                ],
            },
            # Inline: the application can then never run before it has its rights.
            policies=[iam.CfnRole.PolicyProperty(policy_name="access", policy_document=policy(statements))],
        )

    def _place_in(self, application: ResolvedAnalytics) -> _App.VpcConfigurationProperty:
        """A security group that lets out to Kinesis alone, as far as the network has an endpoint of it."""
        stack, name = self.stack, pascal(application.name)
        assert application.network is not None, "asked only for applications with a network"
        network = stack.system.networks[application.network]
        place_in = placement_of(stack, application.network)
        endpoints: str | None = None
        if "kinesis" not in network.endpoints:
            rules = [egress_anywhere(HTTPS, "to kinesis")]
        elif network.external:
            label = f"to the endpoints of network {network.name}"
            rules = [egress_to_group(group_id, HTTPS, label) for group_id in network.endpoint_group_ids]
        else:
            endpoints = stack.look_up("network", outputs.endpoints_group_id(network.name))
            rules = [egress_to_group(endpoints, HTTPS, f"to the endpoints of network {network.name}")]
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            group_description=f"Application {application.name} of {stack.names.prefix}",
            vpc_id=place_in.vpc_id,
            security_group_egress=rules,
        )
        self.place(group, f"Group{name}")
        if endpoints:
            admission = ec2.CfnSecurityGroupIngress(
                self,
                "Admission",
                description=f"from application {application.name}",
                group_id=endpoints,
                source_security_group_id=group.attr_group_id,
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
            )
            self.place(admission, f"Admission{name}")
        return _App.VpcConfigurationProperty(
            subnet_ids=list(place_in.subnet_ids),
            security_group_ids=[group.attr_group_id, *place_in.group_ids],
        )


def _flink(application: ResolvedAnalytics) -> _App.FlinkApplicationConfigurationProperty:
    return _App.FlinkApplicationConfigurationProperty(
        checkpoint_configuration=_App.CheckpointConfigurationProperty(
            configuration_type="CUSTOM",
            checkpointing_enabled=True,
            checkpoint_interval=application.checkpoint_seconds * 1000,
            min_pause_between_checkpoints=5000,
        ),
        monitoring_configuration=_App.MonitoringConfigurationProperty(
            configuration_type="CUSTOM", log_level=application.log_level.upper(), metrics_level="APPLICATION"
        ),
        parallelism_configuration=_App.ParallelismConfigurationProperty(
            configuration_type="CUSTOM",
            auto_scaling_enabled=application.auto_scaling,
            parallelism=application.parallelism,
            parallelism_per_kpu=application.parallelism_per_kpu,
        ),
    )
