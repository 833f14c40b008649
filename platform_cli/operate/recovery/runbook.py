"""The recovery runbook of an environment, in Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment
from platform_cli.operate.recovery.objectives import objectives
from platform_cli.operate.recovery.stores import recover_buckets, recover_databases, recover_values
from platform_cli.operate.recovery.tables import recover_table
from platform_cli.operate.recovery.vaults import list_backups, restore_cluster, restore_table, role_name

_WRITING = ("append", "connect", "read_write", "write")
"""Verbs of `access` by which a function can change data."""


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
    told = ", ".join(system.alarms.critical)
    if told:
        yield from ("", f"Tell {told} that you are on it.")
    yield from _cases(system)
    yield from _objectives(system)
    yield from _first(system)
    for _, table in sorted(system.tables.items()):
        if not table.external:
            yield from recover_table(table, system)
    yield from recover_buckets(system)
    yield from recover_databases(system)
    yield from recover_values(system)
    yield from _events(system)
    yield from _role(system)
    yield from _region(system)
    yield from _afterwards(system)


def _cases(system: ResolvedEnvironment) -> Iterator[str]:
    yield from ("", "## What happened?", "")
    yield "- Wrong data was written, or data was deleted: do [First](#first), then the section of the thing."
    yield (
        f"- Errors since a change: `platform history --env {system.environment}` tells what changed, when, "
        "by whom. "
        "Take that back first: a setting or flag by its `rollback`, code by deploying the commit before. "
        "Data may "
        "be fine."
    )
    yield (
        f"- All of {system.region} is out: [If {system.region} is lost](#if-{system.region}-is-lost). "
        "Moving and "
        "coming back cost more than an hour of waiting."
    )
    yield "- You do not know: do [First](#first). It loses nothing."


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
    yield from ("", "## First", "", "Every command below counts on these:", "", "```")
    if system.profile:
        yield f"export AWS_PROFILE={system.profile}"
    yield f"export AWS_REGION={system.region} AWS_DEFAULT_REGION={system.region}"
    yield "export TIME=2027-01-31T03:00:00Z   # the last good moment, in UTC: everything goes back to it"
    yield from ("```", "")
    yield f"1. Be in the right account: `aws sts get-caller-identity` says {system.account}."
    yield (
        f"2. See what is there, and what changed: `platform status --env {system.environment}`, `platform "
        "doctor "
        f"--env {system.environment}`, `platform history --env {system.environment}`."
    )
    yield "3. Find the last good moment, in logs and alarms, and write it down."
    yield (
        "4. Stop what writes wrong data: reserve no concurrency for the function. What waits in queues "
        "stays there."
    )
    for function in sorted(system.functions, key=lambda f: f.address):
        if any(access.verb in _WRITING for access in function.access):
            yield (
                f"   - `{function.address}`: `aws lambda put-function-concurrency --function-name "
                f"{function.physical_name} --reserved-concurrent-executions 0`"
            )


def _events(system: ResolvedEnvironment) -> Iterator[str]:
    """What happened since the good moment, told again to those whose data went back to it."""
    archived = {name: bus for name, bus in sorted(system.buses.items()) if bus.archive_days is not None}
    if not (archived or system.streams or system.queues):
        return
    yield from ("", "## Events since then", "")
    for name, bus in archived.items():
        yield (
            f'- Bus `{name}` keeps {bus.archive_days} days: `platform events replay {name} --since "$TIME" '
            "--dry-run "
            f"--env {system.environment}` shows who would get what again; without `--dry-run` they do. "
            "Handlers "
            "that were not damaged get their events twice."
        )
    for name, stream in sorted(system.streams.items()):
        yield f"- Stream `{name}` (`{stream.physical_name}`) keeps {stream.retention_hours} hours."
    if system.queues:
        yield (
            f"- Messages that failed meanwhile: `platform dead-letters list --env {system.environment}`; "
            "`redrive` "
            "after the cause is gone."
        )


def _role(system: ResolvedEnvironment) -> Iterator[str]:
    if not system.backups:
        return
    name = role_name(system)
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": '
        '"backup.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
    )
    yield from ("", "## A role to restore with", "")
    yield "The role of a backup plan may back up and no more. Once, and gone again afterwards:"
    yield from ("", "```")
    yield f"aws iam create-role --role-name {name} --assume-role-policy-document '{trust}'"
    yield (
        f"aws iam attach-role-policy --role-name {name} "
        "--policy-arn arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
    )
    yield "```"


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
            f"`{bucket.physical_name}` held minutes before; give functions its name, or copy back when the "
            f"region is there again: `aws s3 sync s3://{replace(names, region=region).bucket(name)} "
            f"s3://{bucket.physical_name} --source-region {region} --region {system.region}`."
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
            copies += [f"  {line}" for line in _from_copies(plan, system, plan.copy_to)]
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


def _from_copies(plan: ResolvedBackup, system: ResolvedEnvironment, region: str) -> Iterator[str]:
    """How each member of a plan comes back in the region of the copies."""
    yield (
        f"{list_backups(plan, region)} names them; restore with [the role](#a-role-to-restore-with), which "
        "is the same in every region:"
    )
    for _, table in sorted(system.tables.items()):
        if table.backup == plan.name and not table.external:
            yield f"- Table: {restore_table(system, region, table.physical_name)}"
    for name, database in sorted(system.databases.items()):
        if database.backup == plan.name:
            yield f"- Database `{name}`, with SUBNETS, GROUP and PARAMETERS of the network there:"
            steps = restore_cluster(system, database, region, database.physical_name)
            yield from (f"  {number}. {step}" for number, step in enumerate(steps, 1))
    if plan.selected_tags or plan.selected_arns:
        yield (
            "- What `select` takes in: `aws backup get-recovery-point-restore-metadata --backup-vault-name "
            f"{plan.physical_name} --recovery-point-arn ARN --region {region}` says what its kind takes."
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
