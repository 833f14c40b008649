"""The findings of cdk-nag's AwsSolutions that stand, each with its reason.

One list for all stacks, by the finding's id. It is data and not a call of the CDK's `acknowledge`: that
refuses ids which hold an ARN, and the tool itself does not need cdk-nag. The tests run the rules over the
example, each blueprint and systems of their own; a finding that is not here fails them, and so does a line
here that nothing needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Acknowledgement:
    """Findings that stand.

    Attributes:
        finding: A regular expression for the whole id of a finding: `AwsSolutions-IAM5[Resource::*]`.
        reason: Why they stand.
    """

    finding: str
    reason: str

    def covers(self, finding: str) -> bool:
        """Whether a finding is one of these."""
        return re.fullmatch(self.finding, finding) is not None


def _wildcard(resource: str) -> str:
    return rf"AwsSolutions-IAM5\[Resource::{resource}\]"


ACKNOWLEDGED: tuple[Acknowledgement, ...] = (
    Acknowledgement(
        _wildcard(r"\*"),
        "Only actions that know no resource have it: `rights.UNRESTRICTABLE`, which a test holds the "
        "roles to.",
    ),
    Acknowledgement(
        _wildcard(r"arn:aws:logs:[^:]+:\d+:log-group:[^:*]+:\*"),
        "The streams of one log group, which Lambda names as it makes them.",
    ),
    Acknowledgement(
        _wildcard(r"arn:aws:dynamodb:[^:]+:\d+:table/[^/*]+/index/\*"),
        "All indexes of one table, where the line of `access` does not name some; indexes carry the "
        "table's items.",
    ),
    Acknowledgement(
        _wildcard(r"arn:aws:dynamodb:[^:]+:\d+:table/[^/*]+/stream/\*"),
        "The stream of one table, which DynamoDB names by the time at which it was made: a table has one.",
    ),
    Acknowledgement(
        _wildcard(r"arn:aws:ssm:[^:]+:\d+:parameter/[^*]+/\*"),
        "The settings of one group: the blueprint gives access by group, and settings come and go "
        "without a deployment.",
    ),
    Acknowledgement(
        _wildcard(
            r"arn:aws:(dynamodb:[^:]+:\d+:table/[^/*]+/backup/"
            r"|backup:[^:]+:\d+:recovery-point:|rds:[^:]+:\d+:cluster-snapshot:awsbackup:)\*"
        ),
        "Backups and recovery points, which AWS numbers as it makes them: for the role of a backup plan, "
        "which copies them and deletes those that are old.",
    ),
    Acknowledgement(
        _wildcard(r"arn:aws:lambda:[^:]+:\d+:function:[^:*]+:\*"),
        "The versions of one function, which Lambda numbers as it publishes them: for CodeDeploy, which "
        "moves its alias, and for the hooks that call a version before anybody else does.",
    ),
    Acknowledgement(
        r"AwsSolutions-IAM5\[Action::kms:(GenerateDataKey|ReEncrypt)\*\]",
        "Both forms of the one action, on one key and through one service, as the CDK's own grants have it.",
    ),
    Acknowledgement(
        r"AwsSolutions-SQS3",
        "Every queue has a dead-letter queue by default. Those without one hold what failed already: the "
        "queues of failures, and those for which the blueprint says `dead_letter: null`.",
    ),
    Acknowledgement(
        r"AwsSolutions-SMG4",
        "A secret rotates where the blueprint says `rotation`: only its owner knows who reads it, and "
        "who copes.",
    ),
    Acknowledgement(
        r"AwsSolutions-COG1",
        "The blueprint decides what passwords must have. Length counts more than symbols (NIST SP "
        "800-63B), so symbols are "
        "not asked for by default.",
    ),
    Acknowledgement(
        r"AwsSolutions-COG2",
        "A second factor is the blueprint's to ask for (`mfa: required`): customers of a shop would "
        "not come back.",
    ),
    Acknowledgement(
        r"AwsSolutions-COG8",
        "Cognito's plus plan costs for every user who signs in; nobody shall pay it without saying so.",
    ),
    Acknowledgement(
        r"AwsSolutions-SQS4",
        "No policy admits anybody from outside of the account but services of AWS, which speak TLS, as "
        "do the SDKs in "
        "functions. The local AWS speaks http, and a denial would have to be taken out there.",
    ),
    Acknowledgement(
        r"AwsSolutions-L1",
        "The blueprint names the runtime; a new one is a change that its tests must see first.",
    ),
    Acknowledgement(
        _wildcard(r"arn:aws:ec2:[^:]+:\d+:\*/\*"),
        "The network interfaces of functions in a network, subnets and groups: Lambda asks for the rights on "
        "all kinds of resources of the account's EC2, and does not reach the network with less.",
    ),
    Acknowledgement(
        r"AwsSolutions-VPC7",
        "Flow logs are on by default; the blueprint takes them away (`flow_logs: false`) where nobody reads "
        "them.",
    ),
    Acknowledgement(
        r"AwsSolutions-RDS10",
        "Databases refuse deletion in protected environments; elsewhere everything goes with its stack.",
    ),
    Acknowledgement(
        r"AwsSolutions-AEC4",
        "A second zone is the blueprint's to ask for (`multi_az: true`): it doubles the price of a cache, "
        "whose content may be lost.",
    ),
    Acknowledgement(
        r"AwsSolutions-AEC5",
        "Who is let in is decided by security groups and logins, not by an unusual port, which clients would "
        "have to know.",
    ),
    Acknowledgement(
        r"AwsSolutions-AEC6",
        "The rule knows only the shared token of Redis; users here log in by IAM, each connection with a "
        "token of its own.",
    ),
    Acknowledgement(
        _wildcard(r"arn:aws:logs:[^:]+:\d+:log-group:\*"),
        "Managed Service for Apache Flink looks for its log group by listing groups, and a list has no name "
        "yet; it may write into its own stream alone.",
    ),
    Acknowledgement(
        r"AwsSolutions-APIG2",
        "The rule looks for a resource; the validators are in the API's OpenAPI body, on each route that has "
        "a model or headers.",
    ),
    Acknowledgement(
        r"AwsSolutions-APIG6",
        "The access log says of every request how it ended and why; what an execution log adds may name "
        "persons.",
    ),
    Acknowledgement(
        r"AwsSolutions-IAM4\[Policy::arn:aws:iam::aws:policy/service-role/"
        r"AmazonAPIGatewayPushToCloudWatchLogs\]",
        "API Gateway checks the role of an account against this policy of AWS, and takes it for all logs of "
        "all REST APIs.",
    ),
    Acknowledgement(
        r"AwsSolutions-CFR1",
        "Countries are the business of the CDN's firewall (`blocked_countries`), which can count first.",
    ),
    Acknowledgement(
        r"AwsSolutions-EC23",
        "Everybody may reach a load balancer, on 80 to be led to 443; who may not is said by its firewall.",
    ),
    Acknowledgement(
        r"AwsSolutions-S1",
        "The bucket of a load balancer's log holds nothing but that log; a log of who reads logs would have "
        "to go on without end. All other buckets have one, unless the blueprint says `access_log: false`.",
    ),
    Acknowledgement(
        "AwsSolutions-KDS3",
        "A stream is under the environment's own key where the blueprint asks for that: a key that AWS "
        "manages has no policy of ours, and cannot be switched off.",
    ),
)
"""In the order of a reader: roles first."""
