"""Who is told, and what alarms ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.alarms import ALARM_SECTIONS, AlarmChange
from platform_cli.blueprint.model.base import Source
from platform_cli.blueprint.nodes import Path

SECONDS_PER_HOUR = 3600
ALARM_RANGE_SECONDS = 86_400
"""What an alarm looks at; seven times as much where a point is an hour or more (PutMetricAlarm, 2026-11)."""
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_AT_ALL = "one is bad already"
_WASTE = "what is paid for and not used is bad every day"
WITHOUT_ANOMALIES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "analytics.checkpoint_failures",
            "analytics.downtime",
            "analytics.restarts",
            "backups.copies",
            "backups.expired",
            "backups.failed",
            "functions.failures",
            "functions.throttles",
            "identity.throttles",
            "queues.dead_letters",
            "queues.undelivered",
            "streams.throttles",
            "tables.errors",
            "tables.hot_partition",
            "tables.throttles",
        ),
        _AT_ALL,
    ),
    **dict.fromkeys(("functions.unused", "tables.unused_reads", "tables.unused_writes"), _WASTE),
    **dict.fromkeys(
        (
            "objectives.availability",
            "objectives.cold_start",
            "objectives.fast_burn",
            "objectives.p99",
            "objectives.slow_burn",
        ),
        "what is promised is the limit",
    ),
    "services.unhealthy": "it is on while any other is",
}
"""Alarms for which nothing can be learned from the past, and why."""
_LOOKS = ("period_seconds", "evaluation_periods", "datapoints")
_WINDOWS = dict.fromkeys(_LOOKS, "the windows of an error budget are fixed")
_ANY_OTHER = "the alarm is on while any other of the service is"
_PROMISED = "what is promised stands under `objectives`"
FIXED: Mapping[str, Mapping[str, str]] = {
    "objectives.fast_burn": _WINDOWS,
    "objectives.slow_burn": _WINDOWS,
    "objectives.availability": {**_WINDOWS, "threshold": _PROMISED},
    "objectives.p99": {"threshold": _PROMISED},
    "objectives.cold_start": {"threshold": _PROMISED},
    "services.unhealthy": dict.fromkeys((*_LOOKS, "threshold"), _ANY_OTHER),
}
"""What of an alarm cannot be changed, and why."""


def is_contact(contact: str) -> bool:
    """Whether alarms can tell somebody there: a mail address, or an https:// address."""
    return bool(_MAIL.match(contact)) or (contact.startswith("https://") and len(contact) > len("https://"))


def check_contacts(context: Context) -> None:
    """Who is told."""
    contacts = context.blueprint.alarms.contacts
    places: list[tuple[Path, str]] = [
        (("alarms", "contacts", severity, index), contact)
        for severity in ("critical", "warning", "info")
        for index, contact in enumerate(getattr(contacts, severity))
    ]
    places += [
        (("budgets", name, "contacts", index), contact)
        for name, budget in context.blueprint.budgets.items()
        for index, contact in enumerate(budget.contacts)
    ]
    anomalies = context.blueprint.cost_anomalies
    told = anomalies.contacts if anomalies else ()
    places += [(("cost_anomalies", "contacts", index), contact) for index, contact in enumerate(told)]
    for path, contact in places:
        if not is_contact(contact):
            context.report(
                "invalid-contact",
                f'"{contact}" is neither a mail address nor an https:// address',
                path,
            )


def check_alarms(context: Context) -> None:
    """Alarms ask for what CloudWatch can look at."""
    alarms = context.blueprint.alarms
    groups: list[tuple[Path, Source]] = [(("alarms", kind), getattr(alarms, kind)) for kind in ALARM_SECTIONS]
    groups += [((*path, "alarms"), function.alarms) for _, _, _, function, path in context.functions()]
    for path, group in groups:
        for rule in type(group).model_fields:
            change = getattr(group, rule)
            if isinstance(change, AlarmChange):
                _check_fixed(context, path, rule, change)
                _check_alarm(context, (*path, rule), change)
                _check_anomaly(context, path, rule, change)


def _check_alarm(context: Context, path: Path, change: AlarmChange) -> None:
    period, periods = change.period_seconds or 300, change.evaluation_periods
    if periods and change.datapoints and change.datapoints > periods:
        context.report(
            "invalid-alarm",
            f"the alarm asks for {change.datapoints} bad points, and looks at {periods}",
            (*path, "datapoints"),
            hint=f"write datapoints: {periods} or less",
        )
    longest = ALARM_RANGE_SECONDS if period < SECONDS_PER_HOUR else 7 * ALARM_RANGE_SECONDS
    looked_at = max(periods or 0, change.datapoints or 0)
    if looked_at * period > longest:
        key = "evaluation_periods" if periods else "datapoints"
        context.report(
            "invalid-alarm",
            f"{looked_at} points of {period} seconds are {looked_at * period} seconds, and CloudWatch looks "
            f"at {longest} at most",
            (*path, key),
            hint=f"write {longest // period} or less",
        )


def _check_fixed(context: Context, path: Path, rule: str, change: AlarmChange) -> None:
    for field, why in FIXED.get(f"{path[-1]}.{rule}", {}).items():
        if getattr(change, field) is not None:
            context.report(
                "invalid-alarm",
                f"`{field}` cannot be changed for the alarm {path[-1]}.{rule}: {why}",
                (*path, rule, field),
                hint=f"leave `{field}` out",
            )


def _check_anomaly(context: Context, path: Path, rule: str, change: AlarmChange) -> None:
    section = "functions" if path[0] == "services" else str(path[-1])
    if change.deviations is not None and not change.anomaly:
        context.report(
            "invalid-alarm",
            "`deviations` is for alarms on anomalies, and this one has a threshold",
            (*path, rule, "deviations"),
            hint="write `anomaly: true` too, or leave `deviations` out",
        )
    if not change.anomaly:
        return
    key = f"{section}.{rule}"
    if key in WITHOUT_ANOMALIES:
        context.report(
            "invalid-alarm",
            f"there is nothing to learn for the alarm {key}: {WITHOUT_ANOMALIES[key]}",
            (*path, rule, "anomaly"),
            hint="leave `anomaly` out",
        )
    elif change.threshold is not None:
        context.report(
            "invalid-alarm",
            "an alarm on anomalies has no threshold: CloudWatch learns what to expect",
            (*path, rule, "threshold"),
            hint="leave `threshold` out, or `anomaly`; `deviations` says how far off is bad",
        )
