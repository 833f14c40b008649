"""Security events: what an API refused, sent on into a stream, and alarms on sign-ins that fail."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from platform_cli.blueprint.access import KEY_PUT
from platform_cli.blueprint.resolved import ResolvedIdentity, ResolvedStream
from platform_cli.stacks import outputs
from platform_cli.stacks.alarms.guarding import client_alarms
from platform_cli.stacks.constructs.alarms import Alarms
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.pools import UserPool
from platform_cli.stacks.rights import Statement, policy

REFUSED = '{ ($.status = "401") || ($.status = "403") || ($.status = "429") }'
"""Not signed in or a wrong password, no right, too many: the lines of an access log that a stream gets."""


class SecurityEvents(Capability):
    """A subscription of a stream to an API's access log.

    CloudWatch Logs puts lines into a record together, compressed, and spreads records over the shards.

    Args:
        stack: The API's.
        api: Name of the API in the blueprint.
        log_group: Name of its access log's group.
        stream: Where they go.
    """

    def __init__(self, stack: PlatformStack, api: str, log_group: str, stream: ResolvedStream) -> None:
        super().__init__(stack, "SecurityEvents", f"apis.{api}.security_events")
        stream_arn = stack.at.stream(stream.physical_name)
        role = iam.CfnRole(
            self,
            "Role",
            description=f"Lets CloudWatch Logs send what API {api} refused into a stream",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "logs.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        # As the guide of CloudWatch Logs has it («Subscription filters», 2026-11).
                        "Condition": {"StringLike": {"aws:SourceArn": stack.at.arn("logs", "*")}},
                    }
                ],
            },
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="send",
                    policy_document=policy(sending(stack, stream, stream_arn)),
                )
            ],
        )
        self.place(role, "SecurityEventsRole")
        subscription = logs.CfnSubscriptionFilter(
            self,
            "Subscription",
            log_group_name=log_group,
            filter_name="security-events",
            filter_pattern=REFUSED,
            destination_arn=stream_arn,
            distribution="Random",
            role_arn=role.attr_arn,
        )
        self.place(subscription, "SecurityEvents")


def sending(stack: PlatformStack, stream: ResolvedStream, stream_arn: str) -> Iterator[Statement]:
    """What puts records into a stream, under whatever key it is."""
    yield Statement("Send", ("kinesis:PutRecord", "kinesis:PutRecords"), (stream_arn,))
    if stream.encryption == "customer_managed":
        through = {"StringEquals": {"kms:ViaService": stack.at.via("kinesis")}}
        yield Statement("Key", KEY_PUT, (stack.look_up("data", outputs.KEY_ARN),), through)


def watch_clients(stack: PlatformStack, identity: ResolvedIdentity, pool: UserPool) -> None:
    """Alarms on the sign-ins of each client of a user pool."""
    for client in sorted(identity.clients):
        alarms = client_alarms(stack.system, identity, client, pool.pool_id, pool.client_id(client))
        Alarms(stack, f"identity.{identity.name}.clients.{client}", alarms)
