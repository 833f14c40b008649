"""The commands of the runbook are ones that AWS knows, and what can be run on the local AWS works there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.operate.recovery.runbook import write_runbook

BLUEPRINT = """
blueprint: 1
system: SYSTEM
owner: team-commerce
environments:
  local: { target: local }
  prod: { account: "222222222222", region: eu-west-1, profile: shop-prod, protect: true }
identity: { users: { sign_in: email, clients: [web] } }
networks: { main: { cidr: 10.0.0.0/16 } }
tables:
  main:
    { partition_key: PK, backup: standard, ttl: expires_at, stream: new_image, encryption: customer_managed }
  far:
    partition_key: PK
    replicas: [eu-central-1]
    capacity: { read: { min: 5, max: 9 }, write: { min: 5, max: 9 } }
  vaulted: { partition_key: PK, point_in_time_recovery: false, backup: standard }
buckets:
  receipts: { versioned: true, replicas: [eu-central-1] }
databases: { ledger: { engine: aurora-postgresql, network: main, backup: standard } }
caches: { sessions: { network: main } }
secrets: { payment: { generate: {}, replicas: [eu-central-1] } }
config: { orders: { max-items: 50 } }
flags: { fast: { description: Faster, owner: team-commerce, default: off, remove_after: 2099-01-01 } }
buses: { events: { archive_days: 30 } }
queues: { notes: { dead_letter: { max_receives: 3 } } }
backups: { standard: { daily: { keep_days: 35 }, copy_to: eu-central-1 } }
services:
  orders:
    functions:
      create: { handler: orders.create.handler, access: { tables.main: write } }
"""
COMMAND = re.compile(r"`(aws [^`]+)`|^(aws .+)$", re.MULTILINE)
SESSION = botocore.session.get_session()
GLOBAL = {"--region", "--query", "--profile"}


def system_of(folder: Path, name: str, environment: str) -> ResolvedEnvironment:
    (folder / "blueprint.yaml").write_text(BLUEPRINT.replace("SYSTEM", name))
    return resolve(inspect_blueprint(folder / "blueprint.yaml"), environment)


def commands(text: str) -> list[list[str]]:
    found = [shlex.split(quoted or plain) for quoted, plain in COMMAND.findall(text)]
    # `aws s3` is the command line's own, not an operation of AWS.
    return [words for words in found if words[1] != "s3"]


def parsed(words: list[str]) -> tuple[str, str, dict[str, Any]]:
    """Service, operation and parameters of a command line, by botocore's model; a waiter as `wait …`."""
    waits = words[2] == "wait"
    service, name = words[1], words[3] if waits else words[2]
    model = SESSION.get_service_model("s3" if service == "s3api" else service)
    if waits:
        waiter = SESSION.get_waiter_model(service)
        (name,) = (
            xform_name(waiter.get_waiter(w).operation, "-")
            for w in waiter.waiter_names
            if xform_name(w, "-") == name
        )
    (operation,) = (o for o in model.operation_names if xform_name(o, "-") == name)
    members = model.operation_model(operation).input_shape.members
    flags = {f"--{xform_name(member, '-')}": member for member in members}
    found: dict[str, Any] = {}
    rest = iter(words[4 if waits else 3 :])
    for word in rest:
        if word in GLOBAL:
            next(rest)
            continue
        assert word in flags, f"{' '.join(words)}: {word} is none of {sorted(flags)}"
        found[flags[word]] = _value(members[flags[word]], rest)
    return service, f"wait {words[3]}" if waits else xform_name(operation), found


def _value(shape: Any, rest: Iterator[str]) -> Any:
    if shape.type_name == "boolean":
        return True
    text = next(rest)
    if shape.type_name in ("structure", "map", "list"):
        return json.loads(text) if text.startswith("{") else _shorthand(text)
    return int(text) if shape.type_name in ("integer", "long") else text


def _shorthand(text: str) -> Any:
    if "=" not in text:
        return [text]
    pairs = dict(pair.split("=", 1) for pair in text.split(","))
    return {key: {"true": True, "false": False}.get(value, value) for key, value in pairs.items()}


def test_aws_knows_every_command_and_every_option(tmp_path: Path) -> None:
    found = [parsed(words) for words in commands(write_runbook(system_of(tmp_path, "shop", "prod")))]
    operations = {(service, operation) for service, operation, _ in found}
    assert operations >= {
        ("dynamodb", "restore_table_to_point_in_time"),
        ("dynamodb", "restore_table_from_backup"),
        ("dynamodb", "wait table-exists"),
        ("rds", "restore_db_cluster_to_point_in_time"),
        ("backup", "start_restore_job"),
        ("rds", "restore_db_cluster_from_snapshot"),
        ("rds", "modify_db_cluster"),
        ("rds", "create_db_instance"),
        ("iam", "attach_role_policy"),
        ("kms", "cancel_key_deletion"),
        ("s3api", "copy_object"),
        ("secretsmanager", "restore_secret"),
        ("lambda", "put_function_concurrency"),
    }


def test_each_kind_comes_back_from_its_vault_with_the_metadata_of_its_kind(tmp_path: Path) -> None:
    """The guide of AWS Backup has a list of keys for each kind; values are texts, lists among them JSON."""
    found = [parsed(words) for words in commands(write_runbook(system_of(tmp_path, "shop", "prod")))]
    restores = [values for _, operation, values in found if operation == "start_restore_job"]
    assert {values["IamRoleArn"] for values in restores} == {
        "arn:aws:iam::222222222222:role/shop-prod-restore"
    }
    assert ("iam", "create_role", "shop-prod-restore") in {
        (service, operation, values.get("RoleName")) for service, operation, values in found
    }
    tables = {m["targetTableName"] for v in restores if "targetTableName" in (m := v["Metadata"])}
    assert tables == {"shop-prod-main", "shop-prod-vaulted", "shop-prod-vaulted-restored"}
    clusters = [v["Metadata"] for v in restores if "targetTableName" not in v["Metadata"]]
    assert {m["DBClusterIdentifier"] for m in clusters} == {"shop-prod-ledger", "shop-prod-ledger-restored"}
    for metadata in clusters:
        assert all(isinstance(value, str) for value in metadata.values())
        assert json.loads(metadata["VpcSecurityGroupIds"]) == ["GROUP"]
        assert metadata["Engine"] == "aurora-postgresql"


def test_platform_knows_its_own_commands(tmp_path: Path) -> None:
    from platform_cli.cli.table import COMMANDS

    text = write_runbook(system_of(tmp_path, "shop", "prod"))
    named = {tuple(found.split()[:2]) for found in re.findall(r"`platform ([^`]+)`", text)}
    known = {tuple(name.split()) for name in COMMANDS}
    assert {words for words in named if words not in known and words[:1] not in known} == set()


@pytest.mark.e2e
def test_steps_for_a_table_a_bucket_and_a_secret_bring_the_data_back(
    tmp_path: Path, local_clients: Clients
) -> None:
    system = system_of(tmp_path, "lost", "local")
    text = write_runbook(system)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    dynamodb, s3, secrets = (local_clients.client(name) for name in ("dynamodb", "s3", "secretsmanager"))
    table, bucket = system.tables["main"].physical_name, system.buckets["receipts"].physical_name
    secret = system.secrets["payment"].physical_name
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
    )
    for number in range(60):
        dynamodb.put_item(TableName=table, Item={"PK": {"S": str(number)}, "is": {"S": "good"}})
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    good = s3.put_object(Bucket=bucket, Key="KEY", Body=b"good")["VersionId"]
    secrets.create_secret(Name=secret, SecretString="good")

    def run(service: str, operation: str, section: str, **replacing: str) -> Any:
        """Run the one command of a section, with the words that stand for values replaced."""
        lines = [w for w in commands(section) if w[1] == service]
        (found,) = (p for p in map(parsed, lines) if p[1] == operation)
        arguments = json.loads(json.dumps(found[2]).replace("$TIME", moment))
        filled = {key: replacing.get(str(value), value) for key, value in arguments.items()}
        client = local_clients.client(service.replace("s3api", "s3"))
        if operation.startswith("wait "):
            return client.get_waiter(operation[5:].replace("-", "_")).wait(
                **filled, WaiterConfig={"Delay": 1}
            )
        return getattr(client, operation)(**filled)

    section = text.split("## Table main")[1].split("\n## ")[0]
    run("dynamodb", "update_continuous_backups", section)
    described = run("dynamodb", "describe_continuous_backups", section)["ContinuousBackupsDescription"]
    assert described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    run("dynamodb", "restore_table_to_point_in_time", section)
    run("dynamodb", "wait table-exists", section)
    # Only now is the table damaged: the local AWS restores what is there, whatever the moment.
    dynamodb.put_item(TableName=table, Item={"PK": {"S": "1"}, "is": {"S": "bad"}})
    dynamodb.delete_item(TableName=table, Key={"PK": {"S": "2"}})
    program = section.split("<<'END'\n")[1].split("   END")[0]
    target = local_clients.target
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(line[3:] for line in program.splitlines())],
        env={**os.environ, "AWS_ENDPOINT_URL": str(target.endpoint_url), "AWS_DEFAULT_REGION": target.region},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    items = dynamodb.scan(TableName=table)["Items"]
    assert (len(items), {item["is"]["S"] for item in items}) == (60, {"good"})
    run("dynamodb", "update_time_to_live", section)

    section = text.split("## Bucket receipts")[1].split("\n## ")[0]
    s3.put_object(Bucket=bucket, Key="KEY", Body=b"bad")
    source = f"{bucket}/KEY?versionId={good}"
    run("s3api", "copy_object", section, **{f"{bucket}/KEY?versionId=GOOD": source})
    assert s3.get_object(Bucket=bucket, Key="KEY")["Body"].read() == b"good"
    s3.delete_object(Bucket=bucket, Key="KEY")
    (marker,) = run("s3api", "list_object_versions", section)["DeleteMarkers"]
    run("s3api", "delete_object", section, MARKER=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="KEY")["Body"].read() == b"good"

    secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    run("secretsmanager", "restore_secret", text.split("## Secrets")[1].split("\n## ")[0])
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "good"
