"""Silence alarms for a while: rules of CloudWatch that mute their actions, and that always have an end.

The local AWS has no such rules; there `local.mutes` switches the actions off, and on again at the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, expecting, now, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.local.mutes import Mute, end_mute, put_mute, tend
from platform_cli.operate.alarms.reading import AlarmStatus, there
from platform_cli.operate.functions import names_of

MOST_TARGETS = 100
"""Alarms that one rule may mute (PutAlarmMuteRule, 2026-11)."""
LONGEST = timedelta(days=15)
"""Longest time of one rule (PutAlarmMuteRule, 2026-11)."""
_MINUTE = timedelta(minutes=1)
_UNKNOWN = ("InvalidAction", "UnknownOperationException", "UnsupportedOperation", "NotImplemented", "404")


@dataclass(frozen=True)
class Silence:
    """Alarms whose actions are muted for a while.

    Attributes:
        name: Of the rule.
        begin: From when on.
        end: Until when.
        alarms: Names of the alarms.
        reason: Why.
    """

    name: str
    begin: datetime
    end: datetime
    alarms: tuple[str, ...]
    reason: str = ""
    region: str = field(default="", compare=False)
    """Where; empty in the environment's own region."""


def check_length(length: timedelta) -> None:
    """See that a silence may be so long.

    Raises:
        PlatformError: `invalid-silence`.
    """
    if not _MINUTE <= length <= LONGEST:
        raise PlatformError(
            "alarms are silenced for at least a minute and at most 15 days",
            hint="a longer peace is a threshold in the blueprint",
            code="invalid-silence",
            exit_code=ExitCode.USAGE,
        )


def silence(
    environment: ResolvedEnvironment,
    alarms: Sequence[AlarmStatus],
    length: timedelta,
    clients: Clients,
    *,
    reason: str = "",
    told: Callable[[Silence], None] = lambda _rule: None,
    clock: Clock = now,
) -> tuple[Silence, ...]:
    """Mute the actions of alarms from the next minute on; they go on and off all the same.

    Args:
        environment: Where.
        alarms: Which; none twice.
        length: For how long, at least a minute.
        clients: Of the environment.
        reason: Why; it stands at the rule.
        told: Gets each rule as soon as it holds: who is stopped has made those, and not the others.
        clock: The time.

    Returns:
        A rule for each hundred of them, and each region.

    Raises:
        PlatformError: `invalid-silence`, `silence-unsupported`, or what AWS refuses.
    """
    check_length(length)
    minutes = int(length.total_seconds() // 60)
    local = clients.target.is_local
    # The rule's clock knows minutes only; one that began in the past might never begin.
    begin = clock().replace(microsecond=0) if local else clock().replace(second=0, microsecond=0) + _MINUTE
    mark = f"{begin:%Y%m%dT%H%M}-{secrets.token_hex(3)}"
    made = []
    for number, (region, names) in enumerate(_groups(alarms), 1):
        rule = Silence(
            f"{_prefix(environment)}{mark}-{number}",
            begin,
            begin + timedelta(minutes=minutes),
            names,
            reason,
            "" if local or region == clients.target.region else region,
        )
        if local:
            put_mute(Mute(rule.name, rule.begin, rule.end, names, reason), clients)
        else:
            with _supported(clients, "silencing alarms"):
                _put(rule, minutes, there(region, clients).client("cloudwatch"))
        made.append(rule)
        told(rule)
    return tuple(made)


def _put(rule: Silence, minutes: int, cloudwatch: Any) -> None:
    cloudwatch.put_alarm_mute_rule(
        Name=rule.name,
        Description=(rule.reason or "platform alarms silence")[:1024],
        Rule={
            "Schedule": {
                "Expression": f"at({rule.begin:%Y-%m-%dT%H:%M})",
                "Duration": f"PT{minutes}M",
                "Timezone": "UTC",
            }
        },
        MuteTargets={"AlarmNames": list(rule.alarms)},
        ExpireDate=rule.end + _MINUTE,
    )


def read_silences(
    environment: ResolvedEnvironment, clients: Clients, *, clock: Clock = now
) -> tuple[Silence, ...]:
    """Silences of the environment that begin or hold.

    Raises:
        PlatformError: `silence-unsupported`, or what AWS refuses.
    """
    if clients.target.is_local:
        mutes = [mute for mute in tend(clients, clock=clock) if mute.name.startswith(_prefix(environment))]
        return tuple(Silence(mute.name, mute.begin, mute.end, mute.alarms, mute.reason) for mute in mutes)
    found: list[Silence] = []
    with _supported(clients, "reading which alarms are silenced"):
        for region in ("", *environment.alarm_regions):
            found += _silences(environment, there(region, clients), region)
    return tuple(found)


def silent_until(environment: ResolvedEnvironment, clients: Clients) -> Mapping[str, datetime]:
    """Until when each silenced alarm is; empty for who may see alarms and not the rules.

    Raises:
        PlatformError: What AWS refuses otherwise.
    """
    try:
        silences = read_silences(environment, clients)
    except PlatformError as error:
        if error.code not in ("access-denied", "silence-unsupported"):
            raise
        return {}
    until: dict[str, datetime] = {}
    for rule in silences:
        until |= {name: max(rule.end, until.get(name, rule.end)) for name in rule.alarms}
    return until


def with_silences(
    environment: ResolvedEnvironment, alarms: Sequence[AlarmStatus], clients: Clients
) -> tuple[AlarmStatus, ...]:
    """The alarms, with the time until which each is silenced.

    Raises:
        PlatformError: What AWS refuses.
    """
    until = silent_until(environment, clients) if alarms else {}
    return tuple(replace(alarm, silent_until=until.get(alarm.name)) for alarm in alarms)


def end_silences(
    silences: Sequence[Silence],
    clients: Clients,
    *,
    told: Callable[[Silence], None] = lambda _rule: None,
    clock: Clock = now,
) -> None:
    """Let alarms tell again at once; `told` gets each silence as soon as it is ended.

    Raises:
        PlatformError: `silence-unsupported`, or what AWS refuses; the later ones hold then.
    """
    with _supported(clients, "ending a silence"):
        for rule in silences:
            if clients.target.is_local:
                end_mute(rule.name, clients, clock=clock)
                told(rule)
                continue
            cloudwatch = there(rule.region, clients).client("cloudwatch")
            cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName=rule.name)
            told(rule)


def _groups(alarms: Sequence[AlarmStatus]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of alarms by region, as many as a rule takes."""
    for region in dict.fromkeys(alarm.region for alarm in alarms):
        names = [alarm.name for alarm in alarms if alarm.region == region]
        for at in range(0, len(names), MOST_TARGETS):
            yield region, tuple(names[at : at + MOST_TARGETS])


def _silences(environment: ResolvedEnvironment, clients: Clients, region: str) -> Iterator[Silence]:
    cloudwatch = clients.client("cloudwatch")
    summaries = pages(
        cloudwatch.list_alarm_mute_rules, "AlarmMuteRuleSummaries", Statuses=["SCHEDULED", "ACTIVE"]
    )
    for summary in summaries:
        name = str(summary["AlarmMuteRuleArn"]).rpartition("alarm-mute-rule:")[2].removeprefix("/")
        if name.startswith(_prefix(environment)):
            told: dict[str, Any] = cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName=name)
            schedule = told["Rule"]["Schedule"]
            begin = datetime.fromisoformat(f"{schedule['Expression'][3:-1]}+00:00")
            minutes = int(schedule["Duration"].removeprefix("PT").removesuffix("M"))
            yield Silence(
                name,
                begin,
                begin + timedelta(minutes=minutes),
                tuple(told.get("MuteTargets", {}).get("AlarmNames") or ()),
                str(told.get("Description") or ""),
                region,
            )


def _prefix(environment: ResolvedEnvironment) -> str:
    return f"{names_of(environment).prefix}-silence-"


@contextmanager
def _supported(clients: Clients, doing: str) -> Iterator[None]:
    """Say in plain words where AWS has no such rules."""
    with aws_errors(doing, target=clients.target), expecting(*_UNKNOWN) as refused:
        yield
    if refused:
        raise PlatformError(
            "this place has no rules that mute alarms",
            hint="switch the alarm off in the blueprint for the time, with the reason",
            code="silence-unsupported",
        )
