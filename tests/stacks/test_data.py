"""Capacity, copies, backups, logs of access, keys and rotation, in the templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.blueprint.resolved import (
    ResolvedBackup,
    ResolvedBackupLock,
    ResolvedBackupRule,
    ResolvedCapacity,
    ResolvedEnvironment,
    ResolvedIndex,
    ResolvedKey,
    ResolvedScaling,
)
from platform_cli.stacks.concerns import concerns_of
from platform_cli.stacks.support import unbuilt

Templates = dict[str, dict[str, Any]]
ELSEWHERE = "eu-central-1"


def hardened(make: Any) -> ResolvedEnvironment:
    """A system with all that is optional about its data."""
    index = ResolvedIndex(name="GSI1", partition_key=ResolvedKey(name="G"), sort_key=None)
    plan = ResolvedBackup(
        name="standard",
        physical_name=make.names.resource("standard"),
        rules=(
            ResolvedBackupRule(frequency="daily", keep_days=35, cold_after_days=None),
            ResolvedBackupRule(frequency="weekly", keep_days=120, cold_after_days=14),
        ),
        copy_to=ELSEWHERE,
        lock=ResolvedBackupLock(keep_at_least_days=7, keep_at_most_days=400, final_after_days=3),
        selected_tags={"backup": "standard"},
        selected_arns=("arn:aws:elasticfilesystem:eu-west-1:111111111111:file-system/fs-1",),
    )
    idle = ResolvedBackup(name="idle", physical_name="x", rules=(), copy_to=None)
    rotate = make.function("keys", "rotate", encryption="customer_managed")
    return make.environment(
        tables=make.named(
            make.table(
                "main",
                indexes={"GSI1": index},
                capacity=ResolvedCapacity(
                    read=ResolvedScaling(min=5, max=1000, target_percent=70),
                    write=ResolvedScaling(min=2, max=200, target_percent=60),
                ),
                encryption="customer_managed",
                replicas=(ELSEWHERE,),
                backup="standard",
                contributor_insights="throttled_keys",
                point_in_time_recovery=True,
            )
        ),
        buckets=make.named(
            make.bucket("receipts", access_log_retention_days=90, intelligent_tiering=True),
            make.bucket("scratch"),
            make.bucket(
                "contracts",
                encryption="customer_managed",
                expire_noncurrent_after_days=90,
                replicas=(ELSEWHERE,),
            ),
        ),
        secrets=make.named(
            make.secret(
                "payment",
                encryption="customer_managed",
                replicas=(ELSEWHERE,),
                rotation_days=30,
                rotation_function="keys.rotate",
            )
        ),
        backups=make.named(plan, idle),
        services=make.named(make.service("keys", rotate)),
    )


@pytest.fixture(scope="session")
def system(factory: Callable[..., Any]) -> ResolvedEnvironment:
    return hardened(factory(environment="prod", protect=True))


@pytest.fixture(scope="session")
def made(system: ResolvedEnvironment, templates_of: Callable[[ResolvedEnvironment], Templates]) -> Templates:
    return templates_of(system)


def one(template: dict[str, Any], kind: str) -> dict[str, Any]:
    found = [r for r in template["Resources"].values() if r["Type"] == kind]
    assert len(found) == 1
    return dict(found[0]["Properties"])


@pytest.fixture
def data(made: Templates) -> dict[str, Any]:
    return made["shop-prod-data"]


@pytest.fixture
def copies(made: Templates) -> dict[str, Any]:
    return made[f"shop-prod-recovery-{ELSEWHERE}"]


def test_nothing_of_it_is_left_out_and_cfn_lint_finds_no_error(
    system: ResolvedEnvironment, made: Templates, lint: Callable[[Templates], list[str]]
) -> None:
    assert unbuilt(system) == ()
    assert lint(made) == []


def test_the_other_region_comes_before_the_data_and_the_data_before_the_function(
    system: ResolvedEnvironment,
) -> None:
    assert system.regions == ("eu-west-1", ELSEWHERE)
    assert [(concern.key, concern.needs) for concern in concerns_of(system)] == [
        (f"recovery {ELSEWHERE}", ()),
        ("data", (f"recovery {ELSEWHERE}",)),
        ("service keys", ("data",)),
    ]


# --- tables --------------------------------------------------------------------------------------


def test_capacity_of_table_and_index_follows_the_load_in_every_region(data: dict[str, Any]) -> None:
    table = one(data, "AWS::DynamoDB::GlobalTable")
    write = {"MinCapacity": 2, "MaxCapacity": 200, "SeedCapacity": 2}
    write["TargetTrackingScalingPolicyConfiguration"] = {"TargetValue": 60}
    read = {"MinCapacity": 5, "MaxCapacity": 1000, "SeedCapacity": 5}
    read["TargetTrackingScalingPolicyConfiguration"] = {"TargetValue": 70}
    assert table["BillingMode"] == "PROVISIONED"
    for scaled in (table, table["GlobalSecondaryIndexes"][0]):
        assert scaled["WriteProvisionedThroughputSettings"]["WriteCapacityAutoScalingSettings"] == write
    for replica in table["Replicas"]:
        for scaled in (replica, replica["GlobalSecondaryIndexes"][0]):
            assert scaled["ReadProvisionedThroughputSettings"]["ReadCapacityAutoScalingSettings"] == read


def test_a_replica_is_protected_as_the_table_is_under_a_key_of_its_own_region(
    data: dict[str, Any], copies: dict[str, Any]
) -> None:
    table = one(data, "AWS::DynamoDB::GlobalTable")
    here, there = table["Replicas"]
    assert (here["Region"], there["Region"]) == ("eu-west-1", ELSEWHERE)
    assert there["DeletionProtectionEnabled"]
    assert there["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    read = {
        "Fn::GetStackOutput": {
            "StackName": f"shop-prod-recovery-{ELSEWHERE}",
            "OutputName": "KeyArn",
            "Region": ELSEWHERE,
        }
    }
    assert there["SSESpecification"] == {"KMSMasterKeyId": read}
    assert read in [output["Value"] for output in data["Outputs"].values()]
    assert copies["Outputs"]["KeyArn"]["Value"] == {"Fn::GetAtt": ["Key", "Arn"]}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_insights_count_the_keys_of_table_and_index(data: dict[str, Any]) -> None:
    for replica in one(data, "AWS::DynamoDB::GlobalTable")["Replicas"]:
        for part in (replica, replica["GlobalSecondaryIndexes"][0]):
            assert part["ContributorInsightsSpecification"] == {"Enabled": True, "Mode": "THROTTLED_KEYS"}


# --- buckets -------------------------------------------------------------------------------------


def test_requests_to_a_bucket_are_recorded_below_its_prefix_and_by_s3_alone(data: dict[str, Any]) -> None:
    receipts = data["Resources"]["BucketReceipts"]["Properties"]
    assert receipts["LoggingConfiguration"] == {
        "DestinationBucketName": {"Ref": "AccessLogBucket"},
        "LogFilePrefix": "receipts/",
    }
    assert "LoggingConfiguration" not in data["Resources"]["BucketScratch"]["Properties"]
    log = data["Resources"]["AccessLogBucket"]
    assert log["DeletionPolicy"] == "Retain"
    assert [
        (r["Prefix"], r["ExpirationInDays"]) for r in log["Properties"]["LifecycleConfiguration"]["Rules"]
    ] == [("receipts/", 90)]
    allow, deny = data["Resources"]["AccessLogBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert allow["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allow["Resource"].endswith("/receipts/*")
    assert allow["Condition"]["ArnEquals"]["aws:SourceArn"].startswith("arn:aws:s3:::shop-prod-receipts-")
    assert deny["Sid"] == "OnlyTls"


# --- backups -------------------------------------------------------------------------------------


def test_a_plan_keeps_moves_and_copies_as_it_says(data: dict[str, Any]) -> None:
    daily, weekly = one(data, "AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    assert daily["Lifecycle"] == {"DeleteAfterDays": 35}
    assert weekly["Lifecycle"] == {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 14}
    for rule in (daily, weekly):
        (copy,) = rule["CopyActions"]
        assert copy["Lifecycle"] == rule["Lifecycle"]
        assert copy["DestinationBackupVaultArn"] == (
            f"arn:aws:backup:{ELSEWHERE}:111111111111:backup-vault:shop-prod-standard"
        )


def test_both_vaults_have_the_name_and_the_lock_and_stay(
    data: dict[str, Any], copies: dict[str, Any]
) -> None:
    for template in (data, copies):
        assert one(template, "AWS::Backup::BackupVault") == {
            "BackupVaultName": "shop-prod-standard",
            "LockConfiguration": {"MinRetentionDays": 7, "MaxRetentionDays": 400, "ChangeableForDays": 3},
        }
        assert template["Resources"]["BackupVaultStandard"]["DeletionPolicy"] == "Retain"


def test_a_plan_selects_by_arn_and_by_tag_apart(data: dict[str, Any]) -> None:
    resources = data["Resources"]
    by_arn = resources["BackupSelectionStandard"]["Properties"]["BackupSelection"]
    by_tag = resources["BackupSelectionTagsStandard"]["Properties"]["BackupSelection"]
    assert by_arn["Resources"] == [
        "arn:aws:dynamodb:eu-west-1:111111111111:table/shop-prod-main",
        "arn:aws:elasticfilesystem:eu-west-1:111111111111:file-system/fs-1",
    ]
    assert by_tag["Conditions"] == {
        "StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "standard"}]
    }


def test_a_plan_that_backs_up_nothing_is_not_built(data: dict[str, Any]) -> None:
    assert "BackupPlanIdle" not in data["Resources"]


def test_the_role_of_a_plan_that_selects_nothing_else_is_about_its_own_tables_alone(
    factory: Callable[..., Any], templates_of: Callable[[ResolvedEnvironment], Templates]
) -> None:
    make = factory()
    rule = ResolvedBackupRule(frequency="monthly", keep_days=400, cold_after_days=None)
    plan = ResolvedBackup(name="std", physical_name="shop-dev-std", rules=(rule,), copy_to=None)
    system = make.environment(
        tables=make.named(
            make.table("main", backup="std"), make.table("other", encryption="customer_managed")
        ),
        backups=make.named(plan),
    )
    role = templates_of(system)["shop-dev-data"]["Resources"]["BackupRoleStd"]["Properties"]
    assert "ManagedPolicyArns" not in role
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    named = {resource for statement in statements for resource in statement["Resource"]}
    table = "arn:aws:dynamodb:eu-west-1:111111111111:table/shop-dev-main"
    assert named == {
        table,
        f"{table}/backup/*",
        "arn:aws:backup:eu-west-1:111111111111:backup-vault:shop-dev-std",
    }


# --- secrets and keys ----------------------------------------------------------------------------


def test_a_secret_is_copied_and_changes_on_schedule_but_not_at_once(
    made: Templates, data: dict[str, Any]
) -> None:
    secret = one(data, "AWS::SecretsManager::Secret")
    theirs = {"StackName": f"shop-prod-recovery-{ELSEWHERE}", "OutputName": "KeyArn", "Region": ELSEWHERE}
    assert secret["ReplicaRegions"] == [{"Region": ELSEWHERE, "KmsKeyId": {"Fn::GetStackOutput": theirs}}]
    assert secret["KmsKeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}
    service = made["shop-prod-service-keys"]
    schedule = one(service, "AWS::SecretsManager::RotationSchedule")
    assert schedule["RotateImmediatelyOnUpdate"] is False
    assert schedule["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert schedule["RotationLambdaARN"] == {"Fn::GetAtt": ["FunctionRotate", "Arn"]}
    permission = one(service, "AWS::Lambda::Permission")
    assert permission["Principal"] == "secretsmanager.amazonaws.com"
    assert permission["SourceArn"] == schedule["SecretId"]


def test_the_rotation_function_may_change_its_secret_and_no_other(made: Templates) -> None:
    role = one(made["shop-prod-service-keys"], "AWS::IAM::Role")
    statements = {s["Sid"]: s for s in role["Policies"][0]["PolicyDocument"]["Statement"]}
    assert statements["RotationPayment"]["Resource"] == [
        {"Fn::GetStackOutput": {"StackName": "shop-prod-data", "OutputName": "SecretPaymentArn"}}
    ]
    assert "secretsmanager:PutSecretValue" in statements["RotationPayment"]["Action"]
    assert statements["RandomPassword"]["Action"] == ["secretsmanager:GetRandomPassword"]
    assert statements["KeySecretsmanager"]["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    }


def test_a_function_decrypts_its_own_environment_alone(made: Templates) -> None:
    service = made["shop-prod-service-keys"]
    key = {"Fn::GetStackOutput": {"StackName": "shop-prod-data", "OutputName": "KeyArn"}}
    assert one(service, "AWS::Lambda::Function")["KmsKeyArn"] == key
    statements = one(service, "AWS::IAM::Role")["Policies"][0]["PolicyDocument"]["Statement"]
    (own,) = [s for s in statements if s.get("Sid") == "KeyEnvironment"]
    arn = "arn:aws:lambda:eu-west-1:111111111111:function:shop-prod-keys-rotate"
    assert own["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": arn}}


def test_the_key_is_used_through_the_services_that_keep_something_under_it(
    data: dict[str, Any], copies: dict[str, Any]
) -> None:
    statements = {s["Sid"]: s for s in one(data, "AWS::KMS::Key")["KeyPolicy"]["Statement"]}
    via = ["dynamodb.eu-west-1.amazonaws.com", "lambda.eu-west-1.amazonaws.com"]
    via += ["s3.eu-west-1.amazonaws.com", "secretsmanager.eu-west-1.amazonaws.com"]
    assert statements["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"] == via
    using = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:CreateGrant"}
    assert not using & set(statements["Administration"]["Action"])
    assert all("Condition" in s for sid, s in statements.items() if sid != "Administration")
    there = {s["Sid"]: s for s in one(copies, "AWS::KMS::Key")["KeyPolicy"]["Statement"]}
    assert there["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"] == [
        f"dynamodb.{ELSEWHERE}.amazonaws.com",
        f"s3.{ELSEWHERE}.amazonaws.com",
        f"secretsmanager.{ELSEWHERE}.amazonaws.com",
    ]
    assert "StartOfFunctions" not in there
    for template in (data, copies):
        assert one(template, "AWS::KMS::Key")["EnableKeyRotation"] is True


# --- copies of buckets ---------------------------------------------------------------------------


def test_a_bucket_is_copied_to_one_of_its_kind_in_the_other_region(
    data: dict[str, Any], copies: dict[str, Any]
) -> None:
    source = data["Resources"]["BucketContracts"]["Properties"]
    copy = one(copies, "AWS::S3::Bucket")
    assert copy["BucketName"] == f"shop-prod-contracts-111111111111-{ELSEWHERE}"
    assert copies["Resources"]["BucketCopyContracts"]["DeletionPolicy"] == "Retain"
    for bucket in (source, copy):
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (refused,) = one(copies, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert (refused["Sid"], refused["Effect"]) == ("OnlyTls", "Deny")
    (rule,) = source["ReplicationConfiguration"]["Rules"]
    theirs = {"StackName": f"shop-prod-recovery-{ELSEWHERE}", "OutputName": "KeyArn", "Region": ELSEWHERE}
    assert rule["Destination"] == {
        "Bucket": f"arn:aws:s3:::{copy['BucketName']}",
        "EncryptionConfiguration": {"ReplicaKmsKeyID": {"Fn::GetStackOutput": theirs}},
    }
    assert rule["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    assert "ReplicationConfiguration" not in data["Resources"]["BucketScratch"]["Properties"]


def test_the_role_of_a_copy_reads_one_bucket_and_writes_the_other(data: dict[str, Any]) -> None:
    role = data["Resources"]["ReplicationRoleContracts"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    source = "arn:aws:s3:::shop-prod-contracts-111111111111-eu-west-1"
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "111111111111",
        "aws:SourceArn": source,
    }
    rights = {s["Sid"]: s for s in role["Policies"][0]["PolicyDocument"]["Statement"]}
    assert rights["From"]["Resource"] == [source]
    assert rights["Objects"]["Resource"] == [f"{source}/*"]
    assert rights["To"]["Resource"] == [f"arn:aws:s3:::shop-prod-contracts-111111111111-{ELSEWHERE}/*"]
    through = [
        (*s["Action"], s["Condition"]["StringEquals"]["kms:ViaService"])
        for sid, s in rights.items()
        if sid.startswith(("Decrypt", "Encrypt"))
    ]
    assert sorted(through) == [
        ("kms:Decrypt", "s3.eu-west-1.amazonaws.com"),
        ("kms:Encrypt", f"s3.{ELSEWHERE}.amazonaws.com"),
    ]
