"""Every `*` that a policy of ours may allow: one list, each with the reason why nothing narrower would do.

The tests hold all policies of all templates to it, and the findings of cdk-nag about wildcards are
acknowledged by it alone. Denials are not in it: those may say more.

One `*` is written after synthesis and stands in no template for AWS: `local.policies.admit_reads_of_settings`
lets a role that may read settings by path call `ssm:GetParameters` and `ssm:GetParametersByPath` at all on
the local AWS. That asks IAM for these calls on the resource `*`, which nothing narrower matches. A test in
tests/local holds that adapting adds no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

_FUNCTIONS = ("*-service-*/Function-*/Role",)
_APPLICATIONS = ("*-analytics/Application-*/Role",)
_ENDPOINTS = frozenset({"AWS::EC2::VPCEndpoint"})
_BACKUPS = ("*-data/Backup-*/Role",)

UNRESTRICTABLE = frozenset(
    {
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "secretsmanager:GetRandomPassword",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)
"""The actions whose only resource is `*`: AWS X-Ray has no resource that a segment belongs to, EC2 describes
what is in an account, or not at all, and a random password belongs to no secret yet.

Service Authorization Reference, November 2026. Nothing else that this tool writes may have the resource `*`.
"""


@dataclass(frozen=True)
class Wildcard:
    """An action or a resource with a `*` in it.

    Attributes:
        part: Which of the two it is.
        pattern: A regular expression for the whole of it.
        reason: Why nothing narrower would do.
        roles: The roles that may have it, as `acknowledged.Acknowledgement.constructs` has them; or none.
        policies: The other kinds of resources whose policies may have it.
        actions: The only actions that the resource may stand beside; all if it is empty.
    """

    part: Literal["Action", "Resource"]
    pattern: str
    reason: str
    roles: tuple[str, ...] = ()
    policies: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()

    def covers(self, part: str, text: str, kind: str, actions: Collection[str]) -> bool:
        """Whether an action or a resource of a statement is this one.

        Args:
            part: `Action` or `Resource`.
            text: The action or the resource.
            kind: The type of the CloudFormation resource that the policy is of.
            actions: All actions of the statement.
        """
        kinds = self.policies | ({"AWS::IAM::Role"} if self.roles else frozenset())
        beside = not self.actions or set(actions) <= self.actions
        return part == self.part and kind in kinds and beside and bool(re.fullmatch(self.pattern, text))


WILDCARDS: tuple[Wildcard, ...] = (
    # --- actions ---------------------------------------------------------------------------------
    Wildcard(
        "Action",
        r"kms:(GenerateDataKey|ReEncrypt)\*",
        "Both forms of the one action, on one key and through one service, as the CDK's own grants have it.",
        roles=(*_FUNCTIONS, *_BACKUPS, "*-api-*/SecurityEvents/Role", "*-identity/FailedSignIns-*/Role"),
        policies=frozenset({"AWS::KMS::Key"}),
    ),
    # --- resources of roles ----------------------------------------------------------------------
    Wildcard(
        "Resource",
        r"\*",
        "Only actions that know no resource have it: `wildcards.UNRESTRICTABLE`, which a test holds the "
        "roles to.",
        roles=(*_FUNCTIONS, *_APPLICATIONS),
        policies=_ENDPOINTS,
        actions=UNRESTRICTABLE,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:secretsmanager:[^:]+:\d+:secret:rds!cluster-\*",
        "The masters' secrets, which RDS names as it makes them: the endpoint stands before the databases, "
        "and each role behind it names one.",
        policies=_ENDPOINTS,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:logs:[^:]+:\d+:log-group:[^:*]+:\*",
        "The streams of one log group, which Lambda, Flink and networks name as they make them.",
        roles=(*_FUNCTIONS, *_APPLICATIONS, "*-network/Network-*/FlowLogRole"),
    ),
    Wildcard(
        "Resource",
        r"arn:aws:logs:[^:]+:\d+:log-group:\*",
        "Managed Service for Apache Flink looks for its log group by listing groups, and a list has no name "
        "yet; it may write into its own stream alone.",
        roles=_APPLICATIONS,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:dynamodb:[^:]+:\d+:table/[^/*]+/index/\*",
        "All indexes of one table, where the line of `access` does not name some; indexes carry the "
        "table's items.",
        roles=_FUNCTIONS,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:dynamodb:[^:]+:\d+:table/[^/*]+/stream/\*",
        "The stream of one table, which DynamoDB names by the time at which it was made: a table has one.",
        roles=_FUNCTIONS,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:kinesis:[^:]+:\d+:stream/[^/*]+/consumer/[^/*]+:\*",
        "One consumer of one stream, which Kinesis names by the time at which it was registered.",
        roles=_FUNCTIONS,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:s3:::[^/*]+/[^*]*\*",
        "The objects of one bucket, or those below a prefix that the line of `access` names, for who has "
        "`access` to the bucket or copies it: names come with use.",
        roles=(*_FUNCTIONS, "*-data/Replication-*/Role"),
    ),
    Wildcard(
        "Resource",
        r"arn:aws:ssm:[^:]+:\d+:parameter/[^*]+/\*",
        "The settings of one group: the blueprint gives access by group, and settings come and go "
        "without a deployment.",
        roles=_FUNCTIONS,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:(dynamodb:[^:]+:\d+:table/[^/*]+/backup/"
        r"|backup:[^:]+:\d+:recovery-point:|rds:[^:]+:\d+:cluster-snapshot:awsbackup:)\*",
        "Backups and recovery points, which AWS numbers as it makes them: for the role of a backup plan, "
        "which copies them and deletes those that are old.",
        roles=_BACKUPS,
    ),
    Wildcard(
        "Resource",
        r"arn:aws:lambda:[^:]+:\d+:function:[^:*]+:\*",
        "The versions of one function, which Lambda numbers as it publishes them: for CodeDeploy, which "
        "moves its alias, and for the hooks that call a version before anybody else does.",
        roles=("*-service-*/Releases/Role", *_FUNCTIONS),
    ),
    Wildcard(
        "Resource",
        r"arn:aws:ec2:[^:]+:\d+:\*/\*",
        "The network interfaces of functions in a network, subnets and groups: Lambda asks for the rights on "
        "all kinds of resources of the account's EC2, and does not reach the network with less.",
        roles=(*_FUNCTIONS, *_APPLICATIONS),
    ),
    # --- resources of other policies -------------------------------------------------------------
    Wildcard(
        "Resource",
        r"\*",
        "In the policy of a key, this is the key itself, which has no other name there.",
        policies=frozenset({"AWS::KMS::Key"}),
    ),
    Wildcard(
        "Resource",
        r"arn:aws:s3:::[^/*]+/([^*]+/)?\*",
        "The objects of the bucket whose policy it is, or those below one prefix: their names come with use.",
        policies=frozenset({"AWS::S3::BucketPolicy"}),
    ),
    Wildcard(
        "Resource",
        r"execute-api:/\*",
        "All of the API whose policy it is: who may call which route is said by its authorizer.",
        policies=frozenset({"AWS::ApiGateway::RestApi"}),
    ),
)
"""In the order of a reader: actions, then what roles may use, then what others may do with one thing."""
