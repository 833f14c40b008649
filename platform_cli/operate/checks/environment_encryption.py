"""Data that is not encrypted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, Check, Need, Result, failure, ok, skipped
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context


def check_encryption(context: Context) -> Result:
    """Ask each service whether it encrypts what belongs to the system."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.operate.doctor.resources import physical_ids

    found: list[str] = []
    looked = 0
    for types, doing, look in _LOOKS:
        ids = physical_ids(context, *types)
        if ids:
            looked += len(ids)
            with aws_errors(f"looking at the encryption of {doing}", target=context.clients.target):
                found += look(context, ids)
    if not looked:
        return skipped("the system keeps no data")
    if not found:
        return ok(f"{number(looked, 'store')} of data, all encrypted")
    return failure(
        "data is not encrypted",
        *found,
        consequence="who gets at the storage reads it, and audits fail",
        mend=f"see whether somebody changed it: `platform doctor --only drift {context.option}`; "
        "a deployment sets it right",
    )


def _queues(context: Context, urls: tuple[str, ...]) -> Iterator[str]:
    sqs = context.clients.client("sqs")
    for url in urls:
        told = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["SqsManagedSseEnabled", "KmsMasterKeyId"]
        ).get("Attributes", {})
        if told.get("SqsManagedSseEnabled") != "true" and not told.get("KmsMasterKeyId"):
            yield f"queue {url.rsplit('/', 1)[-1]}"


def _topics(context: Context, arns: tuple[str, ...]) -> Iterator[str]:
    sns = context.clients.client("sns")
    for arn in arns:
        if not sns.get_topic_attributes(TopicArn=arn)["Attributes"].get("KmsMasterKeyId"):
            yield f"topic {arn.rsplit(':', 1)[-1]}"


def _streams(context: Context, names: tuple[str, ...]) -> Iterator[str]:
    kinesis = context.clients.client("kinesis")
    for name in names:
        told = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        if told.get("EncryptionType", "NONE") == "NONE":
            yield f"stream {name}"


def _tables(context: Context, names: tuple[str, ...]) -> Iterator[str]:
    # DynamoDB encrypts everything; what can be missing is the key that the blueprint asks for.
    wanted = {t.physical_name for t in context.environment.tables.values() if t.encryption != "aws_owned"}
    dynamodb = context.clients.client("dynamodb")
    for name in names:
        if name in wanted:
            told = dynamodb.describe_table(TableName=name)["Table"].get("SSEDescription") or {}
            if told.get("Status") not in ("ENABLED", "UPDATING", "ENABLING"):
                yield f"table {name}: not under the key that the blueprint asks for"


def _buckets(context: Context, names: tuple[str, ...]) -> Iterator[str]:
    from platform_cli.deploy.answers import expecting

    s3 = context.clients.client("s3")
    for name in names:
        with expecting("ServerSideEncryptionConfigurationNotFoundError") as none:
            s3.get_bucket_encryption(Bucket=name)
        if none:
            yield f"bucket {name}"


def _databases(context: Context, names: tuple[str, ...]) -> Iterator[str]:
    rds = context.clients.client("rds")
    for name in names:
        for cluster in rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]:
            if not cluster.get("StorageEncrypted"):
                yield f"database {name}"


def _caches(context: Context, names: tuple[str, ...]) -> Iterator[str]:
    elasticache = context.clients.client("elasticache")
    for name in names:
        for group in elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]:
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


_Look = Callable[[Any, tuple[str, ...]], Iterator[str]]
_LOOKS: tuple[tuple[tuple[str, ...], str, _Look], ...] = (
    (("AWS::SQS::Queue",), "queues", _queues),
    (("AWS::SNS::Topic",), "topics", _topics),
    (("AWS::Kinesis::Stream",), "streams", _streams),
    (("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"), "tables", _tables),
    (("AWS::S3::Bucket",), "buckets", _buckets),
    (("AWS::RDS::DBCluster",), "databases", _databases),
    (("AWS::ElastiCache::ReplicationGroup",), "caches", _caches),
)

CHECKS = (
    Check(
        "encryption",
        "environment",
        "encryption",
        "Asks SQS, SNS, Kinesis, DynamoDB, S3, Aurora and ElastiCache whether they encrypt what belongs to "
        "the system; tables also, whether they are under the key that the blueprint asks for. The local AWS "
        "encrypts nothing and is not asked.",
        check_encryption,
        (*REMOTE, Need.ACCOUNT),
    ),
)
