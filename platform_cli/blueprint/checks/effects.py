"""Lines about data that AWS takes and that do nothing, or that it refuses for their size."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.data import keeps_versions
from platform_cli.blueprint.model.data import Attribute, Setting, Table
from platform_cli.blueprint.resolution.data import setting_text

_LARGEST_SETTING_BYTES = 8192
"""8 KB, of a value in Parameter Store's advanced tier (PutParameter's `Value` in botocore 1.44.5's model)."""


def check_effects(context: Context) -> None:
    """Report what looks as if it were in force, and is not."""
    for name, table in context.blueprint.tables.items():
        _check_ttl(context, name, table)
    for name, bucket in context.blueprint.buckets.items():
        versioned = keeps_versions(bucket, context, any)
        if bucket.lifecycle.expire_noncurrent_after_days is not None and not versioned:
            context.report(
                "without-effect",
                f"bucket {name} keeps no versions, so no earlier ones expire",
                ("buckets", name, "lifecycle", "expire_noncurrent_after_days"),
                hint="write `versioned: true`, or leave this out",
            )
    for name, database in context.blueprint.databases.items():
        if database.proxy and database.capacity.min_acu == 0:
            context.report(
                "without-effect",
                f"database {name} never pauses: its proxy keeps a connection open",
                ("databases", name, "capacity", "min_acu"),
                hint="write min_acu: 0.5, which is what it has then, or leave `proxy` out",
            )
        plan = context.blueprint.backups.get(database.backup or "")
        rules = (plan.daily, plan.weekly, plan.monthly) if plan is not None else ()
        if any(rule is not None and rule.cold_after_days is not None for rule in rules):
            context.report(
                "without-effect",
                f"backups of database {name} stay in warm storage, whatever plan {database.backup} says: "
                "Aurora's do not move",
                ("databases", name, "backup"),
                hint="name a plan without `cold_after_days`",
            )


def check_setting_sizes(context: Context) -> None:
    """Report settings that Parameter Store does not take."""
    for group, settings in context.blueprint.config.items():
        for name, setting in settings.items():
            value = setting.value if isinstance(setting, Setting) else setting
            size = len(setting_text(value, "string").encode())
            if size > _LARGEST_SETTING_BYTES:
                context.report(
                    "setting-too-large",
                    f"setting {group}/{name} has {size:,} bytes, and Parameter Store takes "
                    f"{_LARGEST_SETTING_BYTES:,}",
                    ("config", group, name),
                    key=True,
                    hint="put it into a bucket, and its key here",
                )


def _check_ttl(context: Context, name: str, table: Table) -> None:
    """DynamoDB takes any attribute, and lets nothing expire whose value is not a number of seconds."""
    for key in _keys(table):
        if key.name == table.ttl and key.type != "number":
            context.report(
                "without-effect",
                f"nothing in table {name} expires: {key.name} is a {key.type}, and not a number of seconds",
                ("tables", name, "ttl"),
                hint="name an attribute of its own, with seconds since 1970",
            )
            return


def _keys(table: Table) -> Iterator[Attribute]:
    yield table.partition_key
    for index in table.indexes.values():
        yield index.partition_key
    sort_keys = (table.sort_key, *(index.sort_key for index in table.indexes.values()))
    yield from (key for key in sort_keys if key is not None)
