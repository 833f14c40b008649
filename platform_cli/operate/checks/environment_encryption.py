"""Data that is not encrypted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, SLOW_SECONDS, Check, Need, Result, failure, ok, skipped
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.operate.doctor.context import Context

_NAMES_AT_ONCE = 50
"""That a filter of DescribeParameters takes (Systems Manager API reference, November 2026)."""


def check_encryption(context: Context) -> Result:
    """Ask each service whether it encrypts what belongs to the system, in every region."""
    from platform_cli.operate.doctor.looking import Look, look_at

    seen = look_at(context, (Look(*look) for look in _LOOKS))
    settings, plain = _settings(context)
    found = (*seen.found, *plain)
    looked = seen.looked + settings
    if found:
        return failure(
            "data is not encrypted",
            *found,
            *seen.unseen,
            consequence="who gets at the storage reads it, and audits fail",
            mend=f"see whether somebody changed it: `platform doctor --only drift {context.option}`; "
            "a deployment sets it right",
        )
    if seen.unseen:
        return skipped("; ".join(seen.unseen) + "; all else is encrypted")
    if not looked:
        return skipped("the system keeps no data")
    return ok(f"{number(looked, 'store')} of data, all encrypted")


def _settings(context: Context) -> tuple[int, list[str]]:
    """How many settings are to be kept secure, and those that are not. No value is read."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import pages

    names = sorted(s.parameter_name for s in context.environment.settings if s.secure)
    lines: list[str] = []
    with aws_errors("looking at the kinds of settings", target=context.clients.target):
        for at in range(0, len(names), _NAMES_AT_ONCE):
            lines += [
                f"setting {told['Name']}: kept as plain text"
                for told in pages(
                    context.clients.client("ssm").describe_parameters,
                    "Parameters",
                    ParameterFilters=[{"Key": "Name", "Values": names[at : at + _NAMES_AT_ONCE]}],
                )
                if told.get("Type") != "SecureString"
            ]
    return len(names), lines


def _queues(_context: Context, clients: Clients, url: str) -> Iterator[str]:
    told = (
        clients.client("sqs")
        .get_queue_attributes(QueueUrl=url, AttributeNames=["SqsManagedSseEnabled", "KmsMasterKeyId"])
        .get("Attributes", {})
    )
    if told.get("SqsManagedSseEnabled") != "true" and not told.get("KmsMasterKeyId"):
        yield f"queue {url.rsplit('/', 1)[-1]}"


def _topics(_context: Context, clients: Clients, arn: str) -> Iterator[str]:
    if not clients.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"].get("KmsMasterKeyId"):
        yield f"topic {arn.rsplit(':', 1)[-1]}"


def _streams(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    told = clients.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    if told.get("EncryptionType", "NONE") == "NONE":
        yield f"stream {name}"


def _tables(context: Context, clients: Clients, name: str) -> Iterator[str]:
    # DynamoDB encrypts everything; what can be missing is the key that the blueprint asks for.
    wanted = {t.physical_name for t in context.environment.tables.values() if t.encryption != "aws_owned"}
    if name in wanted:
        table = clients.client("dynamodb").describe_table(TableName=name)["Table"]
        told = table.get("SSEDescription") or {}
        if told.get("Status") not in ("ENABLED", "UPDATING", "ENABLING"):
            yield f"table {name}: not under the key that the blueprint asks for"


def _buckets(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    from platform_cli.deploy.answers import expecting

    with expecting("ServerSideEncryptionConfigurationNotFoundError") as none:
        clients.client("s3").get_bucket_encryption(Bucket=name)
    if none:
        yield f"bucket {name}"


def _databases(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    for cluster in clients.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]:
        if not cluster.get("StorageEncrypted"):
            yield f"database {name}, and its snapshots with it"


def _proxies(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    for proxy in clients.client("rds").describe_db_proxies(DBProxyName=name)["DBProxies"]:
        if not proxy.get("RequireTLS"):
            yield f"proxy {name}: takes connections without TLS"


def _caches(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    told = clients.client("elasticache").describe_replication_groups(ReplicationGroupId=name)
    for group in told["ReplicationGroups"]:
        missing = [
            said
            for field, said in (
                ("AtRestEncryptionEnabled", "at rest"),
                ("TransitEncryptionEnabled", "on its way"),
            )
            if not group.get(field)
        ]
        if missing:
            yield f"cache {name}: {' and '.join(missing)}"


_Look = Callable[[Any, Any, str], Iterator[str]]
_LOOKS: tuple[tuple[tuple[str, ...], str, _Look], ...] = (
    (("AWS::SQS::Queue",), "queues", _queues),
    (("AWS::SNS::Topic",), "topics", _topics),
    (("AWS::Kinesis::Stream",), "streams", _streams),
    (("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"), "tables", _tables),
    (("AWS::S3::Bucket",), "buckets", _buckets),
    (("AWS::RDS::DBCluster",), "databases", _databases),
    (("AWS::RDS::DBProxy",), "proxies of databases", _proxies),
    (("AWS::ElastiCache::ReplicationGroup",), "caches", _caches),
)

CHECKS = (
    Check(
        "encryption",
        "environment",
        "encryption",
        "Asks SQS, SNS, Kinesis, DynamoDB, S3, Aurora and ElastiCache whether they encrypt what belongs to "
        "the system, in every region; tables also, whether they are under the key that the blueprint asks "
        "for, proxies of databases, whether they insist on TLS, and Parameter Store, whether settings that "
        "are `secure` are. What may not be looked at is named. The local AWS encrypts nothing and is not "
        "asked.",
        check_encryption,
        (*REMOTE, Need.ACCOUNT),
        SLOW_SECONDS,
    ),
)
