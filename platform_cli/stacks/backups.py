"""What a backup plan is about, and what doing it takes. Pure.

The actions are those of AWS's own policy for the role (`AWSBackupServiceRolePolicyForBackup`, November 2026),
as far as they concern tables and Aurora clusters, each on the resources of the plan alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment
from platform_cli.stacks.addresses import Addresses

TABLE_ACTIONS = (
    "dynamodb:CreateBackup",
    "dynamodb:DescribeTable",
    "dynamodb:ListTagsOfResource",
    "dynamodb:StartAwsBackupJob",
)
TABLE_BACKUP_ACTIONS = ("dynamodb:DeleteBackup", "dynamodb:DescribeBackup")
CLUSTER_ACTIONS = (
    "rds:AddTagsToResource",
    "rds:CreateDBClusterSnapshot",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBClusters",
    "rds:ListTagsForResource",
)
SNAPSHOT_ACTIONS = (
    "rds:CopyDBClusterSnapshot",
    "rds:DeleteDBClusterSnapshot",
    "rds:ModifyDBClusterSnapshotAttribute",
)
VAULT_ACTIONS = ("backup:CopyIntoBackupVault", "backup:DescribeBackupVault")
COPY_ACTIONS = ("backup:CopyFromBackupVault",)


@dataclass(frozen=True)
class Members:
    """What a plan backs up of ours.

    Attributes:
        tables: ARNs of tables.
        clusters: ARNs of Aurora clusters.
    """

    tables: tuple[str, ...]
    clusters: tuple[str, ...]

    @property
    def arns(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.tables, *self.clusters)


def members(plan: ResolvedBackup, system: ResolvedEnvironment) -> Members:
    """What names a plan as its `backup`."""
    at = Addresses.of(system)
    tables = (t for t in system.tables.values() if t.backup == plan.name and not t.external)
    clusters = (d for d in system.databases.values() if d.backup == plan.name)
    return Members(
        tuple(sorted(at.table(table.physical_name) for table in tables)),
        tuple(sorted(at.arn("rds", f"cluster:{cluster.physical_name}") for cluster in clusters)),
    )


def keyed_kinds(plan: ResolvedBackup, system: ResolvedEnvironment) -> frozenset[str]:
    """Of which kinds (`tables`, `databases`) a plan backs up something that is under a key of our own."""
    encryptions: dict[str, set[str]] = {
        "tables": {t.encryption for t in system.tables.values() if t.backup == plan.name},
        "databases": {d.encryption for d in system.databases.values() if d.backup == plan.name},
    }
    return frozenset(kind for kind, found in encryptions.items() if "customer_managed" in found)


def is_used(plan: ResolvedBackup, system: ResolvedEnvironment) -> bool:
    """Whether a plan backs up anything; one that does not is not built."""
    return bool(members(plan, system).arns or plan.selected_tags or plan.selected_arns)


def vault_arn(at: Addresses, plan: ResolvedBackup, region: str) -> str:
    """The vault of a plan, in a region."""
    return replace(at, region=region).arn("backup", f"backup-vault:{plan.physical_name}")
