"""Tables, buckets, secrets, settings and flags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from platform_cli.blueprint.event_stores import AGGREGATE, VERSION, table_name
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.data import (
    Attribute,
    Bucket,
    Capacity,
    Flag,
    Scaling,
    Secret,
    Setting,
    Table,
)
from platform_cli.blueprint.model.events import EventStore
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolution.protection import is_protected, retention_days
from platform_cli.blueprint.resolved import (
    ResolvedBucket,
    ResolvedCapacity,
    ResolvedFlag,
    ResolvedFlagsRelease,
    ResolvedIndex,
    ResolvedKey,
    ResolvedScaling,
    ResolvedSecret,
    ResolvedSetting,
    ResolvedTable,
)

FLAGS_PERCENT = 20.0
FLAGS_MINUTES = 10
"""The steps of a change of flags that are not said otherwise."""
SettingType = Literal["string", "integer", "number", "boolean", "list", "json"]


def resolve_tables(blueprint: Blueprint, names: Names) -> dict[str, ResolvedTable]:
    """Tables of the blueprint and those that exist already."""
    tables = {name: _table(name, table, blueprint, names) for name, table in blueprint.tables.items()}
    for name, table in blueprint.external.tables.items():
        unknown = ResolvedKey(name="")
        tables[name] = ResolvedTable(
            name=name,
            physical_name=table.name,
            partition_key=_key(table.partition_key) if table.partition_key else unknown,
            sort_key=_key(table.sort_key) if table.sort_key else None,
            indexes={
                index: ResolvedIndex(name=index, partition_key=unknown, sort_key=None)
                for index in sorted(table.indexes)
            },
            capacity=None,
            encryption="aws_owned",
            stream=None,
            ttl=None,
            point_in_time_recovery=False,
            backup=None,
            replicas=(),
            external=True,
        )
    for name, store in blueprint.event_stores.items():
        tables[table_name(name)] = _event_store(name, store, blueprint, names)
    return dict(sorted(tables.items()))


def _event_store(name: str, store: EventStore, blueprint: Blueprint, names: Names) -> ResolvedTable:
    """The table of an event store."""
    like = Table(
        partition_key=Attribute(name=AGGREGATE),
        sort_key=Attribute(name=VERSION, type="number"),
        encryption=store.encryption,
        stream="new_image",
        backup=store.backup,
        contributor_insights="throttled_keys" if is_protected(blueprint, names) else "off",
    )
    table = _table(table_name(name), like, blueprint, names)
    return table.model_copy(update={"event_store": name})


def one_region(blueprint: Blueprint, names: Names) -> bool:
    """Whether the environment has no second region: the local AWS is in one."""
    return blueprint.environments[names.environment].target == "local"


def _table(name: str, table: Table, blueprint: Blueprint, names: Names) -> ResolvedTable:
    insights = table.contributor_insights
    return ResolvedTable(
        name=name,
        physical_name=names.resource(name),
        partition_key=_key(table.partition_key),
        sort_key=_key(table.sort_key) if table.sort_key else None,
        indexes={
            index_name: ResolvedIndex(
                name=index_name,
                partition_key=_key(index.partition_key),
                sort_key=_key(index.sort_key) if index.sort_key else None,
                projection=index.projection
                if isinstance(index.projection, str)
                else tuple(sorted(index.projection)),
            )
            for index_name, index in sorted(table.indexes.items())
        },
        capacity=_capacity(table.capacity) if isinstance(table.capacity, Capacity) else None,
        encryption=table.encryption,
        stream=table.stream,
        ttl=table.ttl,
        point_in_time_recovery=table.point_in_time_recovery,
        backup=table.backup,
        replicas=() if one_region(blueprint, names) else tuple(sorted(table.replicas)),
        contributor_insights=None if insights == "off" else insights,
    )


def _key(attribute: Attribute) -> ResolvedKey:
    return ResolvedKey(name=attribute.name, type=attribute.type)


def _capacity(capacity: Capacity) -> ResolvedCapacity:
    return ResolvedCapacity(read=_scaling(capacity.read), write=_scaling(capacity.write))


def _scaling(scaling: Scaling) -> ResolvedScaling:
    return ResolvedScaling(min=scaling.min, max=scaling.max, target_percent=scaling.target_percent)


def resolve_buckets(blueprint: Blueprint, names: Names) -> dict[str, ResolvedBucket]:
    """Buckets of the blueprint and those that exist already."""
    buckets = {
        name: _bucket(
            name,
            bucket,
            names.bucket(name),
            retention_days(blueprint, names) if bucket.access_log else None,
        )
        for name, bucket in blueprint.buckets.items()
    }
    if one_region(blueprint, names):
        buckets = {name: bucket.model_copy(update={"replicas": ()}) for name, bucket in buckets.items()}
    for name, bucket in blueprint.external.buckets.items():
        buckets[name] = _bucket(name, Bucket(), bucket.name, None, external=True)
    return dict(sorted(buckets.items()))


def _bucket(
    name: str, bucket: Bucket, physical_name: str, access_log_days: int | None, *, external: bool = False
) -> ResolvedBucket:
    lifecycle = bucket.lifecycle
    return ResolvedBucket(
        name=name,
        physical_name=physical_name,
        versioned=bool(bucket.versioned),
        infrequent_after_days=lifecycle.infrequent_after_days,
        archive_after_days=lifecycle.archive_after_days,
        expire_after_days=lifecycle.expire_after_days,
        expire_noncurrent_after_days=lifecycle.expire_noncurrent_after_days,
        intelligent_tiering=lifecycle.intelligent_tiering,
        encryption=bucket.encryption,
        external=external,
        access_log_retention_days=access_log_days,
        replicas=tuple(sorted(bucket.replicas)),
    )


def resolve_secrets(blueprint: Blueprint, names: Names) -> dict[str, ResolvedSecret]:
    """Secrets."""
    return {
        name: _secret(name, secret, blueprint, names) for name, secret in sorted(blueprint.secrets.items())
    }


def _secret(name: str, secret: Secret, blueprint: Blueprint, names: Names) -> ResolvedSecret:
    return ResolvedSecret(
        name=name,
        physical_name=names.secret(name),
        description=secret.description,
        generate_length=secret.generate.length if secret.generate else None,
        exclude_punctuation=secret.generate.exclude_punctuation if secret.generate else False,
        database=secret.database,
        replicas=() if one_region(blueprint, names) else tuple(sorted(secret.replicas)),
        rotation_days=secret.rotation.every_days if secret.rotation else None,
        rotation_strategy=secret.rotation.strategy if secret.rotation else None,
        rotation_function=secret.rotation.function if secret.rotation else None,
        encryption=secret.encryption,
        username=database_user(name) if secret.database else None,
    )


def database_user(secret: str) -> str:
    """The user whose login a secret is: `ledger_user`; apart from those that log in by IAM, as services."""
    return f"{secret.replace('-', '_')}_user"


def resolve_settings(blueprint: Blueprint, names: Names) -> tuple[ResolvedSetting, ...]:
    """Settings by group and key."""
    return tuple(
        _setting(group, key, setting, names)
        for group, settings in sorted(blueprint.config.items())
        for key, setting in sorted(settings.items())
    )


def _setting(group: str, key: str, setting: Setting, names: Names) -> ResolvedSetting:
    kind = setting.type or setting_type(setting.value)
    return ResolvedSetting(
        group=group,
        key=key,
        parameter_name=names.parameter(group, key),
        value=setting_text(setting.value, kind),
        type=kind,
        secure=setting.secure,
    )


def setting_type(value: Any) -> SettingType:
    """The type of a setting that does not say it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, list | tuple):
        return "list"
    return "json" if isinstance(value, Mapping) else "string"


def setting_text(value: Any, kind: str) -> str:
    """A value as Parameter Store keeps it: texts as they are, lists with commas, the rest as JSON."""
    if isinstance(value, str):
        return value
    if kind == "list" and isinstance(value, list | tuple):
        return ",".join(setting_text(item, "string") for item in value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def resolve_flags(blueprint: Blueprint) -> dict[str, ResolvedFlag]:
    """Flags; their owner is the system's where they say none."""
    return {name: _flag(name, flag, blueprint.owner) for name, flag in sorted(blueprint.flags.items())}


def resolve_flags_release(blueprint: Blueprint, *, local: bool) -> ResolvedFlagsRelease:
    """How changes of flags reach everybody: on the local AWS at once, as its minutes are real ones."""
    if local:
        return ResolvedFlagsRelease()
    release = blueprint.flags_release
    steps = release.strategy != "all_at_once"
    return ResolvedFlagsRelease(
        strategy=release.strategy,
        percent=(release.percent or FLAGS_PERCENT) if steps else 100,
        minutes=(release.minutes or FLAGS_MINUTES) if steps else 0,
        bake_minutes=release.bake_minutes,
        alarms=tuple(dict.fromkeys(release.alarms)),
    )


def _flag(name: str, flag: Flag, owner: str) -> ResolvedFlag:
    return ResolvedFlag(
        name=name,
        description=flag.description,
        owner=flag.owner or owner,
        default=flag.default,
        remove_after=flag.remove_after,
        attributes=dict(sorted(flag.attributes.items())),
    )
