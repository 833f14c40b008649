"""The findings of cdk-nag's AwsSolutions that stand, each with its reason and the constructs that it is for.

One list for all stacks, by the finding's id and the construct's path. It is data and not a call of the CDK's
`acknowledge`: that refuses ids which hold an ARN, and the tool itself does not need cdk-nag. The tests run
the rules over the example, each blueprint and systems of their own; a finding that is not here fails them,
on whatever construct, and so does a line here that nothing needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from platform_cli.stacks.wildcards import WILDCARDS, Wildcard


@dataclass(frozen=True)
class Acknowledgement:
    """Findings that stand.

    Attributes:
        finding: A regular expression for the whole id of a finding: `AwsSolutions-IAM5[Resource::*]`.
        constructs: Where they stand: paths of constructs, `STACK/CAPABILITY/RESOURCE`, in which `*` is any
            text without `/`.
        reason: Why they stand.
    """

    finding: str
    constructs: tuple[str, ...]
    reason: str

    def covers(self, finding: str, construct: str) -> bool:
        """Whether a finding on a construct is one of these."""
        return re.fullmatch(self.finding, finding) is not None and any(
            matches(pattern, construct) for pattern in self.constructs
        )


def matches(pattern: str, construct: str) -> bool:
    """Whether the path of a construct has the form of a pattern, part by part."""
    wanted, found = pattern.split("/"), construct.split("/")
    return len(wanted) == len(found) and all(map(fnmatchcase, found, wanted))


def _of(wildcard: Wildcard) -> Acknowledgement:
    finding = rf"AwsSolutions-IAM5\[{wildcard.part}::{wildcard.pattern}\]"
    return Acknowledgement(finding, wildcard.roles, wildcard.reason)


ACKNOWLEDGED: tuple[Acknowledgement, ...] = (
    *(_of(wildcard) for wildcard in WILDCARDS if wildcard.roles),
    Acknowledgement(
        r"AwsSolutions-IAM4\[Policy::arn:aws:iam::aws:policy/service-role/"
        r"AmazonAPIGatewayPushToCloudWatchLogs\]",
        ("*-api-*/Api-*/LogsRole",),
        "API Gateway checks the role of an account against this policy of AWS, and takes it for all logs of "
        "all REST APIs.",
    ),
    Acknowledgement(
        r"AwsSolutions-IAM4\[Policy::arn:aws:iam::aws:policy/service-role/"
        r"AWSBackupServiceRolePolicyForBackup\]",
        ("*-data/Backup-*/Role",),
        "A plan that takes in what the blueprint does not declare may back up whatever type that is: AWS "
        "keeps what each type needs in this policy.",
    ),
    # --- queues and streams ----------------------------------------------------------------------
    Acknowledgement(
        "AwsSolutions-SQS3",
        ("*-events/Queue-*/Queue",),
        "Every queue has a dead-letter queue by default; for those without one the blueprint says "
        "`dead_letter: null`, and `validate` tells what that means.",
    ),
    Acknowledgement(
        "AwsSolutions-SQS3",
        ("*-service-*/Triggers-*/Failures",),
        "It holds what failed already: the end of the way, with an alarm on it.",
    ),
    Acknowledgement(
        "AwsSolutions-SQS4",
        ("*-events/Queue-*/Queue", "*-events/Queue-*/DeadLetters", "*-service-*/Triggers-*/Failures"),
        "No policy admits anybody from outside of the account but services of AWS, which speak TLS, as do "
        "the SDKs in functions. The local AWS speaks http, and a denial would have to be taken out there.",
    ),
    Acknowledgement(
        "AwsSolutions-KDS3",
        ("*-data/Stream-*/Stream",),
        "A stream is under the environment's own key where the blueprint asks for that: a key that AWS "
        "manages has no policy of ours, and cannot be switched off.",
    ),
    # --- secrets and users -----------------------------------------------------------------------
    Acknowledgement(
        "AwsSolutions-SMG4",
        ("*-data/Secret-*/Secret", "*-databases/Secret-*/Secret"),
        "A secret rotates where the blueprint says `rotation`: only its owner knows who reads it, and "
        "who copes.",
    ),
    Acknowledgement(
        "AwsSolutions-SMG4",
        ("*-firewalls/OriginSecret-*/Secret",),
        "The header by which an API knows its CDN: a new value would be refused until both have it, and "
        "nobody but the two ever sees it.",
    ),
    Acknowledgement(
        "AwsSolutions-COG1",
        ("*-identity/Pool-*/Pool",),
        "The blueprint decides what passwords must have. Length counts more than symbols (NIST SP "
        "800-63B), so symbols are not asked for by default.",
    ),
    Acknowledgement(
        "AwsSolutions-COG2",
        ("*-identity/Pool-*/Pool",),
        "A second factor is the blueprint's to ask for (`mfa: required`): customers of a shop would "
        "not come back.",
    ),
    Acknowledgement(
        "AwsSolutions-COG8",
        ("*-identity/Pool-*/Pool",),
        "Cognito's plus plan costs for every user who signs in; nobody shall pay it without saying so.",
    ),
    # --- functions and networks ------------------------------------------------------------------
    Acknowledgement(
        "AwsSolutions-L1",
        ("*-service-*/Function-*/Function",),
        "The blueprint names the runtime; a new one is a change that its tests must see first.",
    ),
    Acknowledgement(
        "AwsSolutions-VPC7",
        ("*-network/Network-*/Vpc",),
        "Flow logs are on by default; the blueprint takes them away (`flow_logs: false`) where nobody reads "
        "them.",
    ),
    # --- databases, caches, buckets --------------------------------------------------------------
    Acknowledgement(
        "AwsSolutions-RDS10",
        ("*-databases/Database-*/Cluster",),
        "Databases refuse deletion in protected environments; elsewhere everything goes with its stack.",
    ),
    Acknowledgement(
        "AwsSolutions-AEC4",
        ("*-databases/Cache-*/Nodes",),
        "In protected environments a cache has a node in another zone; elsewhere that is the blueprint's to "
        "ask for (`multi_az: true`), as it doubles the price of what may be lost.",
    ),
    Acknowledgement(
        "AwsSolutions-AEC5",
        ("*-databases/Cache-*/Nodes",),
        "Who is let in is decided by security groups and logins, not by an unusual port, which clients would "
        "have to know.",
    ),
    Acknowledgement(
        "AwsSolutions-AEC6",
        ("*-databases/Cache-*/Nodes",),
        "The rule knows only the shared token of Redis; users here log in by IAM, each connection with a "
        "token of its own.",
    ),
    Acknowledgement(
        "AwsSolutions-S1",
        ("*-balancer-*/Logs/Bucket",),
        "It holds nothing but the load balancer's log; a log of who reads logs would have to go on without "
        "end.",
    ),
    Acknowledgement(
        "AwsSolutions-S1",
        ("*-data/Bucket-*/Bucket",),
        "Requests are recorded in protected environments, unless the blueprint says `access_log: false`; "
        "elsewhere where it says `access_log: true`.",
    ),
    Acknowledgement(
        "AwsSolutions-S1",
        ("*-recovery-*/BucketCopy-*/Bucket",),
        "Nobody but S3 writes to a copy, and handlers know only the original, whose requests are recorded.",
    ),
    Acknowledgement(
        "AwsSolutions-S10",
        ("*-data/Bucket-*/Policy", "*-data/AccessLog/Policy", "*-recovery-*/BucketCopy-*/Policy"),
        "The rule looks for the bucket's logical id in the policy, which names the bucket by its ARN; on the "
        "bucket itself the same rule finds the denial.",
    ),
    # --- APIs and the edge -----------------------------------------------------------------------
    Acknowledgement(
        "AwsSolutions-APIG2",
        ("*-api-*/Api-*/Api",),
        "The rule looks for a resource; the validators are in the API's OpenAPI body, on each route that has "
        "a model or headers.",
    ),
    Acknowledgement(
        "AwsSolutions-APIG3",
        ("*-api-*/Api-*/Stage",),
        "A firewall before a REST API is the blueprint's to ask for (`firewall`): it costs by the month.",
    ),
    Acknowledgement(
        "AwsSolutions-APIG6",
        ("*-api-*/Api-*/Stage",),
        "The access log says of every request how it ended and why; what an execution log adds may name "
        "persons.",
    ),
    Acknowledgement(
        "AwsSolutions-CFR1",
        ("*-cdn-*/Cdn-*/Distribution",),
        "Countries are the business of the CDN's firewall (`blocked_countries`), which can count first.",
    ),
    Acknowledgement(
        "AwsSolutions-EC23",
        ("*-balancer-*/Balancer-*/Group",),
        "Everybody may reach a load balancer, on 80 to be led to 443; who may not is said by its firewall.",
    ),
)
"""In the order of a reader: roles first."""
