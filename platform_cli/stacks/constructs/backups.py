"""Backup plans: a vault, the rhythms, what is backed up, and the role that does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aws_cdk import aws_backup as backup
from aws_cdk import aws_iam as iam

from platform_cli.blueprint.access import KEY_WRITE
from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedBackupLock, ResolvedBackupRule
from platform_cli.stacks import backups
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import trust
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.rights import Statement, policy

_HOURS = {"daily": "cron(0 3 * * ? *)", "weekly": "cron(0 4 ? * SUN *)", "monthly": "cron(0 5 1 * ? *)"}
"""When a backup of each rhythm begins, in UTC: at night in Europe, one after the other."""
_Plan = backup.CfnBackupPlan


class Vault(Capability):
    """Where the backups of a plan lie, under the key that AWS manages for it or ours; locked if asked for.

    The copies' vault in another region has the same name and the same lock.
    """

    def __init__(self, stack: PlatformStack, plan: ResolvedBackup, key_arn: str | None = None) -> None:
        super().__init__(stack, f"Vault-{plan.name}", f"backups.{plan.name}")
        self._resource = backup.CfnBackupVault(
            self,
            "Vault",
            backup_vault_name=plan.physical_name,
            encryption_key_arn=key_arn,
            lock_configuration=_lock(plan.lock) if plan.lock else None,
        )
        self.place(self._resource, f"BackupVault{pascal(plan.name)}", keeps_data=True)

    @property
    def name(self) -> str:
        """The vault's name; whoever takes it is created after the vault."""
        return self._resource.ref


class BackupPlan(Capability):
    """What is backed up when, by a role that may do it to those resources and no others.

    Args:
        stack: The data stack.
        plan: The plan.
        vault: Name of its vault.
        key_arn: The key of the data, if there is one.
        databases_key_arn: The key of the databases, if the plan backs up one that is under it.
    """

    def __init__(
        self,
        stack: PlatformStack,
        plan: ResolvedBackup,
        vault: str,
        key_arn: str | None,
        databases_key_arn: str | None = None,
    ) -> None:
        super().__init__(stack, f"Backup-{plan.name}", f"backups.{plan.name}")
        name = pascal(plan.name)
        resource = _Plan(
            self,
            "Plan",
            backup_plan=_Plan.BackupPlanResourceTypeProperty(
                backup_plan_name=plan.physical_name,
                backup_plan_rule=[self._rule(plan, rule, vault) for rule in plan.rules],
            ),
        )
        self.place(resource, f"BackupPlan{name}")
        members = backups.members(plan, stack.system)
        statements = list(_rights(stack, plan, members, key_arn))
        if databases_key_arn:
            statements += _snapshots_under(databases_key_arn, stack.at.via("rds"))
        role = iam.CfnRole(
            self,
            "Role",
            description=f"Backups of plan {plan.name} of {stack.names.prefix}",
            assume_role_policy_document=trust("backup.amazonaws.com", source_account=stack.system.account),
            # Somebody else's resources, of whatever type: AWS knows what each type needs.
            managed_policy_arns=[
                f"arn:{stack.at.partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
            ]
            if plan.selected_tags or plan.selected_arns
            else None,
            policies=[iam.CfnRole.PolicyProperty(policy_name="backup", policy_document=policy(statements))]
            if statements
            else None,
        )
        self.place(role, f"BackupRole{name}")
        # Tags and ARNs are a selection each: within one, both would have to hold.
        arns = [*members.arns, *plan.selected_arns]
        if arns:
            self._select(resource, role, f"BackupSelection{name}", "resources", resources=arns)
        if plan.selected_tags:
            equal = [
                {"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value}
                for key, value in sorted(plan.selected_tags.items())
            ]
            self._select(
                resource,
                role,
                f"BackupSelectionTags{name}",
                "tags",
                resources=["*"],
                conditions={"StringEquals": equal},
            )

    def _select(
        self, plan: backup.CfnBackupPlan, role: iam.CfnRole, logical_id: str, name: str, **what: Any
    ) -> None:
        selection = backup.CfnBackupSelection(
            self,
            logical_id,
            backup_plan_id=plan.attr_backup_plan_id,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                iam_role_arn=role.attr_arn, selection_name=name, **what
            ),
        )
        self.place(selection, logical_id)

    def _rule(
        self, plan: ResolvedBackup, rule: ResolvedBackupRule, vault: str
    ) -> backup.CfnBackupPlan.BackupRuleResourceTypeProperty:
        lifecycle = _Plan.LifecycleResourceTypeProperty(
            delete_after_days=rule.keep_days, move_to_cold_storage_after_days=rule.cold_after_days
        )
        copies = None
        if plan.copy_to:
            elsewhere = backups.vault_arn(self.stack.at, plan, plan.copy_to)
            copies = [
                _Plan.CopyActionResourceTypeProperty(
                    destination_backup_vault_arn=elsewhere, lifecycle=lifecycle
                )
            ]
        return _Plan.BackupRuleResourceTypeProperty(
            rule_name=rule.frequency,
            target_backup_vault=vault,
            copy_actions=copies,
            lifecycle=lifecycle,
            recovery_point_tags=dict(self.stack.tags.tag_values()),
            schedule_expression=_HOURS[rule.frequency],
            schedule_expression_timezone="UTC",
        )


def _lock(lock: ResolvedBackupLock) -> backup.CfnBackupVault.LockConfigurationTypeProperty:
    return backup.CfnBackupVault.LockConfigurationTypeProperty(
        min_retention_days=lock.keep_at_least_days,
        max_retention_days=lock.keep_at_most_days,
        changeable_for_days=lock.final_after_days,
    )


def _rights(
    stack: PlatformStack, plan: ResolvedBackup, members: backups.Members, key_arn: str | None
) -> Iterator[Statement]:
    if members.tables:
        yield Statement("Tables", backups.TABLE_ACTIONS, members.tables)
        yield Statement("TableBackups", backups.TABLE_BACKUP_ACTIONS, _each(members.tables, "/backup/*"))
        if key_arn and "tables" in backups.keyed_kinds(plan, stack.system):
            via = {"StringEquals": {"kms:ViaService": stack.at.via("dynamodb")}}
            yield Statement("Key", KEY_WRITE, (key_arn,), via)
    if key_arn and plan.encryption == "customer_managed":
        through = {"StringEquals": {"kms:ViaService": stack.at.via("backup")}}
        yield Statement("VaultKey", KEY_WRITE, (key_arn,), through)
        granting = {**through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        yield Statement("VaultKeyGrants", ("kms:CreateGrant",), (key_arn,), granting)
    if members.clusters:
        snapshots = stack.at.arn("rds", "cluster-snapshot:awsbackup:*")
        yield Statement("Clusters", backups.CLUSTER_ACTIONS, (*members.clusters, snapshots))
        yield Statement("ClusterSnapshots", backups.SNAPSHOT_ACTIONS, (snapshots,))
    if members.arns:
        vaults = [backups.vault_arn(stack.at, plan, stack.system.region)]
        if plan.copy_to:
            vaults.append(backups.vault_arn(stack.at, plan, plan.copy_to))
        yield Statement("Vault", backups.VAULT_ACTIONS, tuple(vaults))
        if plan.copy_to:
            # The points of DynamoDB and Aurora, wherever they are; AWS gives them their ids.
            kinds = [
                *([("backup", "recovery-point:*")] if members.tables else []),
                *([("rds", "cluster-snapshot:awsbackup:*")] if members.clusters else []),
            ]
            points = tuple(
                f"arn:{stack.at.partition}:{service}:{region}:{stack.system.account}:{point}"
                for region in (stack.system.region, plan.copy_to)
                for service, point in kinds
            )
            yield Statement("Copies", backups.COPY_ACTIONS, points)


def _snapshots_under(key_arn: str, service: str) -> list[Statement]:
    """A snapshot of a cluster is under its key: RDS grants itself the use of it, in the name of who asks."""
    through = {"StringEquals": {"kms:ViaService": service}}
    granting = {**through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        Statement("ClusterKey", ("kms:DescribeKey",), (key_arn,), through),
        Statement("ClusterKeyGrants", ("kms:CreateGrant",), (key_arn,), granting),
    ]


def _each(arns: Sequence[str], behind: str) -> tuple[str, ...]:
    return tuple(f"{arn}{behind}" for arn in arns)
