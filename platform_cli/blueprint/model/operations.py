"""Dashboards, budgets, backups, and the escape hatch `patches`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import BackupAlarms
from platform_cli.blueprint.model.base import Items, Region, Source, Text


class Metric(Source):
    """A CloudWatch metric."""

    namespace: Text
    """Such as `AWS/Lambda`."""
    name: Text
    """Such as `Errors`."""
    dimensions: dict[Text, Text] = Field(default_factory=dict)
    """Exactly the metric's dimensions."""
    statistic: Annotated[
        str, StringConstraints(pattern=r"^(Average|Sum|Minimum|Maximum|SampleCount|p[0-9]{1,2}(\.[0-9]+)?)$")
    ] = "Sum"
    """Such as `Sum`, `Average` or `p95`."""
    label: Text | None = None
    """What the legend says."""


class Widget(Source):
    """A part of a dashboard."""

    kind: Literal["graph", "number", "text"] = "graph"
    """How it looks."""
    title: Text | None = None
    """What stands above."""
    text: Text | None = None
    """Markdown, for kind `text`."""
    metrics: Annotated[Items[Metric], Field(max_length=500)] = ()
    """What it shows."""
    period_seconds: int = Field(default=300, ge=60, multiple_of=60)
    """Seconds a point."""
    width: int = Field(default=12, ge=1, le=24)
    """Columns of CloudWatch's 24."""
    height: int = Field(default=6, ge=1, le=1000)
    """Rows."""


class Dashboard(Source):
    """A CloudWatch dashboard; to `overview`, `business`, `performance` and the like, widgets are added."""

    enabled: bool | None = None
    """Whether it is made; without it, in protected environments, and the overview everywhere."""
    widgets: Annotated[Items[Widget], Field(max_length=500)] = ()
    """Its parts, in reading order."""


class Budget(Source):
    """A limit of cost."""

    period: Literal["daily", "monthly", "quarterly", "annually"] | None = None
    """How long the limit lasts; without it, the budget's name if it is a period, else a month."""
    limit_usd: float = Field(gt=0)
    """US dollars a period."""
    actual_percent: Items[Annotated[int, Field(ge=1, le=1000)]] | None = None
    """Percent of the limit, spent, at which the contacts are told; 80 without it."""
    forecast_percent: Items[Annotated[int, Field(ge=1, le=1000)]] | None = None
    """Percent of the limit, foreseen, at which they are told; 100 without it, and none for a single day."""
    contacts: Items[Text] = ()
    """Who is told; without it, the critical contacts of the alarms."""


class BackupRule(Source):
    """One rhythm of a backup."""

    keep_days: int = Field(ge=1, le=36500)
    """Days until a backup is deleted."""
    cold_after_days: int | None = Field(default=None, ge=1)
    """Days until a backup moves to cold storage, where it stays for at least 90 days."""


class BackupLock(Source):
    """A lock of the plan's vault (AWS Backup Vault Lock)."""

    keep_at_least_days: int = Field(ge=1, le=36500)
    """Nobody can delete a backup earlier, nor keep one for less."""
    keep_at_most_days: int | None = Field(default=None, ge=1, le=36500)
    """No backup is kept longer."""
    final_after_days: int | None = Field(default=None, ge=3, le=36500)
    """Days in which the lock can still be taken away; without it, whoever has the right always can."""


class BackupSelection(Source):
    """Resources of the account that a plan takes in, though the blueprint does not declare them."""

    tags: Annotated[dict[Text, Text], Field(max_length=30)] = Field(default_factory=dict)
    """Everything that has all of these tags."""
    arns: Annotated[
        Items[Annotated[str, StringConstraints(pattern=r"^arn:\S+$")]], Field(max_length=400)
    ] = ()
    """ARNs; `*` may stand in them."""


class Backup(Source):
    """A plan of AWS Backup; tables and databases name it."""

    daily: BackupRule | None = None
    """A backup each day."""
    weekly: BackupRule | None = None
    """A backup each week."""
    monthly: BackupRule | None = None
    """A backup each month."""
    copy_to: Region | None = None
    """The region that holds a copy of each backup."""
    lock: BackupLock | None = None
    """Keeps everybody from deleting backups early."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the backups in the vault; AWS takes no other one for a vault afterwards."""
    select: BackupSelection = BackupSelection.model_construct()
    """What is backed up beside the tables and databases that name the plan."""
    alarms: BackupAlarms = BackupAlarms.model_construct()
    """What is different from the alarms of other backup plans."""


class Patch(Source):
    """One operation of RFC 6902 on a stack's template."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    """What to do."""
    path: Annotated[str, StringConstraints(pattern=r"^(/.*)?$")]
    """A JSON pointer into the template, such as `/Resources/Main/Properties/TableName`."""
    value: Any = None
    """The new value, for `add`, `replace` and `test`."""
    from_path: Annotated[str, StringConstraints(pattern=r"^(/.*)?$")] | None = Field(
        default=None, alias="from"
    )
    """Where to take the value, for `move` and `copy`."""
    reason: Text
    """Why the blueprint language does not do; for those who read it later."""
