"""Alarms, dashboards, budgets, backups, and the escape hatch `patches`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.base import Items, Region, Source, Text


class Contacts(Source):
    """Who is told, by severity: mail addresses or `https://` addresses."""

    critical: Items[Text] = ()
    """Somebody must act now."""
    warning: Items[Text] = ()
    """Somebody must look today."""
    info: Items[Text] = ()
    """Good to know."""


class AlarmChange(Source):
    """What of an alarm is not as the tool has it."""

    enabled: bool | None = None
    """Whether the alarm is there at all."""
    threshold: float | None = Field(default=None, ge=0)
    """The value above which it is bad, in the unit of the alarm."""
    period_seconds: int | None = Field(default=None, ge=60, le=86400, multiple_of=60)
    """Seconds that are one point."""
    evaluation_periods: int | None = Field(default=None, ge=1, le=1440)
    """How many of the latest points are looked at."""
    datapoints: int | None = Field(default=None, ge=1, le=1440)
    """How many of those must be bad."""
    severity: Literal["critical", "warning", "info"] | None = None
    """Whom it tells."""


class FunctionAlarms(Source):
    """Alarms on a function."""

    errors: AlarmChange | None = None
    """Percent of calls that fail."""
    throttles: AlarmChange | None = None
    """Calls that are turned away."""
    duration: AlarmChange | None = None
    """Percent of the timeout that the slowest tenth of calls takes."""
    iterator_age: AlarmChange | None = None
    """Milliseconds that a stream's records wait."""
    failures: AlarmChange | None = None
    """Events that the function failed on for good."""


class ServiceAlarms(Source):
    """Alarms on a service."""

    unhealthy: AlarmChange | None = None
    """That any critical or warning alarm of the service is on; of it, only `enabled` and `severity` count."""


class ApiAlarms(Source):
    """Alarms on an API."""

    errors: AlarmChange | None = None
    """Percent of requests answered with 5xx."""
    latency: AlarmChange | None = None
    """Milliseconds that the slowest tenth of requests takes."""


class TableAlarms(Source):
    """Alarms on a table."""

    throttles: AlarmChange | None = None
    """Reads and writes that are turned away, of the table and of each index."""
    errors: AlarmChange | None = None
    """Errors of DynamoDB itself."""


class QueueAlarms(Source):
    """Alarms on a queue."""

    age: AlarmChange | None = None
    """Seconds that the oldest message waits."""
    depth: AlarmChange | None = None
    """Messages that wait."""
    dead_letters: AlarmChange | None = None
    """Messages that nobody could handle."""
    undelivered: AlarmChange | None = None
    """Events that a bus could not put into the queue."""


class StreamAlarms(Source):
    """Alarms on a stream."""

    age: AlarmChange | None = None
    """Milliseconds that records wait."""
    throttles: AlarmChange | None = None
    """Reads and writes that are turned away."""


class Alarms(Source):
    """The alarms of the whole system; as soon as one contact is named, everything has its alarms."""

    contacts: Contacts = Contacts.model_construct()
    """Who is told."""
    runbook_url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = None
    """Where it says what to do; `{alarm}` in it is replaced by the kind of alarm, such as `queues-age`."""
    services: ServiceAlarms = ServiceAlarms.model_construct()
    """What is different for all services."""
    functions: FunctionAlarms = FunctionAlarms.model_construct()
    """What is different for all functions."""
    apis: ApiAlarms = ApiAlarms.model_construct()
    """What is different for all APIs."""
    tables: TableAlarms = TableAlarms.model_construct()
    """What is different for all tables."""
    queues: QueueAlarms = QueueAlarms.model_construct()
    """What is different for all queues."""
    streams: StreamAlarms = StreamAlarms.model_construct()
    """What is different for all streams."""


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
    metrics: Items[Metric] = ()
    """What it shows."""
    period_seconds: int = Field(default=300, ge=60, multiple_of=60)
    """Seconds a point."""
    width: int = Field(default=12, ge=1, le=24)
    """Columns of CloudWatch's 24."""
    height: int = Field(default=6, ge=1, le=1000)
    """Rows."""


class Dashboard(Source):
    """A CloudWatch dashboard."""

    widgets: Annotated[Items[Widget], Field(max_length=500)] = ()
    """Its parts, in reading order."""


class Budget(Source):
    """A limit of cost."""

    period: Literal["daily", "monthly", "quarterly", "annually"] | None = None
    """How long the limit lasts; without it, the budget's name if it is a period, else a month."""
    limit_usd: float = Field(gt=0)
    """US dollars a period."""
    actual_percent: Items[Annotated[int, Field(ge=1, le=1000)]] = ()
    """Percent of the limit, spent, at which the contacts are told."""
    forecast_percent: Items[Annotated[int, Field(ge=1, le=1000)]] = ()
    """Percent of the limit, foreseen, at which the contacts are told."""
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
    select: BackupSelection = BackupSelection.model_construct()
    """What is backed up beside the tables and databases that name the plan."""


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
