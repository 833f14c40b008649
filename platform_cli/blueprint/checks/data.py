"""Tables, buckets and secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.data import Attribute, Bucket, Capacity, Lifecycle, Table
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolution.protection import protects

_MAX_INDEXES = 20
"""DynamoDB's quota of global secondary indexes a table (2026-11)."""
_INFREQUENT_DAYS = 30
"""Days in the infrequent class before S3 takes a move on to Glacier (S3 user guide, 2026-11)."""


def check_limits(context: Context, thing: Any, low: str, high: str, path: Path, what: str) -> None:
    """Report a lower limit above the upper one."""
    if getattr(thing, low) > getattr(thing, high):
        context.report(
            "invalid-limits",
            f"{what}: {low} is {getattr(thing, low):g}, above {high}, which is {getattr(thing, high):g}",
            (*path, low),
            hint=f"make {high} at least {getattr(thing, low):g}",
        )


def check_tables(context: Context) -> None:
    """Keys, indexes, capacity and replicas of tables."""
    for name, table in context.blueprint.tables.items():
        path: Path = ("tables", name)
        _check_keys(context, name, table, path)
        if len(table.indexes) > _MAX_INDEXES:
            context.report(
                "too-many-indexes",
                f"table {name} has {len(table.indexes)} indexes, and DynamoDB takes {_MAX_INDEXES}",
                (*path, "indexes"),
                key=True,
            )
        if isinstance(table.capacity, Capacity):
            for kind in ("read", "write"):
                place = (*path, "capacity", kind)
                check_limits(
                    context,
                    getattr(table.capacity, kind),
                    "min",
                    "max",
                    place,
                    f"{kind} capacity of table {name}",
                )
        _check_replicas(context, table.replicas, (*path, "replicas"), f"table {name}")
        if table.replicas and table.stream not in (None, "new_and_old_images"):
            context.report(
                "replica-stream-view",
                f"the stream of table {name} carries new and old images, and not {table.stream}: "
                "replicas take no other",
                (*path, "stream"),
                hint="write `stream: new_and_old_images`, which is what functions get",
            )


def _check_keys(context: Context, name: str, table: Table, path: Path) -> None:
    types: dict[str, str] = {}
    keys = [(path, table.partition_key, table.sort_key)]
    keys += [
        ((*path, "indexes", n), index.partition_key, index.sort_key) for n, index in table.indexes.items()
    ]
    for place, partition, sort in keys:
        if sort is not None and sort.name == partition.name:
            context.report(
                "same-key-twice",
                f'"{sort.name}" is the partition key and the sort key of {_whose(name, place)}',
                (*place, "sort_key"),
            )
        for key, attribute in (("partition_key", partition), ("sort_key", sort)):
            if isinstance(attribute, Attribute):
                known = types.setdefault(attribute.name, attribute.type)
                if known != attribute.type:
                    context.report(
                        "attribute-type-conflict",
                        f'"{attribute.name}" is a {attribute.type} in {_whose(name, place)}, '
                        f"and a {known} elsewhere",
                        (*place, key),
                        hint=f"write {{ name: {attribute.name}, type: {known} }}",
                    )


def _whose(table: str, place: Path) -> str:
    return f"index {place[-1]} of table {table}" if "indexes" in place else f"table {table}"


def check_one_region(context: Context) -> None:
    """Second regions, which the local AWS does not have."""
    names = [context.environment] if context.environment else list(context.blueprint.environments)
    local = [name for name in names if context.blueprint.environments[name].target == "local"]
    if not local:
        return
    places: list[Path] = [
        ("tables", n, "replicas") for n, t in context.blueprint.tables.items() if t.replicas
    ]
    places += [("buckets", n, "replicas") for n, b in context.blueprint.buckets.items() if b.replicas]
    places += [("secrets", n, "replicas") for n, s in context.blueprint.secrets.items() if s.replicas]
    places += [("backups", n, "copy_to") for n, b in context.blueprint.backups.items() if b.copy_to]
    for path in places:
        context.report(
            "one-region",
            f"{'.'.join(map(str, path))} has no meaning in environment {local[0]}, which is in one region",
            path,
            key=True,
        )


def _check_replicas(context: Context, replicas: tuple[str, ...], path: Path, what: str) -> None:
    environments = context.blueprint.environments
    names = [context.environment] if context.environment else list(environments)
    for index, region in enumerate(replicas):
        if region in replicas[:index]:
            context.report("invalid-replica", f"{what} has two replicas in {region}", (*path, index))
            continue
        for name in names:
            if environments[name].target == "aws" and environments[name].region == region:
                context.report(
                    "invalid-replica",
                    f"{what} has a replica in {region}, where environment {name} itself is",
                    (*path, index),
                    hint="leave it out, or give the environment `overrides` without it",
                )
                break


def keeps_versions(bucket: Bucket, context: Context, which: Callable[[Iterable[bool]], bool]) -> bool:
    """Whether a bucket is versioned: as it says, or because environments are protected (`any` or `all`)."""
    if bucket.versioned is not None:
        return bucket.versioned
    return which(protects(context.blueprint, name) for name in context.environments())


def _check_copies(context: Context, name: str, bucket: Bucket) -> None:
    path: Path = ("buckets", name, "replicas")
    _check_replicas(context, bucket.replicas, path, f"bucket {name}")
    versioned = keeps_versions(bucket, context, all)
    if bucket.replicas and not versioned and context.is_sound("buckets", name):
        context.report(
            "replica-without-versions",
            f"bucket {name} has replicas and keeps no versions, and S3 copies only buckets that do",
            path,
            key=True,
            hint="write `versioned: true`",
        )


def check_buckets(context: Context) -> None:
    """The order of a lifecycle."""
    for name, bucket in context.blueprint.buckets.items():
        _check_copies(context, name, bucket)
        lifecycle = bucket.lifecycle
        if lifecycle.intelligent_tiering and lifecycle.infrequent_after_days is not None:
            context.report(
                "lifecycle-order",
                f"bucket {name} has intelligent tiering, which moves what is seldom used by itself; S3 takes "
                "no move from there to the infrequent class",
                ("buckets", name, "lifecycle", "infrequent_after_days"),
                hint="leave one of the two out",
            )
        _check_steps(context, name, lifecycle)


def _check_steps(context: Context, name: str, lifecycle: Lifecycle) -> None:
    previous: tuple[str, int] | None = None
    for key in ("infrequent_after_days", "archive_after_days", "expire_after_days"):
        days = getattr(lifecycle, key)
        if days is None:
            continue
        path: Path = ("buckets", name, "lifecycle", key)
        if previous is not None and days <= previous[1]:
            context.report(
                "lifecycle-order",
                f"bucket {name}: {key} is {days}, not after {previous[0]}, which is {previous[1]}",
                path,
                hint=f"write {key}: {previous[1] + 30} or more",
            )
        elif previous is not None and key == "archive_after_days" and days < previous[1] + _INFREQUENT_DAYS:
            context.report(
                "lifecycle-order",
                f"bucket {name}: {key} is {days}, {days - previous[1]} after {previous[0]}, and S3 archives "
                f"nothing before it was {_INFREQUENT_DAYS} days in the infrequent class",
                path,
                hint=f"write {key}: {previous[1] + _INFREQUENT_DAYS} or more",
            )
        previous = (key, days)


_OF_DATABASES = ("single_user", "alternating_users")
_OF_TEXTS = ("api_key", "jwt_key", "generic")


def check_secrets(context: Context) -> None:
    """Where secrets come from and how they change."""
    for name, secret in context.blueprint.secrets.items():
        path = ("secrets", name)
        if secret.generate is not None and secret.database is not None:
            context.report(
                "secret-with-two-sources",
                f"secret {name} is generated, and the login of a database",
                (*path, "generate"),
                key=True,
                hint="leave `generate` out: a database's login is made with it",
            )
        rotation = secret.rotation if context.is_sound(*path) else None
        made = secret.generate is not None or secret.database is not None
        if rotation is not None and rotation.function is None and not made:
            context.report(
                "rotation-without-source",
                f"secret {name} rotates, and nothing says how a new value is made",
                (*path, "rotation"),
                key=True,
                hint="add `generate: { length: 32 }` or `database: NAME`, or leave `rotation` out",
            )
        elif rotation is not None and rotation.strategy in _OF_DATABASES and secret.database is None:
            context.report(
                "rotation-without-source",
                f"secret {name} has the strategy {rotation.strategy}, and is the login of no database",
                (*path, "rotation", "strategy"),
                hint="leave `strategy` out, or name the `database`",
            )
        elif rotation is not None and secret.database is not None and rotation.strategy in _OF_TEXTS:
            context.report(
                "rotation-without-source",
                f"secret {name} is the login of a database, and {rotation.strategy} knows no database",
                (*path, "rotation", "strategy"),
                hint="write `single_user` or `alternating_users`",
            )
        elif rotation is not None and rotation.function is None:
            context.report(
                "rotation-without-source",
                f"secret {name} rotates, and no function changes it",
                (*path, "rotation"),
                key=True,
                hint=f"`platform secrets new-function {name}` makes one, and names it here",
            )
        _check_replicas(context, secret.replicas, (*path, "replicas"), f"secret {name}")
