"""The checks of what is encrypted and of what anybody can reach."""

import json

import pytest

from platform_cli.operate.doctor.model import Verdict

QUEUE = ("AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/111111111111/shop-dev-mail")
TOPIC = ("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:111111111111:shop-dev-news")
STREAM = ("AWS::Kinesis::Stream", "shop-dev-clicks")
TABLE = ("AWS::DynamoDB::GlobalTable", "shop-dev-main")
BUCKET = ("AWS::S3::Bucket", "shop-dev-receipts-111111111111-eu-west-1")
CLUSTER = ("AWS::RDS::DBCluster", "shop-dev-ledger")
INSTANCE = ("AWS::RDS::DBInstance", "shop-dev-ledger-1")
CACHE = ("AWS::ElastiCache::ReplicationGroup", "shop-dev-sessions")
FUNCTION = ("AWS::Lambda::Function", "shop-dev-orders-create")
ALL_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
TABLES = "tables: { main: { partition_key: PK, encryption: customer_managed } }\n"
NAME = "shop-dev-receipts-111111111111-eu-west-1"


def stream_summary(kind):
    return {
        "StreamDescriptionSummary": {
            "StreamName": "s",
            "StreamARN": "arn",
            "StreamStatus": "ACTIVE",
            "RetentionPeriodHours": 24,
            "StreamCreationTimestamp": "2026-01-01T00:00:00Z",
            "EnhancedMonitoring": [],
            "OpenShardCount": 1,
            "EncryptionType": kind,
        }
    }


def stores(encrypted, refused):
    key = {"KmsMasterKeyId": "alias/shop-dev-data"} if encrypted else {}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    bucket = {"ServerSideEncryptionConfiguration": rules}
    return {
        "sqs": {"GetQueueAttributes": {"Attributes": key}},
        "sns": {"GetTopicAttributes": {"Attributes": key}},
        "kinesis": {"DescribeStreamSummary": stream_summary("KMS" if encrypted else "NONE")},
        "dynamodb": {
            "DescribeTable": {"Table": {"SSEDescription": {"Status": "ENABLED"}} if encrypted else {}}
        },
        "s3": {
            "GetBucketEncryption": bucket
            if encrypted
            else refused("ServerSideEncryptionConfigurationNotFoundError")
        },
        "rds": {"DescribeDBClusters": {"DBClusters": [{"StorageEncrypted": encrypted}]}},
        "elasticache": {
            "DescribeReplicationGroups": {
                "ReplicationGroups": [
                    {"AtRestEncryptionEnabled": encrypted, "TransitEncryptionEnabled": encrypted}
                ]
            }
        },
    }


EVERYTHING = (QUEUE, TOPIC, STREAM, TABLE, BUCKET, CLUSTER, CACHE)


def test_everything_that_is_encrypted_is_well(doctor, deployed, refused):
    result = doctor(TABLES, answers=deployed(*EVERYTHING, **stores(True, refused))).says("encryption")

    assert (result.verdict, result.summary) == (Verdict.OK, "7 stores of data, all encrypted")


def test_each_store_that_is_not_encrypted_is_named(doctor, deployed, refused):
    result = doctor(TABLES, answers=deployed(*EVERYTHING, **stores(False, refused))).says("encryption")

    assert result.verdict is Verdict.FAILURE
    assert set(result.evidence) == {
        "queue shop-dev-mail",
        "topic shop-dev-news",
        "stream shop-dev-clicks",
        "table shop-dev-main: not under the key that the blueprint asks for",
        f"bucket {NAME}",
        "database shop-dev-ledger",
        "cache shop-dev-sessions: at rest and on its way",
    }


def test_a_system_without_data_and_the_local_aws_are_not_asked(doctor, deployed, make_stack):
    assert doctor(answers=deployed()).says("encryption").verdict is Verdict.SKIPPED
    local = deployed(stacks=[make_stack("shop-local-data")])
    for check in ("encryption", "public-access"):
        assert doctor(env="local", answers=local).says(check).verdict is Verdict.SKIPPED


def policy(principal, **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "x:Act", "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def reachable(refused, *, block=ALL_BLOCKED, said=None, url=None, public=False):
    attributes = {"Attributes": {"Policy": said} if said else {}}
    configured = {
        "FunctionUrl": "https://abcdefghijklmnop.lambda-url.eu-west-1.on.aws/",
        "FunctionArn": "arn:aws:lambda:eu-west-1:111111111111:function:shop-dev-orders-create",
        "AuthType": url or "AWS_IAM",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "CreationTime": "2026-01-01T00:00:00Z",
    }
    return {
        "s3": {
            "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": block}
            if block is not None
            else refused("NoSuchPublicAccessBlockConfiguration"),
            "PutPublicAccessBlock": {},
        },
        "lambda_": {
            "GetPolicy": {"Policy": said} if said else refused("ResourceNotFoundException"),
            "GetFunctionUrlConfig": configured if url else refused("ResourceNotFoundException"),
        },
        "sqs": {"GetQueueAttributes": attributes},
        "sns": {"GetTopicAttributes": attributes},
        "rds": {
            "DescribeDBInstances": {
                "DBInstances": [{"DBInstanceIdentifier": "shop-dev-ledger-1", "PubliclyAccessible": public}]
            }
        },
    }


OPEN = (BUCKET, FUNCTION, QUEUE, TOPIC, INSTANCE)


@pytest.mark.parametrize(
    "said",
    [
        None,
        policy({"Service": "events.amazonaws.com"}),
        policy("*", Condition={"StringEquals": {"aws:SourceAccount": "111111111111"}}),
        policy("*", Effect="Deny"),
        policy({"AWS": "arn:aws:iam::111111111111:root"}),
    ],
)
def test_what_not_anybody_can_reach_is_well(doctor, deployed, refused, said):
    answers = deployed(*OPEN, **reachable(refused, said=said, url="AWS_IAM"))

    assert doctor(answers=answers).says("public-access").verdict is Verdict.OK


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::1:root", "*"]}])
def test_policies_that_let_anybody_in(doctor, deployed, refused, principal):
    answers = deployed(*OPEN, **reachable(refused, said=policy(principal)))
    result = doctor(answers=answers).says("public-access")

    assert result.verdict is Verdict.FAILURE
    assert result.evidence == (
        "function shop-dev-orders-create: its policy lets anybody x:Act",
        "queue shop-dev-mail: its policy lets anybody in",
        "topic shop-dev-news: its policy lets anybody in",
    )
    assert result.fix is None


def test_urls_without_authorization_and_databases_with_a_public_address(doctor, deployed, refused):
    answers = deployed(*OPEN, **reachable(refused, url="NONE", public=True))

    assert doctor(answers=answers).says("public-access").evidence == (
        "function shop-dev-orders-create: its URL asks for no authorization",
        "database shop-dev-ledger-1 can be reached from the internet",
    )


@pytest.mark.parametrize("block", [None, {**ALL_BLOCKED, "BlockPublicPolicy": False}])
def test_buckets_are_closed_by_the_fix(doctor, deployed, refused, block):
    instance = doctor(answers=deployed(BUCKET, **reachable(refused, block=block)))
    result = instance.says("public-access")

    assert result.verdict is Verdict.FAILURE
    assert result.fix is not None
    assert instance.calls("PutPublicAccessBlock") == []
    result.fix.apply()
    assert instance.calls("PutPublicAccessBlock") == [
        {"Bucket": NAME, "PublicAccessBlockConfiguration": ALL_BLOCKED}
    ]
