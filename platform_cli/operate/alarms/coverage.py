"""What should be watched and is not, and which alarms are of no use as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, now
from platform_cli.operate.alarms.contacts import Contacts, is_heard, read_contacts, topics_of
from platform_cli.operate.alarms.metrics import Series, nearest, read_series, share_on
from platform_cli.operate.alarms.presence import Presence, read_presence
from platform_cli.operate.alarms.reading import AlarmStatus
from platform_cli.operate.functions import names_of

BACKTEST = timedelta(days=14)
CONSTANT_SHARE = 0.5
"""An alarm that would have been on for half of the time tells nobody anything."""
FAR = 0.1
"""An alarm whose metric never came to a tenth of the threshold would not see what is ten times the usual."""

Trouble = Literal[
    "alarms-unwatched",
    "alarm-missing",
    "alarm-without-action",
    "alarm-actions-disabled",
    "alarm-unheard",
    "alarm-constant",
    "alarm-switched-off",
    "alarm-without-data",
    "alarm-far",
    "alarm-undeclared",
    "alarm-silenced",
]
GRAVE: tuple[Trouble, ...] = (
    "alarms-unwatched",
    "alarm-missing",
    "alarm-without-action",
    "alarm-actions-disabled",
    "alarm-unheard",
    "alarm-constant",
)
"""What must be mended; the others may be right, and somebody should know why."""


@dataclass(frozen=True)
class CoverageFinding:
    """Something about an alarm.

    Attributes:
        trouble: What.
        alarm: Its name.
        evidence: What was seen.
        mend: What to do.
    """

    trouble: Trouble
    alarm: str
    evidence: str
    mend: str

    @property
    def grave(self) -> bool:
        """Whether it must be mended."""
        return self.trouble in GRAVE


@dataclass(frozen=True)
class Coverage:
    """How well an environment is watched: alarms that there should be, that there are, and what is wrong."""

    wanted: int
    present: int
    findings: tuple[CoverageFinding, ...]
    since: datetime
    until: datetime


def read_coverage(
    environment: ResolvedEnvironment,
    alarms: Sequence[AlarmStatus],
    wanted: Sequence[str],
    clients: Clients,
    *,
    clock: Clock = now,
) -> Coverage:
    """Compare the alarms with those that there should be, and test them on the last two weeks.

    Args:
        environment: Where.
        alarms: As they are.
        wanted: Names of those that its templates ask for.
        clients: Of the environment.
        clock: The time.

    Raises:
        PlatformError: What AWS refuses.
    """
    until = clock().replace(second=0, microsecond=0)
    since = until - BACKTEST
    present = {alarm.name for alarm in alarms}
    findings = list(_unwatched(environment))
    findings += [
        CoverageFinding(
            "alarm-missing", name, "the blueprint asks for it, and it is not there", "deploy the environment"
        )
        for name in sorted(set(wanted) - present)
    ]
    contacts = read_contacts(topics_of(action for alarm in alarms for action in alarm.actions), clients)
    series = read_series(alarms, clients, periods=None, since=since, until=until)
    silent = [a.document for a in alarms if a.name in series and not series[a.name].has_data]
    presence = read_presence(silent, clients, until)
    for alarm in alarms:
        findings += _actions(alarm, contacts)
        if alarm.name not in wanted:
            findings.append(
                CoverageFinding(
                    "alarm-undeclared",
                    alarm.name,
                    "it bears the environment's name, and the blueprint does not ask for it",
                    "delete it, or declare it",
                )
            )
        if alarm.name in presence:
            findings.append(_without_data(alarm, presence[alarm.name]))
        elif alarm.name in series:
            findings += _backtest(alarm, series[alarm.name], since, until)
    order = get_args(Trouble)
    findings.sort(key=lambda finding: (order.index(finding.trouble), finding.alarm))
    return Coverage(len(set(wanted)), len(present), tuple(findings), since, until)


def _unwatched(environment: ResolvedEnvironment) -> Iterator[CoverageFinding]:
    """What the recommended set has and the blueprint does not want."""
    if not environment.alarms.wanted:
        yield CoverageFinding(
            "alarms-unwatched",
            names_of(environment).prefix,
            "no alarm is made, since the blueprint names nobody to tell",
            "name contacts under `alarms`",
        )
    changes = [(f"alarms.{rule}", change) for rule, change in environment.alarms.changes.items()]
    for thing, own in environment.alarms.own.items():
        changes += [(f"{thing} {rule}", change) for rule, change in own.items()]
    for function in environment.functions:
        changes += [(f"{function.address} {rule}", change) for rule, change in function.alarms.items()]
    for what, change in changes:
        if change.enabled is False:
            yield CoverageFinding(
                "alarm-switched-off",
                what,
                "the blueprint switches it off",
                "see whether the reason still holds",
            )


def _actions(alarm: AlarmStatus, contacts: Contacts) -> Iterator[CoverageFinding]:
    if not alarm.actions:
        yield CoverageFinding(
            "alarm-without-action",
            alarm.name,
            "it tells nobody when it goes on",
            "give it an action, or deploy again",
        )
        return
    if not alarm.actions_enabled:
        yield CoverageFinding(
            "alarm-actions-disabled",
            alarm.name,
            "its actions are switched off, without an end",
            f"aws cloudwatch enable-alarm-actions --alarm-names {alarm.name}; and to be left in peace for "
            "a while: platform alarms silence",
        )
    if alarm.silent_until is not None:
        yield CoverageFinding(
            "alarm-silenced",
            alarm.name,
            f"it tells nobody until {alarm.silent_until:%Y-%m-%d %H:%M} UTC",
            "platform alarms silence --end lets all tell again now",
        )
    topics = topics_of(alarm.actions)
    if topics and not any(is_heard(topic, contacts) for topic in topics):
        yield CoverageFinding(
            "alarm-unheard",
            alarm.name,
            f"nobody who confirmed hears of {topics[0].rpartition(':')[2]}",
            "confirm the subscription in the mail that AWS sent, or name another contact under `alarms`",
        )


def _without_data(alarm: AlarmStatus, presence: Presence) -> CoverageFinding:
    """What an alarm is that had nothing to look at; in two weeks, or ever."""
    test = f"platform alarms test {alarm.name} shows that it can tell"
    if presence.last is not None:
        evidence = (
            f"its metric had no value in {BACKTEST.days} days, the last one on {presence.last:%Y-%m-%d}"
        )
        mend = f"what it watches is not used any more, or nothing of it happens; {test}"
    elif presence.in_use:
        evidence = "its metric never had a value, and others of the same thing have"
        mend = f"it counts what has not happened yet; {test}"
    else:
        evidence = "its metric never had a value, nor has any other of the same dimensions"
        mend = f"what it watches was never used, or the alarm has wrong dimensions; {test}"
    return CoverageFinding("alarm-without-data", alarm.name, evidence, mend)


def _backtest(
    alarm: AlarmStatus, series: Series, since: datetime, until: datetime
) -> Iterator[CoverageFinding]:
    days = BACKTEST.days
    share = share_on(alarm, series, since, until)
    threshold = alarm.document.get("Threshold")
    if share >= CONSTANT_SHARE:
        yield CoverageFinding(
            "alarm-constant",
            alarm.name,
            f"it would have been on for {share:.0%} of {days} days at a threshold of {threshold:g}",
            "mend the cause, or set another threshold in the blueprint",
        )
    near = nearest(alarm, series)
    # A threshold of a few events is meant to be far from the usual nothing.
    if near is not None and 0 < near < FAR and share == 0:
        pick = min if str(alarm.document.get("ComparisonOperator")).startswith("Less") else max
        extreme = pick(series.values.values())
        yield CoverageFinding(
            "alarm-far",
            alarm.name,
            f"the worst value of {days} days was {extreme:g}, the threshold is {threshold:g}",
            "what would be ten times the usual would not set it off; consider a lower threshold",
        )
