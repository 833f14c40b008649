"""Alarms, dashboards, budgets and backups in one environment, and the escape hatch `patches`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedAlarmChange(Resolved):
    """What of an alarm differs from its rule; None is as the rule says."""

    enabled: bool | None = None
    threshold: float | None = None
    """In the unit of the rule."""
    anomaly: bool | None = None
    deviations: float | None = None
    """Standard deviations; only for anomalies."""
    period_seconds: int | None = None
    evaluation_periods: int | None = None
    datapoints: int | None = None
    severity: Literal["critical", "warning", "info"] | None = None


def merged_change(
    general: ResolvedAlarmChange | None, own: ResolvedAlarmChange | None
) -> ResolvedAlarmChange:
    """What is said of one thing, and behind it what is said of all; a threshold ends a look for anomalies."""
    values = general.model_dump() if general else {}
    if own and own.threshold is not None and own.anomaly is None:
        values |= {"anomaly": None, "deviations": None}
    values |= {key: value for key, value in (own.model_dump() if own else {}).items() if value is not None}
    return ResolvedAlarmChange(**values)


class ResolvedSampling(Resolved):
    """How many requests to REST APIs are traced: so many each second, and a percentage of the rest."""

    per_second: int
    percent: float


class ResolvedAlarms(Resolved):
    """Who is told, by severity. Empty everywhere means that there are no alarms."""

    critical: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    runbook_url: str | None = None
    """`{alarm}` in it stands for the rule: `functions-errors`."""
    changes: Mapping[str, ResolvedAlarmChange] = {}
    """By rule: `functions.errors`."""
    own: Mapping[str, Mapping[str, ResolvedAlarmChange]] = {}
    """Of one thing, before what is said of all: by its place and the last word of the rule."""

    def change_of(self, rule: str, origin: str) -> ResolvedAlarmChange:
        """What differs for an alarm: what stands at the thing itself, and behind it what is said of all.

        Args:
            rule: `queues.depth`.
            origin: Where the thing stands, or something of it: `queues.orders.dead_letter`.
        """
        return merged_change(self.changes.get(rule), self._own(origin).get(rule.partition(".")[2]))

    def speak_of(self, rule: str, origin: str) -> bool:
        """Whether anything stands there about an alarm, for all things or for this one."""
        return rule in self.changes or rule.partition(".")[2] in self._own(origin)

    def _own(self, origin: str) -> Mapping[str, ResolvedAlarmChange]:
        return self.own.get(".".join(origin.split(".")[:2]), {})

    @property
    def wanted(self) -> bool:
        """Whether anybody is told, so that alarms are made."""
        return bool(self.critical or self.warning or self.info)


class ResolvedMetric(Resolved):
    """A CloudWatch metric on a widget."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    label: str | None


class ResolvedWidget(Resolved):
    """A part of a dashboard; `width` and `height` in units of CloudWatch's grid of 24 columns."""

    kind: Literal["graph", "number", "text"]
    title: str | None
    text: str | None
    """Markdown, for `kind: text`."""
    metrics: tuple[ResolvedMetric, ...]
    period_seconds: int
    width: int
    height: int


class ResolvedDashboard(Resolved):
    """A CloudWatch dashboard of the user's own, or what is added to one of the tool's."""

    name: str
    physical_name: str
    widgets: tuple[ResolvedWidget, ...]
    enabled: bool | None = None
    """Whether it is made; None is as `blueprint.dashboards` has it."""


class ResolvedBudget(Resolved):
    """A limit of cost a period, and the percentages of it at which `contacts` are told."""

    name: str
    physical_name: str
    period: Literal["daily", "monthly", "quarterly", "annually"]
    limit_usd: float
    actual_percent: tuple[int, ...]
    forecast_percent: tuple[int, ...]
    contacts: tuple[str, ...]


class ResolvedBackupRule(Resolved):
    """One rhythm of a backup plan; `cold_after_days` None means never moved to cold storage."""

    frequency: Literal["daily", "weekly", "monthly"]
    keep_days: int
    cold_after_days: int | None


class ResolvedBackupLock(Resolved):
    """A vault's lock; `final_after_days` None means that it can be taken away."""

    keep_at_least_days: int
    keep_at_most_days: int | None
    final_after_days: int | None


class ResolvedBackup(Resolved):
    """A plan of AWS Backup; tables and databases name it in their `backup`."""

    name: str
    physical_name: str
    rules: tuple[ResolvedBackupRule, ...]
    copy_to: str | None
    """Region of the copies."""
    lock: ResolvedBackupLock | None = None
    selected_tags: Mapping[str, str] = {}
    selected_arns: tuple[str, ...] = ()
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"


class ResolvedPatch(Resolved):
    """One operation of RFC 6902 on a stack's template.

    `stack` is the concern (`data`, `identity`, …) or `services.NAME`, `apis.NAME`. `value` is JSON text,
    None for `remove`, `move` and `copy`; `from_path` is for `move` and `copy`.
    """

    stack: str
    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: str
    value: str | None
    from_path: str | None
    reason: str
