"""The stacks of what keeps data: tables, buckets, secrets, streams, databases, and copies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import App

from platform_cli.blueprint.resolved import BucketTrigger, ResolvedEnvironment, ResolvedSecret
from platform_cli.stacks import outputs
from platform_cli.stacks.alarms.guarding import cache_alarms, database_alarms
from platform_cli.stacks.backups import is_used, keyed_kinds
from platform_cli.stacks.concerns import recovery_regions
from platform_cli.stacks.constructs.access_logs import LogBucket
from platform_cli.stacks.constructs.alarms import Alarms
from platform_cli.stacks.constructs.backups import BackupPlan, Vault
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.bucket_copies import BucketCopy
from platform_cli.stacks.constructs.buckets import Bucket, encryption_by
from platform_cli.stacks.constructs.caches import Cache
from platform_cli.stacks.constructs.databases import CLUSTER_LOGS, PROXY_LOGS, Database
from platform_cli.stacks.constructs.flags import Flags
from platform_cli.stacks.constructs.keys import DataKey
from platform_cli.stacks.constructs.log_keys import LogKey
from platform_cli.stacks.constructs.secrets import Secret
from platform_cli.stacks.constructs.streams import Stream
from platform_cli.stacks.constructs.tables import Table
from platform_cli.stacks.keys import database_key_uses, key_uses, replica_uses
from platform_cli.stacks.ordering import by_name, ours


def recovery_stack(app: App, system: ResolvedEnvironment, region: str) -> PlatformStack:
    """What another region must have before copies can go there: vaults, and a key for replicas."""
    stack = PlatformStack(
        app, system, "recovery", region, description=f"Copies of the data of {system.system}", region=region
    )
    key_arn: str | None = None
    if uses := replica_uses(system, region):
        key_arn = DataKey(stack, uses).arn
        stack.give(outputs.KEY_ARN, key_arn, "The customer-managed key of the copies")
    for plan in by_name(system.backups.values()):
        if plan.copy_to == region and is_used(plan, system):
            Vault(stack, plan, key_arn if plan.encryption == "customer_managed" else None)
    for bucket in ours(system.buckets.values()):
        if region in bucket.replicas:
            own_key = bucket.encryption == "customer_managed"
            BucketCopy(stack, bucket, encryption_by(key_arn if own_key else None))
    return stack


def data_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Tables, buckets, secrets, streams, flags, their backups, and the key of them all."""
    stack = PlatformStack(app, system, "data", description=f"Data of {system.system}")
    uses = key_uses(system)
    keys: dict[str, str] = {}
    if uses:
        keys[system.region] = DataKey(stack, uses).arn
        stack.give(outputs.KEY_ARN, keys[system.region], "The customer-managed key of the data")
    for region in recovery_regions(system):
        if replica_uses(system, region):
            keys[region] = stack.look_up("recovery", outputs.KEY_ARN, region)

    def keys_of(encryption: str) -> Mapping[str, str]:
        return keys if encryption == "customer_managed" else {}

    for table in ours(system.tables.values()):
        made = Table(stack, table, keys_of(table.encryption))
        if table.stream:
            stack.give(outputs.table_stream_arn(table.name), made.stream_arn, f"Stream of table {table.name}")
    buckets = ours(system.buckets.values())
    telling = _telling_buckets(system)
    recorded = [bucket for bucket in buckets if bucket.access_log_retention_days]
    log = LogBucket(stack, recorded) if recorded else None
    for bucket in buckets:
        Bucket(
            stack,
            bucket,
            keys_of(bucket.encryption).get(system.region),
            tells_events=bucket.name in telling,
            log=log if bucket.access_log_retention_days else None,
            copies=keys_of(bucket.encryption),
        )
    for secret in by_name(system.secrets.values()):
        if not secret.database:
            _secret(stack, secret, keys_of(secret.encryption))
    for plan in by_name(system.backups.values()):
        if is_used(plan, system):
            vault = Vault(stack, plan, keys_of(plan.encryption).get(system.region))
            theirs = "databases" in keyed_kinds(plan, system)
            databases_key = stack.look_up("databases", outputs.KEY_ARN) if theirs else None
            BackupPlan(stack, plan, vault.name, keys.get(system.region), databases_key)
    for stream in by_name(system.streams.values()):
        Stream(stack, stream, keys_of(stream.encryption).get(system.region))
    if system.flags:
        flags = Flags(stack)
        stack.give(outputs.FLAGS_APPLICATION_ID, flags.application_id, "AppConfig application of the flags")
        stack.give(outputs.FLAGS_ENVIRONMENT_ID, flags.environment_id, "AppConfig environment of the flags")
        stack.give(outputs.FLAGS_PROFILE_ID, flags.profile_id, "AppConfig profile of the flags")
        stack.give(outputs.FLAGS_STRATEGY_ID, flags.strategy_id, "AppConfig strategy for a change of flags")
    return stack


def databases_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Databases and caches: apart from the other data, as they take minutes where a table takes seconds."""
    stack = PlatformStack(app, system, "databases", description=f"Databases and caches of {system.system}")
    keys: dict[str, str] = {}
    if uses := database_key_uses(system):
        keys[system.region] = DataKey(stack, uses, "databases").arn
        stack.give(outputs.KEY_ARN, keys[system.region], "The customer-managed key of the databases")
    keyed_logs = bool(system.databases) and system.logs.encryption == "customer_managed"
    log_key = LogKey(stack, "database-logs", CLUSTER_LOGS, PROXY_LOGS).arn if keyed_logs else None
    logins: dict[str, list[str]] = {}
    for secret in by_name(system.secrets.values()):
        if secret.database:
            own = dict(keys) if secret.encryption == "customer_managed" else {}
            for region in secret.replicas if own else ():
                own[region] = stack.look_up("recovery", outputs.KEY_ARN, region)
            logins.setdefault(secret.database, []).append(_secret(stack, secret, own))
    for database in by_name(system.databases.values()):
        theirs = logins.get(database.name, ())
        Database(stack, database, keys.get(system.region), theirs, log_key)
        if system.alarms.wanted:
            Alarms(stack, f"databases.{database.name}", database_alarms(system, database))
    for cache in by_name(system.caches.values()):
        Cache(stack, cache, keys.get(system.region) if cache.encryption == "customer_managed" else None)
        if system.alarms.wanted:
            Alarms(stack, f"caches.{cache.name}", cache_alarms(system, cache))
    return stack


def _secret(stack: PlatformStack, secret: ResolvedSecret, keys: Mapping[str, str]) -> str:
    """Make a secret and tell its ARN, which it gives too."""
    arn = Secret(stack, secret, keys).arn
    stack.give(outputs.secret_arn(secret.name), arn, f"Secret {secret.name}")
    return arn


def _telling_buckets(system: ResolvedEnvironment) -> set[str]:
    return {
        trigger.bucket
        for function in system.functions
        for trigger in function.triggers
        if isinstance(trigger, BucketTrigger)
    }
