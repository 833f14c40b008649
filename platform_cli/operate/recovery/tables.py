"""How a table comes back: steps of the runbook. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment, ResolvedTable
from platform_cli.operate.recovery.vaults import list_backups, restore_table

COPY_BACK = """\
   python3 - <<'END'
   import boto3
   tables = boto3.resource("dynamodb")
   good, damaged = tables.Table("{name}-restored"), tables.Table("{name}")
   where = {{}}
   with damaged.batch_writer() as writing:
       while where is not None:
           page = good.scan(**where)
           for item in page["Items"]:  # leave out here what is not damaged
               writing.put_item(Item=item)
           last = page.get("LastEvaluatedKey")
           where = {{"ExclusiveStartKey": last}} if last else None
   END"""


def recover_table(table: ResolvedTable, system: ResolvedEnvironment) -> Iterator[str]:
    """The section of one table."""
    name = table.physical_name
    yield from ("", f"## {_heading(table)}", "")
    plan = system.backups.get(table.backup or "")
    if not table.point_in_time_recovery and plan is None:
        yield "Nothing keeps its data: declare `point_in_time_recovery` or a `backup`."
        return
    copied = " What was damaged is damaged in its replicas too." if table.replicas else ""
    yield f"A table cannot be restored into itself. Restore beside it, then copy what was damaged.{copied}"
    yield ""
    if table.point_in_time_recovery:
        yield (
            "0. How far back, and how near to now: `aws dynamodb describe-continuous-backups --table-name "
            f"{name}`"
        )
        yield (
            f"1. `aws dynamodb restore-table-to-point-in-time --source-table-name {name} "
            f'--target-table-name {name}-restored --restore-date-time "$TIME"`'
        )
    else:
        assert plan is not None
        yield (
            f"1. {list_backups(plan, system.region)}, then with [a role to restore with]"
            f"(#a-role-to-restore-with): {restore_table(system, system.region, f'{name}-restored')}"
        )
    yield (
        f"2. `aws dynamodb wait table-exists --table-name {name}-restored`; it gives up after 8 minutes, "
        "and a "
        "restore takes longer: call it again."
    )
    yield (
        f"3. Write the good items back into `{name}`. This overwrites what was changed since, and leaves "
        "what is "
        "new since; its streams tell consumers as always."
    )
    yield from ("", "   ```", *COPY_BACK.format(name=name).splitlines(), "   ```", "")
    yield from _gone(table, plan, system)
    if table.encryption == "customer_managed":
        yield (
            "5. If its items cannot be read for their key: `aws kms describe-key --key-id "
            f"{key_of(system)}`. A key "
            "that is disabled: `aws kms enable-key --key-id ID`; one that waits to be deleted: "
            "`aws kms cancel-key-deletion --key-id ID`, then enable it. Once it is deleted, so is the data, "
            "backups included."
        )


def key_of(system: ResolvedEnvironment) -> str:
    """The alias of the environment's key."""
    return f"alias/{system.system}-{system.environment}-data"


def _heading(table: ResolvedTable) -> str:
    return f"Event store {table.event_store}" if table.event_store else f"Table {table.name}"


def _gone(table: ResolvedTable, plan: ResolvedBackup | None, system: ResolvedEnvironment) -> Iterator[str]:
    name = table.physical_name
    yield (
        f"4. If the table itself is gone, it comes back under its own name `{name}`, so that the stack "
        "finds it:"
    )
    for region in table.replicas[:1]:
        yield (
            f"   - its replica has everything: `aws dynamodb update-table --table-name {name} "
            f"--region {region} --replica-updates 'Create={{RegionName={system.region}}}'` brings it back: "
            "restore nothing"
        )
    if table.point_in_time_recovery:
        yield (
            "   - DynamoDB keeps the last state of a deleted table for 35 days: `aws dynamodb list-backups "
            f"--backup-type SYSTEM --table-name {name}` names it (`{name}$DeletedTableBackup`), then "
            f"`aws dynamodb restore-table-from-backup --target-table-name {name} --backup-arn ARN`"
        )
    elif plan is not None:
        yield f"   - from the vault as in 1: {restore_table(system, system.region, name)}"
    yield (
        "   - a restore leaves out the following, and CloudFormation does not see it, so put it back "
        "yourself:"
    )
    if table.point_in_time_recovery:
        yield (
            f"   - `aws dynamodb update-continuous-backups --table-name {name} "
            "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`"
        )
    if system.protect:
        yield f"   - `aws dynamodb update-table --table-name {name} --deletion-protection-enabled`"
    if table.ttl:
        yield (
            f"   - `aws dynamodb update-time-to-live --table-name {name} "
            f"--time-to-live-specification Enabled=true,AttributeName={table.ttl}`"
        )
    if table.stream:
        yield (
            f"   - `aws dynamodb update-table --table-name {name} --stream-specification "
            f"StreamEnabled=true,StreamViewType={table.stream.upper()}`; its ARN is a new one, so functions "
            "that "
            "it drives need a change of their stack to follow"
        )
    if table.capacity:
        yield "   - automatic scaling: `aws application-autoscaling register-scalable-target`"
