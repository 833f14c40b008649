"""Sign-ins that failed, one by one, from CloudTrail into a stream."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from platform_cli.blueprint.resolved import ResolvedIdentity, ResolvedStream
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.pools import UserPool
from platform_cli.stacks.constructs.security_events import sending
from platform_cli.stacks.logical import composite
from platform_cli.stacks.rights import policy

CALLS = (
    "AdminInitiateAuth",
    "AdminRespondToAuthChallenge",
    "InitiateAuth",
    "RespondToAuthChallenge",
)
REFUSALS = (
    "CodeMismatchException",
    "ExpiredCodeException",
    "NotAuthorizedException",
    "PasswordResetRequiredException",
    "TooManyRequestsException",
    "UserNotConfirmedException",
    "UserNotFoundException",
)
"""Errors of these calls that are no fault of ours (service model of cognito-idp, botocore 1.43)."""


class FailedSignIns(Capability):
    """A rule on CloudTrail's events, with a role that may put into the one stream.

    Cognito tells of single sign-ins in CloudTrail, as management events without names and passwords; its own
    log of users' activity belongs to the Plus plan.
    """

    def __init__(
        self, stack: PlatformStack, identity: ResolvedIdentity, pool: UserPool, stream: ResolvedStream
    ) -> None:
        super().__init__(stack, f"FailedSignIns-{identity.name}", f"identity.{identity.name}.security_events")
        stream_arn = stack.at.stream(stream.physical_name)
        role = iam.CfnRole(
            self,
            "Role",
            description=f"Lets EventBridge send failed sign-ins of user pool {identity.name} into a stream",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": stack.at.account}},
                    }
                ],
            },
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="send", policy_document=policy(sending(stack, stream, stream_arn))
                )
            ],
        )
        self.place(role, composite("FailedSignInsRole", identity.name))
        rule = events.CfnRule(
            self,
            "Rule",
            description=f"Failed sign-ins of user pool {identity.name}",
            event_pattern=_pattern([pool.client_id(client) for client in sorted(identity.clients)]),
            targets=[
                events.CfnRule.TargetProperty(
                    id="stream",
                    arn=stream_arn,
                    role_arn=role.attr_arn,
                    kinesis_parameters=events.CfnRule.KinesisParametersProperty(
                        partition_key_path="$.detail.eventID"
                    ),
                )
            ],
        )
        self.place(rule, composite("FailedSignIns", identity.name))


def _pattern(client_ids: list[str]) -> dict[str, object]:
    return {
        "source": ["aws.cognito-idp"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["cognito-idp.amazonaws.com"],
            "eventName": list(CALLS),
            "errorCode": list(REFUSALS),
            # Of an answer to a challenge that nobody can read, CloudTrail may not tell the client.
            "requestParameters": {"clientId": [*client_ids, {"exists": False}]},
        },
    }
