"""How a table or a cluster comes back from the vault of its backup plan: steps of the runbook. Pure.

What each takes as metadata is in the AWS Backup guide («Restoring a DynamoDB table», «Restoring an Amazon
Aurora cluster», November 2026): values are texts, lists among them JSON in a text, and a cluster comes
without instances.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedDatabase, ResolvedEnvironment


def role_name(system: ResolvedEnvironment) -> str:
    """The role that one makes to restore with; the role of a plan may not restore."""
    return f"{system.system}-{system.environment}-restore"


def list_backups(plan: ResolvedBackup, region: str) -> str:
    """The command that names what is in the vault of a plan."""
    listing = "aws backup list-recovery-points-by-backup-vault"
    return f"`{listing} --backup-vault-name {plan.physical_name} --region {region}`"


def restore_table(system: ResolvedEnvironment, region: str, name: str) -> str:
    """The command that makes a table of a backup."""
    return _restore(system, region, {"targetTableName": name})


def restore_cluster(
    system: ResolvedEnvironment, database: ResolvedDatabase, region: str, name: str
) -> Iterator[str]:
    """The commands that make a cluster with an instance of a backup, in their order."""
    yield _restore(
        system,
        region,
        {
            "DBClusterIdentifier": name,
            "Engine": database.engine,
            "DBSubnetGroupName": "SUBNETS",
            "VpcSecurityGroupIds": '["GROUP"]',
        },
    )
    yield (
        f"`aws rds wait db-cluster-available --db-cluster-identifier {name} --region {region}`, then "
        f"`aws rds modify-db-cluster --db-cluster-identifier {name} --region {region} "
        f"--db-cluster-parameter-group-name PARAMETERS --enable-iam-database-authentication "
        f"--manage-master-user-password --apply-immediately {capacity(database)}`"
    )
    yield (
        f"`aws rds create-db-instance --db-instance-identifier {name}-1 --db-cluster-identifier {name} "
        f"--db-instance-class db.serverless --engine {database.engine} --region {region}`: "
        "AWS Backup makes none"
    )


def capacity(database: ResolvedDatabase) -> str:
    """The option that gives a cluster the capacity that the blueprint says."""
    return (
        "--serverless-v2-scaling-configuration "
        f"MinCapacity={database.min_acu:g},MaxCapacity={database.max_acu:g}"
    )


def _restore(system: ResolvedEnvironment, region: str, metadata: dict[str, str]) -> str:
    role = f"arn:aws:iam::{system.account}:role/{role_name(system)}"
    return (
        f"`aws backup start-restore-job --recovery-point-arn ARN --region {region} "
        f"--iam-role-arn {role} --metadata '{json.dumps(metadata)}'`"
    )
