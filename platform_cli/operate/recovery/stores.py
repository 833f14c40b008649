"""How buckets, databases, caches, secrets, settings, flags and users come back. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedBucket, ResolvedDatabase, ResolvedEnvironment
from platform_cli.operate.recovery.vaults import capacity, list_backups, restore_cluster


def recover_buckets(system: ResolvedEnvironment) -> Iterator[str]:
    """A section for each bucket of ours."""
    for name, bucket in sorted(system.buckets.items()):
        if not bucket.external:
            yield from ("", f"## Bucket {name}", "")
            yield from _bucket(bucket)


def recover_databases(system: ResolvedEnvironment) -> Iterator[str]:
    """A section for each database, and one for caches."""
    for name, database in sorted(system.databases.items()):
        cluster = database.physical_name
        yield from ("", f"## Database {name}", "")
        yield (
            "1. Where it stands, since a restore would take the default network: `aws rds "
            "describe-db-clusters "
            f"--db-cluster-identifier {cluster} --query "
            "'DBClusters[0].[DBSubnetGroup,DBClusterParameterGroup,VpcSecurityGroups[].VpcSecurityGroupId,"
            "LatestRestorableTime]'`"
        )
        yield (
            f"2. `aws rds restore-db-cluster-to-point-in-time --source-db-cluster-identifier "
            f"{cluster} --db-cluster-identifier {cluster}-restored "
            '--restore-to-time "$TIME" --db-subnet-group-name SUBNETS --db-cluster-parameter-group-name '
            "PARAMETERS "
            f"--vpc-security-group-ids GROUP --enable-iam-database-authentication {capacity(database)}`"
        )
        yield (
            f"3. `aws rds create-db-instance --db-instance-identifier {cluster}-restored-1 "
            f"--db-cluster-identifier {cluster}-restored --db-instance-class db.serverless "
            f"--engine {database.engine}`, then `aws rds wait db-instance-available --db-instance-identifier "
            f"{cluster}-restored-1`"
        )
        yield (
            "4. Compare, and copy the good rows back with the tools of the database (`pg_dump`, `COPY`). "
            "Who logs "
            "in has the password of that moment; the master's is in the secret that RDS keeps: "
            f"`aws rds describe-db-clusters --db-cluster-identifier {cluster} --query "
            "'DBClusters[0].MasterUserSecret.SecretArn'`."
        )
        yield from _older(database, system)
        yield from _gone(database, system)
    if system.caches:
        yield from ("", "## Caches", "")
        yield "A cache is filled again by those who use it; expect slower answers for a while."
        for name, cache in sorted(system.caches.items()):
            kept = (
                f"snapshots of the last 7 days: `aws elasticache describe-snapshots --replication-group-id "
                f"{cache.physical_name}`"
                if system.protect
                else "nothing keeps it"
            )
            yield f"- `{name}`: {kept}"


def _older(database: ResolvedDatabase, system: ResolvedEnvironment) -> Iterator[str]:
    plan = system.backups.get(database.backup or "")
    if plan is None:
        return
    yield (
        f"5. A moment before the last {database.backup_retention_days} days is in the vault of plan "
        f"`{plan.name}`: {list_backups(plan, system.region)}. In place of 2 and 3, with [a role to restore "
        "with](#a-role-to-restore-with):"
    )
    steps = restore_cluster(system, database, system.region, f"{database.physical_name}-restored")
    yield from (f"   {number}. {step}" for number, step in enumerate(steps, 1))


def _gone(database: ResolvedDatabase, system: ResolvedEnvironment) -> Iterator[str]:
    cluster, plan = database.physical_name, system.backups.get(database.backup or "")
    stack = Names(system.system, system.environment, system.account, system.region).stack("databases")
    yield (
        f"{6 if plan else 5}. If the cluster itself is gone, it comes back under its own name `{cluster}`, "
        "so that the stack finds it. Where it stood: `aws cloudformation list-stack-resources --stack-name "
        f"{stack}` names SUBNETS, PARAMETERS and GROUP."
    )
    if plan:
        yield f"   - from the vault as in 5, with `{cluster}` in place of `{cluster}-restored`"
    yield (
        "   - what RDS kept: `aws rds describe-db-cluster-automated-backups --db-cluster-identifier "
        f"{cluster}` "
        f"and `aws rds describe-db-cluster-snapshots --db-cluster-identifier {cluster}`; of a snapshot: "
        f"`aws rds restore-db-cluster-from-snapshot --db-cluster-identifier {cluster} "
        f"--snapshot-identifier SNAPSHOT --engine {database.engine} --db-subnet-group-name SUBNETS "
        "--db-cluster-parameter-group-name PARAMETERS --vpc-security-group-ids GROUP "
        f"--enable-iam-database-authentication {capacity(database)}`, then 3 with `{cluster}` and "
        f"`{cluster}-1`"
    )
    if system.protect:
        yield (
            f"   - its protection: `aws rds modify-db-cluster --db-cluster-identifier {cluster} "
            "--deletion-protection`"
        )


def recover_values(system: ResolvedEnvironment) -> Iterator[str]:
    """Secrets, settings, flags and users."""
    at = f"--env {system.environment}"
    if system.secrets:
        yield from ("", "## Secrets", "")
        for name, secret in sorted(system.secrets.items()):
            yield (
                f"- `{name}`: the previous version by `platform secrets rollback {name} {at}`; "
                f"if it was deleted: `aws secretsmanager restore-secret --secret-id {secret.physical_name}`"
            )
    if system.settings or system.flags:
        yield from ("", "## Settings and flags", "")
    if system.settings:
        yield (
            f"- A setting: `platform config history GROUP/KEY {at}` shows its values, `platform config "
            "rollback "
            f"GROUP/KEY {at}` takes one back; a setting that is gone has its first value again after "
            "`platform "
            f"deploy {at}`. `platform config export {at} > settings` now is what another region would start "
            "with."
        )
    if system.flags:
        yield (
            f"- Flags: `platform flags history {at}`, `platform flags rollback {at}`; `platform flags "
            f"export {at} "
            "> flags` keeps them outside."
        )
    for name, pool in sorted(system.identity.items()):
        yield from ("", f"## Users of {name}", "")
        yield (
            f"Nothing keeps the users of `{pool.physical_name}`: Cognito has no backup, and passwords "
            "cannot be "
            "read out. "
            + ("Its deletion is protected. " if system.protect else "Its deletion is not protected. ")
            + "A pool that is gone is made anew by `platform deploy`, and everybody signs up again under "
            "another "
            "id, which data keyed by the old one does not know."
        )


def _bucket(bucket: ResolvedBucket) -> Iterator[str]:
    name = bucket.physical_name
    if not bucket.versioned:
        yield f"`{name}` keeps no versions: what is overwritten or deleted is gone."
        return
    kept = bucket.expire_noncurrent_after_days
    until = f"for {kept} days" if kept else "for ever"
    yield f"`{name}` keeps what was replaced or deleted {until}."
    yield ""
    yield f"1. `aws s3api list-object-versions --bucket {name} --prefix KEY`"
    yield (
        f"2. A deleted object: `aws s3api delete-object --bucket {name} --key KEY "
        "--version-id MARKER` takes the mark of its deletion away."
    )
    yield (
        f"3. An overwritten one: `aws s3api copy-object --bucket {name} --key KEY "
        f"--copy-source '{name}/KEY?versionId=GOOD'`"
    )
