"""What the language knows and the stacks do not build: found before anything is synthesized.

A field of the resolved model counts as built only if it is listed here. So a field that is added to the model
and forgotten here is refused as soon as a blueprint uses it, and never left out silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from platform_cli.blueprint.resolved import (
    ResolvedAnalytics,
    ResolvedApi,
    ResolvedBucket,
    ResolvedBus,
    ResolvedCache,
    ResolvedCdn,
    ResolvedDatabase,
    ResolvedEnvironment,
    ResolvedFirewall,
    ResolvedFlag,
    ResolvedFunction,
    ResolvedHost,
    ResolvedIdentity,
    ResolvedLoadBalancer,
    ResolvedNetwork,
    ResolvedQueue,
    ResolvedSecret,
    ResolvedService,
    ResolvedStream,
    ResolvedTable,
    ResolvedTopic,
    StreamTrigger,
)
from platform_cli.errors import ExitCode, PlatformError

Unbuilt = tuple[str, str]
"""Dotted path in the blueprint, and what is meant by it."""


def _fields(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BUILT: Mapping[type[BaseModel], frozenset[str]] = {
    ResolvedEnvironment: _fields(
        "system owner environment target account region profile protect tags identity tables buckets secrets "
        "settings flags buses queues topics streams apis services networks databases caches backups patches "
        "extend usage firewalls cdns load_balancers alarms logs cost_anomalies budgets dashboards objectives "
        "sampling flags_release analytics hosts"
    ),
    ResolvedTable: _fields(
        "name physical_name partition_key sort_key indexes capacity encryption stream ttl "
        "point_in_time_recovery backup replicas external contributor_insights event_store"
    ),
    ResolvedBucket: _fields(
        "name physical_name versioned infrequent_after_days archive_after_days expire_after_days "
        "expire_noncurrent_after_days intelligent_tiering encryption external access_log_retention_days "
        "replicas"
    ),
    ResolvedSecret: _fields(
        "name physical_name description generate_length exclude_punctuation database username replicas "
        "rotation_days rotation_strategy rotation_function encryption"
    ),
    ResolvedFlag: _fields("name description owner default remove_after attributes"),
    ResolvedBus: _fields("name physical_name archive_days events"),
    ResolvedQueue: _fields(
        "name physical_name fifo visibility_timeout_seconds retention_days delay_seconds subscription "
        "dead_letter content_deduplication high_throughput encryption"
    ),
    ResolvedTopic: _fields("name physical_name fifo content_deduplication encryption"),
    ResolvedStream: _fields("name physical_name shards retention_hours encryption"),
    ResolvedAnalytics: _fields(
        "name physical_name sql reads writes enabled parallelism parallelism_per_kpu auto_scaling "
        "checkpoint_seconds snapshots log_level log_retention_days network connector runtime"
    ),
    ResolvedIdentity: _fields(
        "name physical_name sign_in self_sign_up mfa password clients groups security_stream scopes machines "
        "domain_prefix"
    ),
    ResolvedApi: _fields(
        "name physical_name kind authorizer cors throttle access_log_retention_days firewall allowed_ips "
        "cache_ttl_seconds cache_size_gb models usage_plans domain security_stream metrics"
    ),
    ResolvedFirewall: _fields(
        "name physical_name rate_limit_per_5_minutes sql_injection cross_site_scripting managed "
        "blocked_countries allow_ips block_ips mode count log_retention_days"
    ),
    ResolvedService: _fields("name path queries metrics objectives states_objectives functions"),
    ResolvedFunction: _fields(
        "service name physical_name handler runtime architecture memory_mb timeout_seconds "
        "ephemeral_storage_mb tracing log_retention_days environment routes triggers access permissions "
        "reserved_concurrency provisioned_concurrency release snap_start network encryption alarms"
    ),
    ResolvedNetwork: _fields(
        "name physical_name cidr availability_zones nat_gateways flow_logs endpoints external vpc_id "
        "subnet_ids security_group_ids public_zones public_subnet_ids endpoint_group_ids prefix_lists "
        "log_retention_days"
    ),
    ResolvedHost: _fields("name host_name port addresses"),
    ResolvedDatabase: _fields(
        "name physical_name engine version network min_acu max_acu readers database_name "
        "backup_retention_days backup proxy encryption log_retention_days"
    ),
    ResolvedCdn: _fields(
        "name physical_name log_bucket_name assets apis load_balancers domain firewall "
        "content_security_policy edges access_log_retention_days allowed_ips"
    ),
    ResolvedLoadBalancer: _fields(
        "name physical_name log_bucket_name network domain functions firewall access_log_retention_days "
        "guarded allowed_ips"
    ),
    ResolvedCache: _fields("name physical_name engine version network multi_az node_type encryption"),
}


def unbuilt(environment: ResolvedEnvironment) -> tuple[Unbuilt, ...]:
    """All that the environment asks for and that no stack builds yet, by path."""
    return tuple(sorted(set(_of_environment(environment))))


def require_built(environment: ResolvedEnvironment) -> None:
    """Refuse an environment that the stacks would build only in part.

    Raises:
        PlatformError: `not-built`, naming every part with its path.
    """
    missing = unbuilt(environment)
    if not missing:
        return
    lines = "".join(f"\n  {path}: {what}" for path, what in missing)
    raise PlatformError(
        f"environment {environment.environment} uses what this version cannot build yet:{lines}",
        hint="take these out of the blueprint, or set them to null in the overrides of this environment",
        code="not-built",
        exit_code=ExitCode.USAGE,
    )


def _of_environment(environment: ResolvedEnvironment) -> Iterator[Unbuilt]:
    yield from _of_fields(environment, "")
    for section in (
        "identity",
        "tables",
        "buckets",
        "secrets",
        "flags",
        "buses",
        "queues",
        "topics",
        "streams",
        "hosts",
        "networks",
        "databases",
        "caches",
        "firewalls",
        "cdns",
        "load_balancers",
        "analytics",
    ):
        for name, thing in getattr(environment, section).items():
            yield from _of_fields(thing, f"{section}.{name}.")
    for name, table in environment.tables.items():
        if table.external and table.encryption == "customer_managed":
            yield f"tables.{name}.encryption", "somebody else's key of an external table"
    for name, secret in environment.secrets.items():
        if secret.rotation_days and not secret.rotation_function:
            yield f"secrets.{name}.rotation", "rotation without a function"
    for name, database in environment.databases.items():
        if database.engine == "aurora-mysql":
            yield f"databases.{name}.engine", "Aurora MySQL"
    for name, budget in environment.budgets.items():
        if any(contact.startswith("https://") for contact in budget.contacts):
            yield f"budgets.{name}.contacts", "an https:// address that a budget tells"
    for name, api in environment.apis.items():
        yield from _of_fields(api, f"apis.{name}.")
    for service in environment.services.values():
        yield from _of_fields(service, f"services.{service.name}.")
    for function in environment.functions:
        yield from _of_function(function, environment)


def _of_function(function: ResolvedFunction, environment: ResolvedEnvironment) -> Iterator[Unbuilt]:
    path = f"services.{function.service}.functions.{function.name}."
    yield from _of_fields(function, path)
    for trigger in function.triggers:
        if not isinstance(trigger, StreamTrigger) or trigger.kind != "table_stream":
            continue
        if environment.tables[trigger.source].external:
            yield f"{path}triggers", f"the stream of the external table {trigger.source}"


def _of_fields(thing: BaseModel, path: str) -> Iterator[Unbuilt]:
    kind = next(known for known in _BUILT if isinstance(thing, known))
    for name, definition in type(thing).model_fields.items():
        value = getattr(thing, name)
        if name in _BUILT[kind] or not value or value == definition.get_default():
            continue
        meant = name.replace("_", " ")
        if kind is ResolvedEnvironment and isinstance(value, Mapping):
            yield from ((f"{name}.{entry}", meant) for entry in value)
        else:
            yield f"{path}{name}", meant
