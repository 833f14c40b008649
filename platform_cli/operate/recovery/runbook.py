"""The recovery runbook of an environment, in Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment, ResolvedTable
from platform_cli.operate.recovery.objectives import objectives


def write_runbook(system: ResolvedEnvironment) -> str:
    """What to do when data or the region is lost, with the names of this environment."""
    return "\n".join(_lines(system)) + "\n"


def _lines(system: ResolvedEnvironment) -> Iterator[str]:
    yield f"# Recovery of {system.system} in {system.environment}"
    yield ""
    yield (
        f"Account {system.account}, region {system.region}, owner {system.owner}. Written from the "
        "blueprint by "
        f"`platform runbook --env {system.environment}`; print it and keep it where AWS is not needed "
        "to read it."
    )
    yield from _objectives(system)
    yield from _first(system)
    for _, table in sorted(system.tables.items()):
        if not table.external:
            yield from _table(table, system)
    yield from _buckets(system)
    yield from _databases(system)
    yield from _secrets(system)
    yield from _region(system)
    yield from _afterwards(system)


def _objectives(system: ResolvedEnvironment) -> Iterator[str]:
    yield from ("", "## What is lost, and how long it takes", "")
    yield "| what | name on AWS | recovery point | recovery time | if the region is lost | from |"
    yield "|---|---|---|---|---|---|"
    for row in objectives(system):
        cells = (f"`{row.thing}`", f"`{row.name}`", row.point, row.time, row.region_point, row.how)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield (
        "The recovery point is what is lost at most; the time is from the decision on, for data of a few "
        "gigabytes. Both are of the kind of operation, not measured: rehearse, and write down what you "
        "measured."
    )


def _first(system: ResolvedEnvironment) -> Iterator[str]:
    profile = f" --profile {system.profile}" if system.profile else ""
    yield from ("", "## First", "")
    yield f"1. Be in the right account: `aws sts get-caller-identity{profile}` says {system.account}."
    yield f"2. See what is there: `platform status --env {system.environment}`."
    yield "3. Note the time (UTC) of the last good moment. Everything below goes back to it."
    yield "4. Stop what writes wrong data: reserve no concurrency for the function."
    for function in sorted(system.functions, key=lambda f: f.address):
        if any(access.verb in ("write", "read_write") for access in function.access):
            yield (
                f"   - `{function.address}`: `aws lambda put-function-concurrency --function-name "
                f"{function.physical_name} --reserved-concurrent-executions 0`"
            )


def _table(table: ResolvedTable, system: ResolvedEnvironment) -> Iterator[str]:
    name = table.physical_name
    yield from ("", f"## Table {table.name}", "")
    plan = system.backups.get(table.backup or "")
    if not table.point_in_time_recovery and plan is None:
        yield "Nothing keeps its data: declare `point_in_time_recovery` or a `backup`."
        return
    yield "A table cannot be restored into itself. Restore beside it, then copy what was damaged."
    yield ""
    if table.point_in_time_recovery:
        yield (
            f"1. `aws dynamodb restore-table-to-point-in-time --source-table-name {name} "
            f"--target-table-name {name}-restored --restore-date-time TIME`"
        )
    else:
        assert plan is not None
        yield from _from_vault(plan, system.region, "1. ")
    yield f"2. `aws dynamodb wait table-exists --table-name {name}-restored`"
    yield f"3. Compare, and write the good items back into `{name}`; its streams tell consumers as always."
    yield (
        f"4. If the table itself is gone, restore under its own name `{name}` instead, so that the "
        "stack finds it "
        "again. CloudFormation does not see what a restore leaves out, so put it back yourself:"
    )
    yield (
        f"   - `aws dynamodb update-continuous-backups --table-name {name} "
        "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`"
    )
    if table.ttl:
        yield (
            f"   - `aws dynamodb update-time-to-live --table-name {name} "
            f"--time-to-live-specification Enabled=true,AttributeName={table.ttl}`"
        )
    if table.stream:
        yield (
            f"   - `aws dynamodb update-table --table-name {name} --stream-specification "
            f"StreamEnabled=true,StreamViewType={table.stream.upper()}`; its ARN is a new one, so "
            "functions that it "
            "drives need a change of their stack to follow"
        )
    if table.capacity:
        yield "   - automatic scaling: `aws application-autoscaling register-scalable-target`"


def _from_vault(plan: ResolvedBackup, region: str, number: str) -> Iterator[str]:
    vault = plan.physical_name
    listing = "aws backup list-recovery-points-by-backup-vault"
    yield f"{number}`{listing} --backup-vault-name {vault} --region {region}`"
    yield (
        f"   then `aws backup start-restore-job --recovery-point-arn ARN --region {region} "
        "--iam-role-arn ROLE "
        '--metadata \'{"targetTableName": "NAME"}\'`'
    )


def _buckets(system: ResolvedEnvironment) -> Iterator[str]:
    for name, bucket in sorted(system.buckets.items()):
        if bucket.external:
            continue
        yield from ("", f"## Bucket {name}", "")
        if not bucket.versioned:
            yield f"`{bucket.physical_name}` keeps no versions: what is overwritten or deleted is gone."
            continue
        kept = bucket.expire_noncurrent_after_days
        until = f"for {kept} days" if kept else "for ever"
        yield f"`{bucket.physical_name}` keeps what was replaced or deleted {until}."
        yield ""
        yield f"1. `aws s3api list-object-versions --bucket {bucket.physical_name} --prefix KEY`"
        yield (
            f"2. A deleted object: `aws s3api delete-object --bucket {bucket.physical_name} --key KEY "
            "--version-id MARKER` takes the mark of its deletion away."
        )
        yield (
            f"3. An overwritten one: `aws s3api copy-object --bucket {bucket.physical_name} --key KEY "
            f"--copy-source '{bucket.physical_name}/KEY?versionId=GOOD'`"
        )


def _databases(system: ResolvedEnvironment) -> Iterator[str]:
    for name, database in sorted(system.databases.items()):
        yield from ("", f"## Database {name}", "")
        yield (
            f"1. `aws rds restore-db-cluster-to-point-in-time --source-db-cluster-identifier "
            f"{database.physical_name} --db-cluster-identifier {database.physical_name}-restored "
            "--restore-to-time TIME --serverless-v2-scaling-configuration "
            f"MinCapacity={database.min_acu:g},MaxCapacity={database.max_acu:g}`"
        )
        yield (
            f"2. `aws rds create-db-instance --db-instance-identifier {database.physical_name}-restored-1 "
            f"--db-cluster-identifier {database.physical_name}-restored --db-instance-class db.serverless "
            f"--engine {database.engine}`"
        )
        yield "3. Compare, and copy the good rows back with the tools of the database."


def _secrets(system: ResolvedEnvironment) -> Iterator[str]:
    if not system.secrets:
        return
    yield from ("", "## Secrets", "")
    for name, secret in sorted(system.secrets.items()):
        yield (
            f"- `{name}`: the previous version by `platform secrets rollback {name} --env "
            f"{system.environment}`; "
            f"if it was deleted: `aws secretsmanager restore-secret --secret-id {secret.physical_name}`"
        )


def _region(system: ResolvedEnvironment) -> Iterator[str]:
    yield from ("", f"## If {system.region} is lost", "")
    names = Names(system.system, system.environment, system.account, system.region)
    copies: list[str] = []
    for _, table in sorted(system.tables.items()):
        copies += [
            f"- Table `{table.physical_name}` is in {region}, up to date within seconds; it takes "
            "writes there."
            for region in table.replicas
        ]
    for name, bucket in sorted(system.buckets.items()):
        copies += [
            f"- Bucket `{replace(names, region=region).bucket(name)}` in {region} holds what "
            f"`{bucket.physical_name}` held minutes before; give functions its name, or copy back with "
            "`aws s3 sync` when the region is there again."
            for region in bucket.replicas
        ]
    for name, secret in sorted(system.secrets.items()):
        copies += [
            f"- Secret `{name}`: `aws secretsmanager stop-replication-to-replica --secret-id "
            f"{secret.physical_name} --region {region}` makes the copy one of its own."
            for region in secret.replicas
        ]
    for _, plan in sorted(system.backups.items()):
        if plan.copy_to:
            copies.append(
                f"- Backups of plan `{plan.name}` are in {plan.copy_to}, vault `{plan.physical_name}`:"
            )
            copies += [f"  {line}" for line in _from_vault(plan, plan.copy_to, "")]
    if not copies:
        yield (
            "Nothing is kept in another region: the data is back when the region is. `replicas` of "
            "tables, buckets and "
            "secrets and `copy_to` of backup plans change that."
        )
        return
    yield from copies
    yield ""
    yield (
        "Then add an environment with the other region to the blueprint, and deploy it: its names "
        "begin with "
        f"another prefix than `{names.prefix}`, so read the data under the names above through `external`."
    )


def _afterwards(system: ResolvedEnvironment) -> Iterator[str]:
    yield from ("", "## Afterwards", "")
    yield f"1. `platform deploy --env {system.environment}`: everything is as the blueprint says."
    for function in sorted(system.functions, key=lambda f: f.address):
        if function.reserved_concurrency is not None:
            yield (
                f"   - `{function.address}` has {function.reserved_concurrency} reserved again by the "
                "deployment "
                "only if its stack changes; give it back by hand otherwise."
            )
    yield (
        "2. Give the others back what was taken: "
        "`aws lambda delete-function-concurrency --function-name NAME` for each function above."
    )
    yield "3. Delete what was restored beside. Write down the times, and correct this page's."
