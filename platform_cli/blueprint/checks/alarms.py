"""Who is told, and what alarms ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.alarm_kinds import AlarmChange, ObjectiveAlarms
from platform_cli.blueprint.model.alarms import ALARM_SECTIONS, WATCHED
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
            "functions.personal_data",
            "functions.throttles",
            "identity.throttles",
            "queues.dead_letters",
            "queues.undelivered",
            "streams.throttles",
            "tables.errors",
            "tables.hot_partition",
            "tables.throttles",
            "topics.undelivered",
        ),
        _AT_ALL,
    ),
    **dict.fromkeys(
        ("functions.unused", "streams.unused", "tables.unused_reads", "tables.unused_writes"), _WASTE
    ),
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
    "certificates.expiry": "what expires is bad, however usual",
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
    for kind in ALARM_SECTIONS:
        for rule, change in changes_in(getattr(alarms, kind)):
            _check(context, ("alarms", kind, rule), f"{kind}.{rule}", change, change)
    for path, kind, group in own_alarms(context.blueprint):
        for rule, change in changes_in(group):
            section = kind_of(kind, rule)
            general = getattr(getattr(alarms, section), rule)
            _check(context, (*path, rule), f"{section}.{rule}", change, _together(general, change))


def own_alarms(blueprint: Blueprint) -> Iterator[tuple[Path, str, Source]]:
    """What stands at single things: where, the section of `alarms` for all of its kind, what it says."""
    for section, kind in WATCHED.items():
        for name, thing in getattr(blueprint, section).items():
            yield (section, name, "alarms"), kind, thing.alarms
    for name, service in blueprint.services.items():
        for function_name, function in service.functions.items():
            path = ("services", name, "functions", function_name, "alarms")
            yield path, "functions", function.alarms


def changes_in(alarms: Source) -> Iterator[tuple[str, AlarmChange]]:
    """What is said of alarms, by rule."""
    for rule in type(alarms).model_fields:
        change = getattr(alarms, rule)
        if isinstance(change, AlarmChange):
            yield rule, change


def kind_of(kind: str, rule: str) -> str:
    """The section of `alarms` that has a rule: what a service promises stands with the service too."""
    promised = kind == "services" and rule in ObjectiveAlarms.model_fields
    return "objectives" if promised else kind


def _together(general: AlarmChange | None, own: AlarmChange) -> AlarmChange:
    """What is said of one thing with what is said of all behind it, as CloudWatch gets it."""
    if general is None:
        return own
    said = {key: value for key, value in own.model_dump().items() if value is not None}
    return AlarmChange.model_construct(**(general.model_dump() | said))


def _check(context: Context, path: Path, key: str, change: AlarmChange, whole: AlarmChange) -> None:
    _check_fixed(context, path, key, change)
    _check_looks(context, path, change, whole)
    _check_anomaly(context, path, key, change, whole)


def _check_looks(context: Context, path: Path, written: AlarmChange, change: AlarmChange) -> None:
    if all(getattr(written, look) is None for look in _LOOKS):
        return
    period, periods = change.period_seconds or 300, change.evaluation_periods
    if periods and change.datapoints and change.datapoints > periods:
        context.report(
            "invalid-alarm",
            f"the alarm asks for {change.datapoints} bad points, and looks at {periods}",
            (*path, "datapoints" if written.datapoints else "evaluation_periods"),
            hint=f"write datapoints: {periods} or less",
        )
    longest = ALARM_RANGE_SECONDS if period < SECONDS_PER_HOUR else 7 * ALARM_RANGE_SECONDS
    looked_at = max(periods or 0, change.datapoints or 0)
    if looked_at * period > longest:
        wanted = ("evaluation_periods" if periods else "datapoints", *_LOOKS)
        key = next(look for look in wanted if getattr(written, look) is not None)
        context.report(
            "invalid-alarm",
            f"{looked_at} points of {period} seconds are {looked_at * period} seconds, and CloudWatch looks "
            f"at {longest} at most",
            (*path, key),
            hint=f"write {longest // period} or less",
        )


def _check_fixed(context: Context, path: Path, key: str, change: AlarmChange) -> None:
    for field, why in FIXED.get(key, {}).items():
        if getattr(change, field) is not None:
            context.report(
                "invalid-alarm",
                f"`{field}` cannot be changed for the alarm {key}: {why}",
                (*path, field),
                hint=f"leave `{field}` out",
            )


def _check_anomaly(context: Context, path: Path, key: str, change: AlarmChange, whole: AlarmChange) -> None:
    if change.deviations is not None and not whole.anomaly:
        context.report(
            "invalid-alarm",
            "`deviations` is for alarms on anomalies, and this one has a threshold",
            (*path, "deviations"),
            hint="write `anomaly: true` too, or leave `deviations` out",
        )
    if not change.anomaly:
        return
    if key in WITHOUT_ANOMALIES:
        context.report(
            "invalid-alarm",
            f"there is nothing to learn for the alarm {key}: {WITHOUT_ANOMALIES[key]}",
            (*path, "anomaly"),
            hint="leave `anomaly` out",
        )
    elif change.threshold is not None:
        context.report(
            "invalid-alarm",
            "an alarm on anomalies has no threshold: CloudWatch learns what to expect",
            (*path, "threshold"),
            hint="leave `threshold` out, or `anomaly`; `deviations` says how far off is bad",
        )
