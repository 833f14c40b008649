"""Backups, dashboards, and the escape hatches."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.dashboards import BUILT_IN, SERVICE_PREFIX
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.including import leaves_workspace
from platform_cli.blueprint.model.operations import Backup
from platform_cli.blueprint.naming import CONCERNS, LAST_CONCERNS
from platform_cli.blueprint.nodes import Path

COLD_STORAGE_DAYS = 90
"""Days that a backup stays in cold storage at least (AWS Backup, «Lifecycle», 2026-11)."""


def check_backups(context: Context) -> None:
    """Rhythms of backup plans."""
    for name, backup in context.blueprint.backups.items():
        rules = {key: getattr(backup, key) for key in ("daily", "weekly", "monthly")}
        if not any(rules.values()) and context.is_sound("backups", name):
            context.report(
                "backup-without-rule",
                f"backup plan {name} never makes a backup",
                ("backups", name),
                key=True,
                hint="write `daily: { keep_days: 35 }`",
            )
        for key, rule in rules.items():
            if rule is None or rule.cold_after_days is None:
                continue
            least = rule.cold_after_days + COLD_STORAGE_DAYS
            if rule.keep_days < least:
                context.report(
                    "cold-storage-too-short",
                    f"backup plan {name} moves backups to cold storage after {rule.cold_after_days} days "
                    f"and deletes them after {rule.keep_days}; there they stay for at least 90 days",
                    ("backups", name, key, "keep_days"),
                    hint=f"write keep_days: {least} or more, or leave `cold_after_days` out",
                )
        if backup.lock is not None and context.is_sound("backups", name):
            _check_lock(context, name, backup)
    environments = context.blueprint.environments
    for name in [context.environment] if context.environment else list(environments):
        _check_copies(context, environments[name].region)


def _check_lock(context: Context, name: str, backup: Backup) -> None:
    lock = backup.lock
    assert lock is not None
    most = lock.keep_at_most_days
    if most is not None and most < lock.keep_at_least_days:
        context.report(
            "invalid-limits",
            f"backup plan {name}: keep_at_least_days is {lock.keep_at_least_days}, above keep_at_most_days, "
            f"which is {most}",
            ("backups", name, "lock", "keep_at_least_days"),
            hint=f"make keep_at_most_days at least {lock.keep_at_least_days}",
        )
        return
    for key in ("daily", "weekly", "monthly"):
        rule = getattr(backup, key)
        if rule is None or lock.keep_at_least_days <= rule.keep_days <= (most or rule.keep_days):
            continue
        limit = lock.keep_at_least_days if rule.keep_days < lock.keep_at_least_days else most
        context.report(
            "backup-outside-lock",
            f"backup plan {name} keeps {key} backups for {rule.keep_days} days, and its lock takes "
            f"{lock.keep_at_least_days} to {most or 'any number of'} days",
            ("backups", name, key, "keep_days"),
            hint=f"write keep_days: {limit}, or change the lock",
        )


def _check_copies(context: Context, region: str | None) -> None:
    for name, backup in context.blueprint.backups.items():
        if backup.copy_to is not None and backup.copy_to == region:
            context.report(
                "invalid-replica",
                f"backup plan {name} copies to {region}, where the original is",
                ("backups", name, "copy_to"),
                hint="name another region",
            )


def check_dashboards(context: Context) -> None:
    """Widgets have what their kind shows; a dashboard without any is one that the tool makes."""
    known = (*BUILT_IN, *(f"{SERVICE_PREFIX}{service}" for service in context.blueprint.services))
    for name, dashboard in context.blueprint.dashboards.items():
        if not dashboard.widgets and name not in known and context.is_sound("dashboards", name):
            context.report(
                "empty-dashboard",
                f"dashboard {name} has no widgets, and the tool makes none of that name",
                ("dashboards", name),
                key=True,
                hint=nearest_hint(name, known, otherwise="give it `widgets`"),
            )
        for index, widget in enumerate(dashboard.widgets):
            missing = "text" if widget.kind == "text" else "metrics"
            if not getattr(widget, missing) and context.is_sound("dashboards", name):
                context.report(
                    "invalid-widget",
                    f"a widget of dashboard {name} is of kind {widget.kind}, and has no `{missing}`",
                    ("dashboards", name, "widgets", index, "kind"),
                    hint=f"add `{missing}`, or change the kind",
                )
            if widget.kind == "text" and widget.metrics:
                context.report(
                    "invalid-widget",
                    f"a widget of dashboard {name} is of kind text, and shows no metrics",
                    ("dashboards", name, "widgets", index, "metrics"),
                    key=True,
                    hint="write them into a widget of their own",
                )


def check_escapes(context: Context) -> None:
    """Escape hatches are allowed, and seen."""
    blueprint = context.blueprint
    for service, _, name, function, path in context.functions():
        for index, permission in enumerate(function.permissions):
            actions = ", ".join(permission.actions)
            wide = " on everything" if "*" in permission.resources else ""
            context.report(
                "raw-permission",
                f"function {service}.{name} may {actions}{wide}: {permission.reason}",
                (*path, "permissions", index, "actions"),
                key=True,
            )
    stacks = [
        *CONCERNS,
        *LAST_CONCERNS,
        *(f"services.{name}" for name in context.names("services")),
        *(
            f"{section}.{name}"
            for section in ("apis", "cdns", "load_balancers")
            for name in context.names(section)
        ),
    ]
    for stack, patches in blueprint.patches.items():
        if stack not in stacks:
            context.report(
                "unknown-stack",
                f'patches change stack "{stack}", which the system does not have',
                ("patches", stack),
                key=True,
                hint=nearest_hint(stack, stacks),
            )
            continue
        for index, patch in enumerate(patches):
            place: Path = ("patches", stack, index)
            needed = "from" if patch.op in ("move", "copy") else "value"
            given = patch.from_path is not None if needed == "from" else "value" in patch.model_fields_set
            if patch.op != "remove" and not given and context.is_sound("patches", stack):
                context.report("invalid-patch", f"{patch.op} needs `{needed}`", (*place, "op"))
                continue
            context.report(
                "patched-template",
                f"the template of stack {stack} is changed at {patch.path}: {patch.reason}",
                (*place, "path"),
            )
    _check_extension(context)


def _check_extension(context: Context) -> None:
    extend = context.blueprint.extend
    if extend is None:
        return
    if leaves_workspace(extend):
        context.report(
            "path-outside-workspace", f'"{extend}" leads out of the folder of the blueprint', ("extend",)
        )
    elif not (context.root / extend).is_file():
        context.report("missing-extension", f'the file "{extend}" does not exist', ("extend",))
    else:
        context.report("extended-stacks", f"{extend} changes the stacks", ("extend",))
