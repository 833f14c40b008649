"""Alarms, dashboards, budgets, backups and patches."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal, cast

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.alarm_kinds import AlarmChange
from platform_cli.blueprint.model.alarms import ALARM_SECTIONS, WATCHED
from platform_cli.blueprint.model.base import Source
from platform_cli.blueprint.model.operations import Backup, Budget, Dashboard
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolution.data import one_region
from platform_cli.blueprint.resolved import (
    ResolvedAlarmChange,
    ResolvedAlarms,
    ResolvedBackup,
    ResolvedBackupLock,
    ResolvedBackupRule,
    ResolvedBudget,
    ResolvedDashboard,
    ResolvedMetric,
    ResolvedPatch,
    ResolvedSampling,
    ResolvedWidget,
)

Period = Literal["daily", "monthly", "quarterly", "annually"]
_PERIODS = ("daily", "monthly", "quarterly", "annually")
ACTUAL_PERCENT = (80,)
"""Of a budget's limit, spent, at which somebody is told who says nothing else."""
FORECAST_PERCENT = (100,)
"""Of a budget's limit, foreseen, at which somebody is told who says nothing else."""


def resolve_alarms(blueprint: Blueprint) -> ResolvedAlarms:
    """Who is told, by severity, and what differs from the rules."""
    alarms = blueprint.alarms
    contacts = alarms.contacts
    changes = {
        f"{kind}.{rule}": change
        for kind in ALARM_SECTIONS
        for rule, change in resolve_alarm_changes(getattr(alarms, kind)).items()
    }
    return ResolvedAlarms(
        critical=tuple(sorted(set(contacts.critical))),
        warning=tuple(sorted(set(contacts.warning))),
        info=tuple(sorted(set(contacts.info))),
        runbook_url=alarms.runbook_url,
        changes=changes,
        own={
            f"{section}.{name}": own
            for section in WATCHED
            for name, thing in sorted(getattr(blueprint, section).items())
            if (own := resolve_alarm_changes(thing.alarms))
        },
    )


def resolve_alarm_changes(alarms: Source) -> dict[str, ResolvedAlarmChange]:
    """The changes of the alarms of one kind of thing, by rule."""
    changes = {rule: getattr(alarms, rule) for rule in sorted(type(alarms).model_fields)}
    return {
        rule: ResolvedAlarmChange(**change.model_dump())
        for rule, change in changes.items()
        if isinstance(change, AlarmChange)
    }


def resolve_dashboards(blueprint: Blueprint, names: Names) -> dict[str, ResolvedDashboard]:
    """Dashboards; their widgets keep their order, which is what the eye sees."""
    return {
        name: ResolvedDashboard(
            name=name,
            physical_name=names.resource(name),
            widgets=_widgets(dashboard),
            enabled=dashboard.enabled,
        )
        for name, dashboard in sorted(blueprint.dashboards.items())
    }


def _widgets(dashboard: Dashboard) -> tuple[ResolvedWidget, ...]:
    return tuple(
        ResolvedWidget(
            kind=widget.kind,
            title=widget.title,
            text=widget.text,
            metrics=tuple(
                ResolvedMetric(
                    namespace=metric.namespace,
                    name=metric.name,
                    dimensions=dict(sorted(metric.dimensions.items())),
                    statistic=metric.statistic,
                    label=metric.label,
                )
                for metric in widget.metrics
            ),
            period_seconds=widget.period_seconds,
            width=widget.width,
            height=widget.height,
        )
        for widget in dashboard.widgets
    )


def resolve_budgets(blueprint: Blueprint, names: Names) -> dict[str, ResolvedBudget]:
    """Budgets; who is told is the critical contacts where a budget names nobody."""
    return {
        name: ResolvedBudget(
            name=name,
            physical_name=names.resource(name),
            period=period_of(name, budget),
            limit_usd=budget.limit_usd,
            actual_percent=_percentages(budget.actual_percent, ACTUAL_PERCENT),
            # AWS forecasts no days.
            forecast_percent=_percentages(
                budget.forecast_percent, () if period_of(name, budget) == "daily" else FORECAST_PERCENT
            ),
            contacts=tuple(
                sorted(
                    {
                        contact
                        for contact in budget.contacts or blueprint.alarms.contacts.critical
                        # Budgets tell by mail, or a topic in the account that pays.
                        if not contact.startswith("https://")
                    }
                )
            ),
        )
        for name, budget in sorted(blueprint.budgets.items())
    }


def period_of(name: str, budget: Budget) -> Period:
    """How long the limit of a budget lasts."""
    return budget.period or cast("Period", name if name in _PERIODS else "monthly")


def _percentages(written: Iterable[int] | None, otherwise: tuple[int, ...]) -> tuple[int, ...]:
    return otherwise if written is None else tuple(sorted(set(written)))


def resolve_backups(blueprint: Blueprint, names: Names) -> dict[str, ResolvedBackup]:
    """Backup plans."""
    return {
        name: ResolvedBackup(
            name=name,
            physical_name=names.resource(name),
            rules=_rules(backup),
            copy_to=None if one_region(blueprint, names) else backup.copy_to,
            lock=ResolvedBackupLock(
                keep_at_least_days=backup.lock.keep_at_least_days,
                keep_at_most_days=backup.lock.keep_at_most_days,
                final_after_days=backup.lock.final_after_days,
            )
            if backup.lock
            else None,
            selected_tags=dict(sorted(backup.select.tags.items())),
            selected_arns=tuple(sorted(set(backup.select.arns))),
            encryption=backup.encryption,
        )
        for name, backup in sorted(blueprint.backups.items())
    }


def _rules(backup: Backup) -> tuple[ResolvedBackupRule, ...]:
    rules = (("daily", backup.daily), ("weekly", backup.weekly), ("monthly", backup.monthly))
    return tuple(
        ResolvedBackupRule(
            frequency=cast("Literal['daily', 'weekly', 'monthly']", frequency),
            keep_days=rule.keep_days,
            cold_after_days=rule.cold_after_days,
        )
        for frequency, rule in rules
        if rule is not None
    )


def resolve_patches(blueprint: Blueprint) -> tuple[ResolvedPatch, ...]:
    """Patches by stack; within a stack they keep their order, since each works on the result of the last."""
    return tuple(
        ResolvedPatch(
            stack=stack,
            op=patch.op,
            path=patch.path,
            value=json.dumps(patch.value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            if patch.op in ("add", "replace", "test")
            else None,
            from_path=patch.from_path,
            reason=patch.reason,
        )
        for stack, patches in sorted(blueprint.patches.items())
        for patch in patches
    )


def resolve_sampling(blueprint: Blueprint) -> ResolvedSampling | None:
    """How many requests are traced."""
    sampling = blueprint.tracing.sampling
    if sampling is None:
        return None
    return ResolvedSampling(per_second=sampling.per_second, percent=sampling.percent)
