"""Data with all that the blueprint can say of it, resource by resource and property by property.

`test_data.py` has the same subjects on values made by hand; here they come from a blueprint.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

HERE, THERE, ACCOUNT = "eu-west-1", "eu-central-1", "222222222222"
Template = dict[str, Any]


@pytest.fixture(scope="module")
def stacks(warehouse_assemblies: Mapping[str, Path]) -> Callable[[str, str], Template]:
    """The template of a stack in an environment."""

    def read(environment: str, stack: str) -> Template:
        path = warehouse_assemblies[environment] / f"warehouse-{environment}-{stack}.template.json"
        found: Template = json.loads(path.read_text())
        return found

    return read


@pytest.fixture(scope="module")
def data(stacks: Callable[[str, str], Template]) -> Template:
    return stacks("prod", "data")


@pytest.fixture(scope="module")
def databases(stacks: Callable[[str, str], Template]) -> Template:
    return stacks("prod", "databases")


def properties(template: Template, logical_id: str) -> dict[str, Any]:
    return dict(template["Resources"][logical_id]["Properties"])


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


@pytest.mark.parametrize("stack", ["data", "databases", "recovery-eu-central-1", "service-stock"])
def test_the_warehouse_is_what_it_was(
    stack: str, stacks: Callable[[str, str], Template], golden: Callable[[Path, str], None]
) -> None:
    kept = {k: v for k, v in stacks("prod", stack).items() if k not in ("Parameters", "Rules")}
    text = re.sub(r"\b[0-9a-f]{64}\.zip\b", "ARCHIVE.zip", json.dumps(kept, indent=2) + "\n")
    golden(Path("golden") / "warehouse" / f"{stack}.json", text)


# --- tables --------------------------------------------------------------------------------------


def test_provisioned_capacity_of_a_table_and_its_index_scales_between_its_limits(data: Template) -> None:
    table = properties(data, "TableItems")
    assert table["BillingMode"] == "PROVISIONED"
    (replica,) = table["Replicas"]
    for scaled in (table, table["GlobalSecondaryIndexes"][0]):
        write = scaled["WriteProvisionedThroughputSettings"]["WriteCapacityAutoScalingSettings"]
        assert (write["MinCapacity"], write["MaxCapacity"]) == (2, 200)
        assert write["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70
    for scaled in (replica, replica["GlobalSecondaryIndexes"][0]):
        read = scaled["ReadProvisionedThroughputSettings"]["ReadCapacityAutoScalingSettings"]
        assert (read["MinCapacity"], read["MaxCapacity"]) == (5, 500)
        assert read["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 60


def test_a_table_on_demand_has_its_stream_its_time_to_live_and_a_replica(data: Template) -> None:
    table = properties(data, "TableMoves")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [replica["Region"] for replica in table["Replicas"]] == [HERE, THERE]


def test_tables_can_be_restored_to_any_second_and_cannot_be_deleted_in_either_region(data: Template) -> None:
    for table in of_type(data, "AWS::DynamoDB::GlobalTable").values():
        for replica in table["Replicas"]:
            assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
            assert replica["DeletionProtectionEnabled"] is True


def test_insights_count_what_the_table_says(data: Template) -> None:
    (replica,) = properties(data, "TableItems")["Replicas"]
    wanted = {"Enabled": True, "Mode": "ACCESSED_AND_THROTTLED_KEYS"}
    assert replica["ContributorInsightsSpecification"] == wanted
    assert replica["GlobalSecondaryIndexes"][0]["ContributorInsightsSpecification"] == wanted


# --- buckets -------------------------------------------------------------------------------------


def rules(template: Template, bucket: str) -> dict[str, dict[str, Any]]:
    found = properties(template, bucket)["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in found)
    return {rule["Id"]: rule for rule in found}


def test_objects_move_to_colder_classes_and_go_in_the_order_of_their_days(data: Template) -> None:
    current = rules(data, "BucketPapers")["current"]
    assert [(t["StorageClass"], t["TransitionInDays"]) for t in current["Transitions"]] == [
        ("STANDARD_IA", 30),
        ("GLACIER", 90),
    ]
    assert current["ExpirationInDays"] == 2555


def test_versions_that_were_replaced_go_after_their_days(
    data: Template, stacks: Callable[[str, str], Template]
) -> None:
    papers = rules(data, "BucketPapers")
    assert papers["noncurrent"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 60}
    assert properties(data, "BucketPapers")["VersioningConfiguration"] == {"Status": "Enabled"}
    dev = stacks("dev", "data")
    assert "noncurrent" not in rules(dev, "BucketScratch")
    assert "VersioningConfiguration" not in properties(dev, "BucketScratch")


def test_intelligent_tiering_takes_objects_at_once_and_moves_them_nowhere_else(data: Template) -> None:
    (move,) = rules(data, "BucketPhotos")["current"]["Transitions"]
    assert move == {"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}


def test_uploads_that_nobody_ended_go_in_every_bucket(data: Template) -> None:
    for name in ("BucketPapers", "BucketPhotos", "BucketScratch"):
        abandoned = rules(data, name)["abandoned-uploads"]
        assert abandoned["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_requests_to_buckets_are_recorded_where_the_blueprint_or_the_environment_says(
    stacks: Callable[[str, str], Template],
) -> None:
    recorded = {
        environment: {
            name
            for name, bucket in of_type(stacks(environment, "data"), "AWS::S3::Bucket").items()
            if "LoggingConfiguration" in bucket
        }
        for environment in ("dev", "prod")
    }
    assert recorded["dev"] == {"BucketPhotos"}
    assert recorded["prod"] == {"BucketPhotos", "BucketPapers"}


def rights(template: Template, role: str) -> dict[str, dict[str, Any]]:
    (access,) = (p for p in properties(template, role)["Policies"] if p["PolicyName"] == "access")
    return {s.get("Sid", "raw"): s for s in access["PolicyDocument"]["Statement"]}


def test_prefixes_are_all_of_a_bucket_that_a_function_may_use_or_list(
    stacks: Callable[[str, str], Template],
) -> None:
    found = [s for s in rights(stacks("prod", "service-stock"), "RoleFile").values() if "s3:" in str(s)]
    papers, scratch = (
        f"arn:aws:s3:::warehouse-prod-{name}-{ACCOUNT}-{HERE}" for name in ("papers", "scratch")
    )
    objects = {r for s in found for r in s["Resource"] if "/" in r}
    assert objects == {f"{papers}/in/*", f"{scratch}/drafts/*", f"{scratch}/in/*"}
    (listing,) = (s for s in found if "s3:ListBucket" in s["Action"])
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["drafts/*", "in/*"]}}
    assert listing["Resource"] == [scratch]


def test_a_preset_and_a_raw_permission_are_statements_of_the_role(
    stacks: Callable[[str, str], Template],
) -> None:
    service = stacks("prod", "service-stock")
    book, file = rights(service, "RoleBook"), rights(service, "RoleFile")
    # The line of the preset, and the same as the function's own line says.
    assert book["TablesMoves"] == file["TablesMoves"]
    assert file["raw"]["Action"] == ["ses:SendEmail"]
    assert file["raw"]["Resource"] == [f"arn:aws:ses:{HERE}:{ACCOUNT}:identity/warehouse.example"]
    assert "raw" not in book


def test_only_a_bucket_that_drives_a_function_tells_its_events(
    data: Template, stacks: Callable[[str, str], Template]
) -> None:
    telling = {
        name
        for name, bucket in of_type(data, "AWS::S3::Bucket").items()
        if "NotificationConfiguration" in bucket
    }
    assert telling == {"BucketPhotos"}
    patterns = [
        rule["EventPattern"]
        for rule in of_type(stacks("prod", "service-stock"), "AWS::Events::Rule").values()
    ]
    assert {
        (tuple(pattern["detail-type"]), json.dumps(pattern["detail"].get("object"))) for pattern in patterns
    } == {
        (("Object Created",), '{"key": [{"wildcard": "in/*.jpg"}]}'),
        (("Object Deleted",), "null"),
    }
    name = f"warehouse-prod-photos-{ACCOUNT}-{HERE}"
    assert all(pattern["detail"]["bucket"]["name"] == [name] for pattern in patterns)


def test_every_bucket_refuses_requests_without_tls_and_is_closed_to_the_public(data: Template) -> None:
    refusing = {
        json.dumps(policy["Bucket"])
        for policy in of_type(data, "AWS::S3::BucketPolicy").values()
        if any(
            s["Effect"] == "Deny" and s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for s in policy["PolicyDocument"]["Statement"]
        )
    }
    buckets = of_type(data, "AWS::S3::Bucket")
    assert refusing == {json.dumps({"Ref": name}) for name in buckets}
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_objects_are_copied_to_the_other_region_under_a_key_of_its_own(
    data: Template, stacks: Callable[[str, str], Template]
) -> None:
    (rule,) = properties(data, "BucketPapers")["ReplicationConfiguration"]["Rules"]
    copies = stacks("prod", f"recovery-{THERE}")
    (copy,) = of_type(copies, "AWS::S3::Bucket").values()
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{copy['BucketName']}"
    assert rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"] == {
        "Fn::GetStackOutput": {
            "StackName": f"warehouse-prod-recovery-{THERE}",
            "OutputName": "KeyArn",
            "Region": THERE,
        }
    }
    assert copy["VersioningConfiguration"] == {"Status": "Enabled"}


# --- backups -------------------------------------------------------------------------------------


def plan(template: Template, name: str) -> dict[str, dict[str, Any]]:
    found = properties(template, f"BackupPlan{name}")["BackupPlan"]["BackupPlanRule"]
    return {rule["RuleName"]: rule for rule in found}


def test_backups_move_to_cold_storage_and_stay_there_as_long_as_aws_asks(data: Template) -> None:
    standard = plan(data, "Standard")
    assert {name: rule["Lifecycle"] for name, rule in standard.items()} == {
        "daily": {"DeleteAfterDays": 35},
        "weekly": {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 14},
        "monthly": {"DeleteAfterDays": 400, "MoveToColdStorageAfterDays": 30},
    }
    for rule in standard.values():
        if cold := rule["Lifecycle"].get("MoveToColdStorageAfterDays"):
            assert rule["Lifecycle"]["DeleteAfterDays"] >= cold + 90
    assert len({rule["ScheduleExpression"] for rule in standard.values()}) == 3


def test_each_backup_has_a_copy_in_the_other_region_that_lives_as_long(data: Template) -> None:
    for rule in plan(data, "Standard").values():
        (copy,) = rule["CopyActions"]
        assert copy["DestinationBackupVaultArn"] == (
            f"arn:aws:backup:{THERE}:{ACCOUNT}:backup-vault:warehouse-prod-standard"
        )
        assert copy["Lifecycle"] == rule["Lifecycle"]
    assert all("CopyActions" not in rule for rule in plan(data, "Nightly").values())


def test_the_vault_is_locked_in_both_regions_and_in_dev_in_none(
    stacks: Callable[[str, str], Template],
) -> None:
    lock = {"MinRetentionDays": 7, "MaxRetentionDays": 400, "ChangeableForDays": 3}
    for stack in ("data", f"recovery-{THERE}"):
        vaults = {
            vault["BackupVaultName"]: vault.get("LockConfiguration")
            for vault in of_type(stacks("prod", stack), "AWS::Backup::BackupVault").values()
        }
        assert vaults["warehouse-prod-standard"] == lock
        in_dev = of_type(stacks("dev", stack), "AWS::Backup::BackupVault").values()
        assert not any("LockConfiguration" in vault for vault in in_dev)


def test_a_plan_takes_what_names_it_what_has_its_tag_and_what_has_the_arn(data: Template) -> None:
    by_arn = properties(data, "BackupSelectionStandard")["BackupSelection"]
    table = f"arn:aws:dynamodb:{HERE}:{ACCOUNT}:table/warehouse-prod-"
    assert by_arn["Resources"] == [
        f"{table}items",
        f"{table}moves",
        f"arn:aws:elasticfilesystem:{HERE}:{ACCOUNT}:file-system/fs-0123456789abcdef0",
    ]
    by_tag = properties(data, "BackupSelectionTagsStandard")["BackupSelection"]
    assert by_tag["Conditions"] == {
        "StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "standard"}]
    }


def test_only_a_plan_that_takes_what_is_not_declared_has_aws_own_policy(data: Template) -> None:
    (managed,) = properties(data, "BackupRoleStandard")["ManagedPolicyArns"]
    assert managed.endswith(":policy/service-role/AWSBackupServiceRolePolicyForBackup")
    nightly = properties(data, "BackupRoleNightly")
    assert "ManagedPolicyArns" not in nightly
    statements = {s["Sid"]: s for s in nightly["Policies"][0]["PolicyDocument"]["Statement"]}
    assert set(statements) == {"Clusters", "ClusterSnapshots", "ClusterKey", "ClusterKeyGrants", "Vault"}


def test_a_plan_may_take_snapshots_of_a_database_under_its_key_through_rds_alone(
    data: Template, databases: Template
) -> None:
    role = properties(data, "BackupRoleNightly")
    statements = {s["Sid"]: s for s in role["Policies"][0]["PolicyDocument"]["Statement"]}
    describing, granting = statements["ClusterKey"], statements["ClusterKeyGrants"]
    through = {"kms:ViaService": f"rds.{HERE}.amazonaws.com"}
    assert describing["Action"] == ["kms:DescribeKey"]
    assert describing["Condition"] == {"StringEquals": through}
    assert granting["Action"] == ["kms:CreateGrant"]
    assert granting["Condition"] == {
        "StringEquals": through,
        "Bool": {"kms:GrantIsForAWSResource": "true"},
    }
    (key,) = (output["Value"] for name, output in databases["Outputs"].items() if name == "KeyArn")
    assert properties(databases, "DatabaseStock")["KmsKeyId"] == key
    theirs = [{"Fn::GetStackOutput": {"StackName": "warehouse-prod-databases", "OutputName": "KeyArn"}}]
    assert describing["Resource"] == granting["Resource"] == theirs
    others = {
        s["Sid"] for s in properties(data, "BackupRoleStandard")["Policies"][0]["PolicyDocument"]["Statement"]
    }
    assert not others & {"ClusterKey", "ClusterKeyGrants"}


# --- databases and caches ------------------------------------------------------------------------


def test_a_database_keeps_its_own_backups_and_grows_within_its_limits(
    stacks: Callable[[str, str], Template],
) -> None:
    found = {
        environment: properties(stacks(environment, "databases"), "DatabaseStock")
        for environment in ("dev", "prod")
    }
    assert {name: cluster["BackupRetentionPeriod"] for name, cluster in found.items()} == {
        "dev": 7,
        "prod": 35,
    }
    scaling = {name: cluster["ServerlessV2ScalingConfiguration"] for name, cluster in found.items()}
    assert scaling["dev"]["MaxCapacity"] == 2
    assert scaling["prod"] == {"MinCapacity": 1, "MaxCapacity": 16}
    assert all(
        cluster["StorageEncrypted"] and cluster["EnableIAMDatabaseAuthentication"]
        for cluster in found.values()
    )
    assert found["prod"]["DeletionProtection"] is True
    assert len(of_type(stacks("prod", "databases"), "AWS::RDS::DBInstance")) == 2


def test_a_proxy_asks_for_tls_and_logs_in_by_the_masters_secret_alone(databases: Template) -> None:
    (proxy,) = of_type(databases, "AWS::RDS::DBProxy").values()
    assert proxy["RequireTLS"] is True
    assert [auth["AuthScheme"] for auth in proxy["Auth"]] == ["SECRETS"]


def test_caches_are_encrypted_and_one_with_two_zones_has_a_node_that_takes_over(
    stacks: Callable[[str, str], Template],
) -> None:
    nodes = {
        environment: {
            group["ReplicationGroupId"].rpartition("-")[2]: group
            for group in of_type(
                stacks(environment, "databases"), "AWS::ElastiCache::ReplicationGroup"
            ).values()
        }
        for environment in ("dev", "prod")
    }
    for groups in nodes.values():
        for group in groups.values():
            assert group["TransitEncryptionEnabled"] is True
            assert group["AtRestEncryptionEnabled"] is True
    assert nodes["prod"]["shelves"]["MultiAZEnabled"] is True
    assert nodes["prod"]["shelves"]["AutomaticFailoverEnabled"] is True
    assert not nodes["dev"]["shelves"].get("MultiAZEnabled")
    assert {name: group["Engine"] for name, group in nodes["prod"].items()} == {
        "shelves": "valkey",
        "rates": "redis",
    }


# --- keys and secrets ----------------------------------------------------------------------------


def test_environment_variables_are_under_the_key_of_the_environment(
    stacks: Callable[[str, str], Template],
) -> None:
    service = stacks("prod", "service-stock")
    key = {"Fn::GetStackOutput": {"StackName": "warehouse-prod-data", "OutputName": "KeyArn"}}
    functions = of_type(service, "AWS::Lambda::Function")
    assert {name: function["KmsKeyArn"] for name, function in functions.items()} == {
        "FunctionBook": key,
        "FunctionFile": key,
    }
    assert functions["FunctionBook"]["Environment"]["Variables"]["CURRENCY"] == "EUR"


def test_a_secret_is_made_once_under_the_key_and_copied(data: Template) -> None:
    secret = properties(data, "SecretScanner")
    assert secret["KmsKeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}
    assert [replica["Region"] for replica in secret["ReplicaRegions"]] == [THERE]
    assert "SecretString" not in secret


def test_the_key_rotates_and_is_used_through_what_keeps_data_under_it_alone(data: Template) -> None:
    key = properties(data, "Key")
    assert key["EnableKeyRotation"] is True
    statements = {s["Sid"]: s for s in key["KeyPolicy"]["Statement"]}
    services = {
        name.split(".")[0]
        for name in statements["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]
    }
    assert services == {"dynamodb", "lambda", "s3", "secretsmanager"}
