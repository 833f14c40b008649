"""The checks of what is encrypted and of what anybody can reach."""

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
PROXY = ("AWS::RDS::DBProxy", "shop-dev-ledger")
FUNCTION = ("AWS::Lambda::Function", "shop-dev-orders-create")
GROUP = ("AWS::EC2::SecurityGroup", "sg-1")
ALL_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
STORED = """\
tables: { main: { partition_key: PK, encryption: customer_managed } }
config: { payments: { endpoint: x, key: { type: string, secure: true, value: none } } }
"""
KEY = "/shop/dev/payments/key"
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
        "rds": {
            "DescribeDBClusters": {"DBClusters": [{"StorageEncrypted": encrypted}]},
            "DescribeDBProxies": {"DBProxies": [{"RequireTLS": encrypted}]},
        },
        "ssm": {
            "DescribeParameters": lambda asked: {
                "Parameters": [{"Name": KEY, "Type": "SecureString" if encrypted else "String"}]
                if asked["ParameterFilters"] == [{"Key": "Name", "Values": [KEY]}]
                else []
            }
        },
        "elasticache": {
            "DescribeReplicationGroups": {
                "ReplicationGroups": [
                    {"AtRestEncryptionEnabled": encrypted, "TransitEncryptionEnabled": encrypted}
                ]
            }
        },
    }


EVERYTHING = (QUEUE, TOPIC, STREAM, TABLE, BUCKET, CLUSTER, PROXY, CACHE)


def test_everything_that_is_encrypted_is_well(doctor, deployed, refused):
    result = doctor(STORED, answers=deployed(*EVERYTHING, **stores(True, refused))).says("encryption")

    assert (result.verdict, result.summary) == (Verdict.OK, "9 stores of data, all encrypted")


def test_each_store_that_is_not_encrypted_is_named(doctor, deployed, refused):
    result = doctor(STORED, answers=deployed(*EVERYTHING, **stores(False, refused))).says("encryption")

    assert result.verdict is Verdict.FAILURE
    assert set(result.evidence) == {
        "queue shop-dev-mail",
        "topic shop-dev-news",
        "stream shop-dev-clicks",
        "table shop-dev-main: not under the key that the blueprint asks for",
        f"bucket {NAME}",
        "database shop-dev-ledger, and its snapshots with it",
        "proxy shop-dev-ledger: takes connections without TLS",
        f"setting {KEY}: kept as plain text",
        "cache shop-dev-sessions: at rest and on its way",
    }


def test_a_system_without_data_and_the_local_aws_are_not_asked(doctor, deployed, make_stack):
    assert doctor(answers=deployed()).says("encryption").verdict is Verdict.SKIPPED
    local = deployed(stacks=[make_stack("shop-local-data")])
    for check in ("encryption", "public-access", "open-policies", "open-routes"):
        assert doctor(env="local", answers=local).says(check).verdict is Verdict.SKIPPED


def reachable(refused, *, block=ALL_BLOCKED, url="AWS_IAM", public=False, shared="111111111111", port=443):
    configured = {
        "FunctionUrl": "https://abcdefghijklmnop.lambda-url.eu-west-1.on.aws/",
        "FunctionArn": "arn:aws:lambda:eu-west-1:111111111111:function:shop-dev-orders-create:live",
        "AuthType": url,
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "CreationTime": "2026-01-01T00:00:00Z",
    }
    attributes = [{"AttributeName": "restore", "AttributeValues": [shared]}]
    ingress = [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]},
    ]
    return {
        "s3": {
            "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": block}
            if block is not None
            else refused("NoSuchPublicAccessBlockConfiguration"),
            "PutPublicAccessBlock": {},
        },
        "lambda_": {"ListFunctionUrlConfigs": {"FunctionUrlConfigs": [configured]}},
        "rds": {
            "DescribeDBInstances": {
                "DBInstances": [{"DBInstanceIdentifier": "shop-dev-ledger-1", "PubliclyAccessible": public}]
            },
            "DescribeDBClusterSnapshots": {
                "DBClusterSnapshots": [{"DBClusterSnapshotIdentifier": "before-the-move"}]
            },
            "DescribeDBClusterSnapshotAttributes": {
                "DBClusterSnapshotAttributesResult": {"DBClusterSnapshotAttributes": attributes}
            },
        },
        "ec2": {
            "DescribeSecurityGroups": {
                "SecurityGroups": [{"GroupName": "shop-dev-ledger", "IpPermissions": ingress}]
            }
        },
    }


OPEN = (BUCKET, FUNCTION, INSTANCE, CLUSTER, GROUP)


def test_what_not_anybody_can_reach_is_well(doctor, deployed, refused):
    result = doctor(answers=deployed(*OPEN, **reachable(refused))).says("public-access")

    assert (result.verdict, result.summary) == (Verdict.OK, "nothing is open to anybody, of 5 resources")


def test_each_thing_that_anybody_can_reach_is_named(doctor, deployed, refused):
    answers = deployed(*OPEN, **reachable(refused, url="NONE", public=True, shared="all", port=5432))
    result = doctor(answers=answers).says("public-access")

    assert result.verdict is Verdict.FAILURE
    assert result.evidence == (
        "function shop-dev-orders-create, alias live: its URL asks for no authorization",
        "database shop-dev-ledger-1 can be reached from the internet",
        "snapshot before-the-move of shop-dev-ledger: every account may restore it",
        "security group shop-dev-ledger: port 5432 is open to the internet",
    )
    assert result.fix is None


def test_what_is_gone_is_not_open(doctor, deployed, refused):
    answers = deployed(BUCKET, INSTANCE, **reachable(refused))
    answers["rds"]["DescribeDBInstances"] = refused("DBInstanceNotFound")

    assert doctor(answers=answers).says("public-access").verdict is Verdict.OK


def test_what_may_not_be_looked_at_hides_nothing_else_and_is_named(doctor, deployed, refused):
    answers = deployed(*OPEN, **reachable(refused, public=True))
    answers["ec2"]["DescribeSecurityGroups"] = refused("UnauthorizedOperation")
    result = doctor(answers=answers).says("public-access")
    assert result.verdict is Verdict.FAILURE
    assert result.evidence[0] == "database shop-dev-ledger-1 can be reached from the internet"
    assert result.evidence[1].startswith("not looked at: ports, since ")

    answers["rds"]["DescribeDBInstances"] = {"DBInstances": []}
    result = doctor(answers=answers).says("public-access")
    assert result.verdict is Verdict.SKIPPED
    assert result.summary.startswith("not looked at: ports, since ")
    assert result.summary.endswith("nothing else is open to anybody")


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
