"""Alarms that fire, and alarms that could not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import (
    REMOTE,
    SLOW_SECONDS,
    Check,
    Fix,
    Result,
    failure,
    ok,
    skipped,
    warning,
)
from platform_cli.operate.doctor.wording import few, number

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

SILENT = timedelta(days=1)
"""For so long an alarm may be without data before that is worth a word; a new one needs some minutes."""
_NONE = "there are no alarms; `alarms.contacts` in the blueprint makes them"


def check_firing(context: Context) -> Result:
    """List what is in the state ALARM."""
    from platform_cli.operate.doctor.resources import alarms_everywhere

    every = alarms_everywhere(context)
    if not every:
        return skipped(_NONE)
    firing = [alarm for alarm in every if alarm["StateValue"] == "ALARM"]
    if not firing:
        return ok(f"none of {number(len(every), 'alarm')} fires")
    critical = [alarm for alarm in firing if _is_critical(alarm)]
    make = failure if critical else warning
    return make(
        f"{len(firing)} of {len(every)} alarms fire"
        if len(firing) > 1
        else f"{firing[0]['AlarmName']} fires",
        *few([_line(alarm, context) for alarm in (*critical, *(a for a in firing if a not in critical))]),
        consequence="users notice it, or will",
        mend="see the logs with `platform logs SERVICE --level error`, and what was deployed with "
        f"`platform history {context.option}`",
    )


def check_watching(context: Context) -> Result:
    """Look for alarms that nobody hears of, and for those without data."""
    from platform_cli.operate.doctor.resources import alarms_by_region

    by_region = alarms_by_region(context)
    every = [alarm for found in by_region.values() for alarm in found]
    if not every:
        return skipped(_NONE)
    disabled_in = {
        region: [a["AlarmName"] for a in found if not a.get("ActionsEnabled", True)]
        for region, found in by_region.items()
    }
    disabled = [name for names in disabled_in.values() for name in names]
    mute = [a["AlarmName"] for a in every if not a.get("AlarmActions")]
    blind = _without_data(context, every)
    deaf = _topics_without_anybody(context, every)
    silent = list(_silenced(context, every))
    if not (disabled or mute or blind or deaf):
        return ok(f"{number(len(every), 'alarm')} with data, and with somebody to tell", *few(silent))

    def enable() -> None:
        from platform_cli.aws.errors import aws_errors

        for region, names in disabled_in.items():
            clients = context.clients.elsewhere(region)
            with aws_errors("enabling the actions of alarms", target=clients.target):
                for at in range(0, len(names), 100):
                    clients.client("cloudwatch").enable_alarm_actions(AlarmNames=names[at : at + 100])

    lines = [f"{name}: its actions are disabled" for name in disabled]
    lines += [f"{name} has no action" for name in mute if name not in disabled]
    lines += [*blind, *silent]
    mends = []
    if disabled:
        mends.append("enable their actions with `--fix`, unless somebody silenced them on purpose")
    if mute or deaf:
        mends.append(f"name contacts, deploy with `platform deploy {context.option}`, and let them confirm")
    if blind:
        mends.append(
            "see whether what they watch is in use: a function that never runs has no metrics; "
            f"`platform alarms coverage {context.option}` says more"
        )
    return warning(
        "alarms would not be heard" if disabled or mute or deaf else "alarms have no data",
        *few([*deaf, *lines]),
        consequence="something breaks, and nobody is told",
        mend="; ".join(mends),
        fix=Fix(f"enable the actions of {number(len(disabled), 'alarm')}", enable, in_environment=True)
        if disabled
        else None,
    )


def _silenced(context: Context, every: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Alarms that tell nobody for a while, which somebody wanted."""
    from platform_cli.operate.alarms.silencing import silent_until

    until = silent_until(context.environment, context.clients)
    for alarm in every:
        if alarm["AlarmName"] in until:
            yield f"{alarm['AlarmName']} is silenced until {until[alarm['AlarmName']]:%Y-%m-%d %H:%M} UTC"


def _without_data(context: Context, every: Sequence[Mapping[str, Any]]) -> list[str]:
    """Alarms that say so, and those that look at what never had a value, which most take for good."""
    from platform_cli.operate.alarms.presence import read_presence

    unsure = [
        a for a in every if a["StateValue"] == "INSUFFICIENT_DATA" and _older(a, context, "StateUpdated")
    ]
    lines = [f"{a['AlarmName']} has had no data since {a['StateUpdatedTimestamp']:%Y-%m-%d}" for a in unsure]
    if context.environment.target != "aws":
        return lines  # the local AWS sends next to no metrics
    others = [a for a in every if a not in unsure and _older(a, context, "AlarmConfigurationUpdated")]
    presence = read_presence(others, context.clients, context.now)
    return lines + [
        f"{name}: nothing of what it watches was ever seen" for name, told in presence.items() if told.blind
    ]


def _older(alarm: Mapping[str, Any], context: Context, what: str) -> bool:
    when = alarm.get(f"{what}Timestamp")
    return when is not None and context.now - when > SILENT


def _topics_without_anybody(context: Context, every: Sequence[Mapping[str, Any]]) -> list[str]:
    """The topics of alarms to which no confirmed subscription listens."""
    from platform_cli.operate.alarms.contacts import is_heard, read_contacts, topics_of

    topics = topics_of(action for alarm in every for action in alarm.get("AlarmActions") or ())
    contacts = read_contacts(topics, context.clients)
    lines = []
    for topic in topics:
        name, subscribed = topic.rsplit(":", 1)[-1], contacts[topic]
        if subscribed is None:
            lines.append(f"the topic {name} is gone")
        elif not is_heard(topic, contacts):
            pending = f": {len(subscribed)} did not confirm the e-mail of AWS" if subscribed else ""
            lines.append(f"nobody listens to {name}{pending}")
    return lines


def _is_critical(alarm: Mapping[str, Any]) -> bool:
    return any(str(arn).endswith("-alarms-critical") for arn in alarm.get("AlarmActions") or ())


def _line(alarm: Mapping[str, Any], context: Context) -> str:
    since = alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp")
    minutes = int((context.now - since).total_seconds() // 60) if since is not None else 0
    reason = " ".join(str(alarm.get("StateReason") or "").split())[:160]
    return f"{alarm['AlarmName']} for {minutes} min" + (f": {reason}" if reason else "")


CHECKS = (
    Check(
        "alarms-firing",
        "environment",
        "alarms that fire",
        "Lists the alarms of the system that are in the state ALARM, since when and why. One that tells the "
        "contacts for critical alarms is a failure, others are a warning.",
        check_firing,
        REMOTE,
    ),
    Check(
        "alarms-watching",
        "environment",
        "alarms that nobody would hear",
        "Looks for alarms without action, with disabled actions, or without data, and for topics to which no "
        "confirmed subscription listens. An alarm is without data if it says so for a day, or if neither its "
        "metric nor any other with the same dimensions had a value in 15 months, although it takes missing "
        "data for good. Alarms that are silenced are named. `--fix` enables actions that are disabled.",
        check_watching,
        REMOTE,
        SLOW_SECONDS,
    ),
)
