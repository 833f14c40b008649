"""The runbook has the real names, and says what is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.operate.recovery.objectives import objectives
from platform_cli.operate.recovery.runbook import write_runbook

BLUEPRINT = """
blueprint: 1
system: shop
owner: team-commerce
environments:
  prod: { account: "222222222222", region: eu-west-1, profile: shop-prod, protect: true }
tables:
  main: { partition_key: PK, backup: standard, ttl: expires_at, stream: new_image }
  far: { partition_key: PK, replicas: [eu-central-1] }
  loose: { partition_key: PK, point_in_time_recovery: false }
buckets:
  receipts: { versioned: true, lifecycle: { expire_noncurrent_after_days: 30 } }
  scratch: { versioned: false }
  copied: { versioned: true, replicas: [eu-central-1] }
secrets: { payment: { generate: {}, replicas: [eu-central-1] }, local: { generate: {} } }
backups: { standard: { daily: { keep_days: 35 }, copy_to: eu-central-1 } }
services:
  orders:
    functions:
      create: { handler: orders.create.handler, access: { tables.main: write } }
      get: { handler: orders.get.handler, access: { tables.main: read } }
"""


@pytest.fixture
def system(tmp_path: Path) -> ResolvedEnvironment:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    return resolve(inspect_blueprint(tmp_path / "blueprint.yaml"), "prod")


def test_every_thing_with_data_says_what_is_lost_here_and_with_the_region(
    system: ResolvedEnvironment,
) -> None:
    assert {row.thing: (row.point, row.region_point) for row in objectives(system)} == {
        "tables.far": ("5 minutes", "seconds"),
        "tables.loose": ("everything", "everything"),
        "tables.main": ("5 minutes", "1 day"),
        "buckets.copied": ("nothing", "15 minutes"),
        "buckets.receipts": ("nothing", "everything"),
        "buckets.scratch": ("everything", "everything"),
        "secrets.local": ("nothing", "everything"),
        "secrets.payment": ("nothing", "nothing"),
    }


def test_only_what_writes_is_stopped(system: ResolvedEnvironment) -> None:
    text = write_runbook(system)
    assert "--function-name shop-prod-orders-create --reserved-concurrent-executions 0" in text
    assert "shop-prod-orders-get" not in text


def test_commands_have_the_names_of_the_environment(system: ResolvedEnvironment) -> None:
    text = write_runbook(system)
    assert "--source-table-name shop-prod-main --target-table-name shop-prod-main-restored" in text
    assert "Enabled=true,AttributeName=expires_at" in text
    assert "StreamViewType=NEW_IMAGE" in text
    assert "--bucket shop-prod-receipts-222222222222-eu-west-1" in text
    assert "Bucket `shop-prod-copied-222222222222-eu-central-1` in eu-central-1" in text
    assert "--backup-vault-name shop-prod-standard --region eu-central-1" in text
    assert "--secret-id shop/prod/payment --region eu-central-1" in text
    assert "shop/prod/local --region" not in text


def test_a_table_that_nothing_keeps_is_said_to_be_so(system: ResolvedEnvironment) -> None:
    section = write_runbook(system).split("## Table loose")[1].split("##")[0]
    assert section.strip() == "Nothing keeps its data: declare `point_in_time_recovery` or a `backup`."


def test_who_begins_is_told_what_to_set_and_whom_to_tell(system: ResolvedEnvironment) -> None:
    text = write_runbook(system)
    assert "export AWS_PROFILE=shop-prod\nexport AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1\n" in text
    alarms = system.alarms.model_copy(update={"critical": ("oncall@shop.example",)})
    assert "Tell oncall@shop.example" in write_runbook(system.model_copy(update={"alarms": alarms}))
    assert "Tell " not in text


def test_a_deleted_table_comes_back_from_its_replica_or_from_what_dynamodb_keeps(
    system: ResolvedEnvironment,
) -> None:
    far, main = (
        write_runbook(system).split(f"## Table {name}")[1].split("\n## ")[0] for name in ("far", "main")
    )
    assert "--region eu-central-1 --replica-updates 'Create={RegionName=eu-west-1}'" in far
    assert "damaged in its replicas too" in far
    assert "`shop-prod-main$DeletedTableBackup`" in main
    assert "replica" not in main


def test_a_role_to_restore_with_is_shown_where_there_are_backups_alone(system: ResolvedEnvironment) -> None:
    assert "aws iam create-role --role-name shop-prod-restore" in write_runbook(system)
    assert "create-role" not in write_runbook(system.model_copy(update={"backups": {}, "tables": {}}))


def test_a_system_in_one_region_says_that_the_region_is_all_it_has(system: ResolvedEnvironment) -> None:
    alone = system.model_copy(update={"tables": {}, "buckets": {}, "secrets": {}, "backups": {}})
    assert "Nothing is kept in another region" in write_runbook(alone)


def test_a_plan_of_databases_alone_says_nothing_of_tables(tmp_path: Path) -> None:
    text = BLUEPRINT.replace("backup: standard, ", "").replace(
        "secrets:",
        "networks: { main: { cidr: 10.0.0.0/16 } }\n"
        "databases: { ledger: { engine: aurora-postgresql, network: main, backup: standard } }\nsecrets:",
    )
    (tmp_path / "blueprint.yaml").write_text(text)
    runbook = write_runbook(resolve(inspect_blueprint(tmp_path / "blueprint.yaml"), "prod"))
    section = runbook.split("## Database ledger")[1].split("\n## ")[0]
    assert "--backup-vault-name shop-prod-standard --region eu-west-1" in section
    assert "If the cluster itself is gone" in section
    lost = runbook.split("## If eu-west-1 is lost")[1].split("\n## ")[0]
    assert '"DBClusterIdentifier": "shop-prod-ledger"' in lost
    assert "aws rds create-db-instance --db-instance-identifier shop-prod-ledger-1 " in lost
    assert "targetTableName" not in runbook
