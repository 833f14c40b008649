"""Prove that an alarm tells somebody: set it off, see it in its history, and catch its notice in a queue.

A queue of this test's own is subscribed to the alarm's topic for the time of the test. What cannot be proven
from here is that a person read the mail; who is subscribed, and whether they confirmed, is told.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, now
from platform_cli.errors import PlatformError
from platform_cli.operate.alarms.contacts import Contact, read_contacts, topics_of
from platform_cli.operate.alarms.leftovers import (
    Leftover,
    Remaining,
    changed_alarm,
    clean,
    drill_reason,
    probe_prefix,
    take_back,
)
from platform_cli.operate.alarms.reading import AlarmStatus, region_of, there

PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 2.0
_CLOCK_SKEW = timedelta(seconds=30)
Proof = Literal["proven", "missing", "none"]


@dataclass(frozen=True)
class AlarmProof:
    """What a test of an alarm showed.

    Attributes:
        alarm: Its name.
        changed: Whether its history says that it went on.
        published: Whether its notice came to the probe; `none` where it has no topic to tell.
        contacts: Who else hears of the topic.
    """

    alarm: str
    changed: bool
    published: Proof
    contacts: tuple[Contact, ...] = ()

    @property
    def well(self) -> bool:
        """Whether somebody would have heard."""
        return self.changed and self.published == "proven"


@dataclass(frozen=True)
class AlarmTest:
    """What became of a test.

    Attributes:
        begun: Names of the alarms that were set off, or on their way to it.
        left: Names of those that were not.
        proofs: What was shown.
        remains: What could not be put back.
        interrupted: Whether the user ended it.
        failure: What ended it.
    """

    begun: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    proofs: tuple[AlarmProof, ...] = ()
    remains: tuple[Remaining, ...] = ()
    interrupted: bool = False
    failure: PlatformError | None = None

    @property
    def heard(self) -> int:
        """How many alarms were."""
        return sum(proof.well for proof in self.proofs)


@dataclass(frozen=True)
class ProvingProgress:
    """An alarm is being tested."""

    alarm: str
    number: int
    total: int


Report = Callable[[ProvingProgress], None]


@dataclass
class _Trial:
    """A test that runs; what it makes or changes is noted before, so that all of it is taken back."""

    clients: Clients
    sleep: Sleep
    clock: Clock
    patience_seconds: float
    url: str = ""
    seen: dict[str, list[str]] = field(default_factory=dict)
    """States by alarm, as the notices say that came to the probe."""
    made: list[Leftover] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    proofs: list[AlarmProof] = field(default_factory=list)


def prove_alarms(
    environment: ResolvedEnvironment,
    alarms: Sequence[AlarmStatus],
    clients: Clients,
    *,
    report: Report = lambda _progress: None,
    sleep: Sleep = time.sleep,
    clock: Clock = now,
    patience_seconds: float = PATIENCE_SECONDS,
) -> AlarmTest:
    """Set alarms off, one after the other, and put each back.

    Whatever ends it, Ctrl-C or a refusal of AWS, everything is put back as far as that can be; what remains
    is in the answer.

    Args:
        environment: Where.
        alarms: Which; none twice.
        clients: Of the environment.
        report: Gets progress.
        sleep: Waits.
        clock: The time.
        patience_seconds: How long a notice may take.
    """
    trial = _Trial(clients, sleep, clock, patience_seconds)
    interrupted, failure = False, None
    try:
        _set_up(environment, topics_of(a for alarm in alarms for a in alarm.actions), trial)
        for number, alarm in enumerate(alarms, 1):
            trial.begun.append(alarm.name)
            report(ProvingProgress(alarm.name, number, len(alarms)))
            trial.proofs.append(_prove(alarm, trial))
    except KeyboardInterrupt:
        interrupted = True
    except PlatformError as error:
        failure = error
    except Exception:
        # A defect of ours must not leave an alarm set off either.
        clean(trial.made, clients)
        raise
    remains = clean(trial.made, clients)
    begun = tuple(trial.begun)
    left = tuple(alarm.name for alarm in alarms if alarm.name not in begun)
    return AlarmTest(begun, left, tuple(trial.proofs), remains, interrupted, failure)


def _prove(alarm: AlarmStatus, trial: _Trial) -> AlarmProof:
    topic = next(iter(topics_of(alarm.actions)), None)
    begin = trial.clock() - _CLOCK_SKEW
    back = changed_alarm(alarm)
    trial.made.append(back)
    changed = published = False
    with aws_errors(f"testing the alarm {alarm.name}", target=trial.clients.target):
        if alarm.fires:
            # Only a change of state tells anybody.
            _set(alarm, "OK", trial.clients)
        _set(alarm, "ALARM", trial.clients)
        waited = 0.0
        while not (changed and (published or topic is None)) and waited <= trial.patience_seconds:
            changed = changed or _went_on(alarm, begin, trial.clients)
            published = published or (topic is not None and _heard(alarm.name, trial))
            if not (changed and (published or topic is None)):
                trial.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS
    take_back(back, trial.clients)
    trial.made.remove(back)
    proof: Proof = "none" if topic is None else "proven" if published else "missing"
    contacts = read_contacts([topic], trial.clients)[topic] if topic else ()
    return AlarmProof(alarm.name, changed, proof, contacts or ())


def _set(alarm: AlarmStatus, state: str, clients: Clients) -> None:
    reason = drill_reason(alarm)
    cloudwatch = there(alarm.region, clients).client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=alarm.name, StateValue=state, StateReason=reason)


def _went_on(alarm: AlarmStatus, since: datetime, clients: Clients) -> bool:
    """Whether its history tells of our going on: CloudWatch may have set it back within seconds."""
    cloudwatch = there(alarm.region, clients).client("cloudwatch")
    history = cloudwatch.describe_alarm_history(
        AlarmName=alarm.name,
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        HistoryItemType="StateUpdate",
        StartDate=since,
        ScanBy="TimestampDescending",
    )
    for item in history.get("AlarmHistoryItems") or ():
        data = str(item.get("HistoryData") or "")
        told = _parsed(data)
        if not told:
            # AWS cuts it at 4,095 characters, so that it is no JSON any more; our reason stands in its front.
            changed = str(item.get("HistorySummary") or "").endswith("to ALARM")
            if changed and drill_reason(alarm) in data:
                return True
        state = told.get("newState") or {}
        if state.get("stateValue") == "ALARM" and state.get("stateReason") == drill_reason(alarm):
            return True
    return False


def _heard(name: str, trial: _Trial) -> bool:
    sqs = trial.clients.client("sqs")
    answer = sqs.receive_message(QueueUrl=trial.url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    for message in answer.get("Messages") or ():
        envelope = _parsed(message["Body"])
        notice = _parsed(envelope.get("Message", "")) or envelope
        trial.seen.setdefault(str(notice.get("AlarmName")), []).append(str(notice.get("NewStateValue")))
        sqs.delete_message(QueueUrl=trial.url, ReceiptHandle=message["ReceiptHandle"])
    return "ALARM" in trial.seen.get(name, ())


def _set_up(environment: ResolvedEnvironment, topics: Sequence[str], trial: _Trial) -> None:
    """Make a queue that hears of topics."""
    sqs = trial.clients.client("sqs")
    name = f"{probe_prefix(environment)}{secrets.token_hex(4)}"
    with aws_errors("setting up a probe for notices", target=trial.clients.target):
        trial.made.append(Leftover("queue", name))
        made = sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": "3600"})
        trial.url = made["QueueUrl"]
        asked = sqs.get_queue_attributes(QueueUrl=trial.url, AttributeNames=["QueueArn"])
        arn = asked["Attributes"]["QueueArn"]
        if topics:
            policy = json.dumps(_policy(arn, topics))
            sqs.set_queue_attributes(QueueUrl=trial.url, Attributes={"Policy": policy})
        for topic in topics:
            trial.made.append(Leftover("subscription", topic, arn))
            sns = there(region_of(topic), trial.clients).client("sns")
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)


def _policy(arn: str, topics: Sequence[str]) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": list(topics)}},
            }
        ],
    }


def _parsed(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
