"""Silence alarms for a while: rules of CloudWatch that mute their actions, and that always have an end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, expecting, now, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.alarms.reading import AlarmStatus
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


def silence(
    environment: ResolvedEnvironment,
    alarms: Sequence[AlarmStatus],
    length: timedelta,
    clients: Clients,
    *,
    reason: str = "",
    clock: Clock = now,
) -> tuple[Silence, ...]:
    """Mute the actions of alarms from the next minute on; they go on and off all the same.

    Args:
        environment: Where.
        alarms: Which; none twice.
        length: For how long, at least a minute.
        clients: Of the environment.
        reason: Why; it stands at the rule.
        clock: The time.

    Returns:
        A rule for each hundred of them.

    Raises:
        PlatformError: `invalid-silence`, `silence-unsupported`, or what AWS refuses.
    """
    if not _MINUTE <= length <= LONGEST:
        raise PlatformError(
            "alarms are silenced for at least a minute and at most 15 days",
            hint="a longer peace is a threshold in the blueprint",
            code="invalid-silence",
            exit_code=ExitCode.USAGE,
        )
    minutes = int(length.total_seconds() // 60)
    # The rule's clock knows minutes only; one that began in the past might never begin.
    begin = clock().replace(second=0, microsecond=0) + _MINUTE
    mark = f"{begin:%Y%m%dT%H%M}-{secrets.token_hex(3)}"
    made = []
    for number, at in enumerate(range(0, len(alarms), MOST_TARGETS), 1):
        rule = Silence(
            f"{_prefix(environment)}{mark}-{number}",
            begin,
            begin + timedelta(minutes=minutes),
            tuple(alarm.name for alarm in alarms[at : at + MOST_TARGETS]),
            reason,
        )
        with _supported(clients, "silencing alarms"):
            clients.client("cloudwatch").put_alarm_mute_rule(
                Name=rule.name,
                Description=(reason or "platform alarms silence")[:1024],
                Rule={
                    "Schedule": {
                        "Expression": f"at({begin:%Y-%m-%dT%H:%M})",
                        "Duration": f"PT{minutes}M",
                        "Timezone": "UTC",
                    }
                },
                MuteTargets={"AlarmNames": list(rule.alarms)},
                ExpireDate=rule.end + _MINUTE,
            )
        made.append(rule)
    return tuple(made)


def read_silences(environment: ResolvedEnvironment, clients: Clients) -> tuple[Silence, ...]:
    """Silences of the environment that begin or hold.

    Raises:
        PlatformError: `silence-unsupported`, or what AWS refuses.
    """
    found: list[Silence] = []
    with _supported(clients, "reading which alarms are silenced"):
        found += _silences(environment, clients)
    return tuple(found)


def end_silences(silences: Sequence[Silence], clients: Clients) -> None:
    """Let alarms tell again at once."""
    with _supported(clients, "ending a silence"):
        for rule in silences:
            clients.client("cloudwatch").delete_alarm_mute_rule(AlarmMuteRuleName=rule.name)


def _silences(environment: ResolvedEnvironment, clients: Clients) -> Iterator[Silence]:
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
            )


def _prefix(environment: ResolvedEnvironment) -> str:
    return f"{names_of(environment).prefix}-silence-"


@contextmanager
def _supported(clients: Clients, doing: str) -> Iterator[None]:
    """Say in plain words that the local AWS has no such rules."""
    with aws_errors(doing, target=clients.target), expecting(*_UNKNOWN) as refused:
        yield
    if refused:
        raise PlatformError(
            "this place has no rules that mute alarms",
            hint="the local AWS sends its notices to nobody but your own subscriptions",
            code="silence-unsupported",
        )
