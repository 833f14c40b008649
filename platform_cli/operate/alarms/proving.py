"""Prove that an alarm tells somebody: set it off, see it in its history, and catch its notice in a queue.

A queue of this test's own is subscribed to the alarm's topic for the time of the test. What cannot be proven
from here is that a person read the mail; who is subscribed, and whether they confirmed, is told.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.operate.alarms.reading import AlarmStatus

PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 2.0
_CLOCK_SKEW = timedelta(seconds=30)
REASON = "platform alarms test: somebody tries whether this alarm is heard"
Proof = Literal["proven", "missing", "none"]


@dataclass(frozen=True)
class AlarmProof:
    """What a test of an alarm showed.

    Attributes:
        alarm: Its name.
        changed: Whether its history says that it went on.
        published: Whether its notice came to the probe; `none` where it has no topic to tell.
        subscribers: Who else hears of the topic: protocol, endpoint, whether confirmed.
        restored: Whether it was given its state from before back.
        before: That state.
    """

    alarm: str
    changed: bool
    published: Proof
    subscribers: tuple[tuple[str, str, bool], ...] = ()
    restored: bool = True
    before: str = ""

    @property
    def well(self) -> bool:
        """Whether somebody would have heard."""
        return self.changed and self.published == "proven"


@dataclass(frozen=True)
class ProvingProgress:
    """An alarm is being tested."""

    alarm: str
    number: int
    total: int


Report = Callable[[ProvingProgress], None]


@dataclass
class _Probe:
    url: str
    seen: dict[str, list[str]] = field(default_factory=dict)
    """States by alarm, as the notices say."""


def prove_alarms(
    alarms: Sequence[AlarmStatus],
    clients: Clients,
    *,
    report: Report = lambda _progress: None,
    proven: Callable[[AlarmProof], None] = lambda _proof: None,
    sleep: Sleep = time.sleep,
    clock: Clock = now,
    patience_seconds: float = PATIENCE_SECONDS,
) -> tuple[AlarmProof, ...]:
    """Set alarms off, one after the other, and put each back.

    Args:
        alarms: Which; those that are on already are not set off again.
        clients: Of the environment.
        report: Gets progress.
        proven: Gets each proof at once: of a run that is stopped, there is no other answer.
        sleep: Waits.
        clock: The time.
        patience_seconds: How long a notice may take.

    Raises:
        PlatformError: What AWS refuses; the alarm, the probe and its subscription are put back all the same.
    """
    topics = sorted({action for alarm in alarms for action in alarm.actions if ":sns:" in action})
    done = []
    with _probe(topics, clients) as probe:
        for number, alarm in enumerate(alarms, 1):
            report(ProvingProgress(alarm.name, number, len(alarms)))
            done.append(_prove(alarm, probe, clients, sleep, clock, patience_seconds))
            proven(done[-1])
    return tuple(done)


def _prove(
    alarm: AlarmStatus, probe: _Probe, clients: Clients, sleep: Sleep, clock: Clock, patience: float
) -> AlarmProof:
    topic = next((action for action in alarm.actions if ":sns:" in action), None)
    begin = clock() - _CLOCK_SKEW
    restored = True
    with aws_errors(f"testing the alarm {alarm.name}", target=clients.target):
        try:
            if alarm.fires:
                # Only a change of state tells anybody.
                _set(alarm.name, "OK", clients)
            _set(alarm.name, "ALARM", clients)
            changed = published = False
            waited = 0.0
            while not (changed and (published or topic is None)) and waited <= patience:
                changed = changed or _went_on(alarm.name, begin, clients)
                published = published or (topic is not None and _heard(probe, alarm.name, clients))
                if not (changed and (published or topic is None)):
                    sleep(_POLL_SECONDS)
                    waited += _POLL_SECONDS
        finally:
            restored = _restore(alarm, clients)
        subscribers = _subscribers(topic, probe, clients) if topic else ()
    proof: Proof = "none" if topic is None else "proven" if published else "missing"
    return AlarmProof(alarm.name, changed, proof, subscribers, restored, alarm.state)


def _set(name: str, state: str, clients: Clients) -> None:
    clients.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason=REASON)


def _restore(alarm: AlarmStatus, clients: Clients) -> bool:
    """Put the state back; CloudWatch looks again at the next point in any case."""
    with expecting("ResourceNotFound", "ResourceNotFoundException") as gone:
        _set(alarm.name, alarm.state, clients)
    return not gone


def _went_on(name: str, since: datetime, clients: Clients) -> bool:
    """Whether its history tells of our going on: CloudWatch may have set it back within seconds."""
    history = clients.client("cloudwatch").describe_alarm_history(
        AlarmName=name,
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        HistoryItemType="StateUpdate",
        StartDate=since,
        ScanBy="TimestampDescending",
    )
    for item in history.get("AlarmHistoryItems") or ():
        told = json.loads(item.get("HistoryData") or "{}")
        state = told.get("newState", {})
        if state.get("stateValue") == "ALARM" and state.get("stateReason") == REASON:
            return True
    return False


def _heard(probe: _Probe, name: str, clients: Clients) -> bool:
    sqs = clients.client("sqs")
    answer = sqs.receive_message(QueueUrl=probe.url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    for message in answer.get("Messages") or ():
        envelope = _parsed(message["Body"])
        notice = _parsed(envelope.get("Message", "")) or envelope
        probe.seen.setdefault(str(notice.get("AlarmName")), []).append(str(notice.get("NewStateValue")))
        sqs.delete_message(QueueUrl=probe.url, ReceiptHandle=message["ReceiptHandle"])
    return "ALARM" in probe.seen.get(name, ())


def _subscribers(topic: str, probe: _Probe, clients: Clients) -> tuple[tuple[str, str, bool], ...]:
    found = pages(clients.client("sns").list_subscriptions_by_topic, "Subscriptions", TopicArn=topic)
    probe_name = probe.url.rpartition("/")[2]
    return tuple(
        (s["Protocol"], s["Endpoint"], str(s["SubscriptionArn"]).startswith("arn:"))
        for s in found
        if not str(s["Endpoint"]).endswith(f":{probe_name}")
    )


@contextmanager
def _probe(topics: Sequence[str], clients: Clients) -> Iterator[_Probe]:
    """A queue that hears of topics, until the end of a `with`."""
    sqs, sns = clients.client("sqs"), clients.client("sns")
    name = f"platform-alarm-probe-{secrets.token_hex(4)}"
    subscriptions: list[str] = []
    url = ""
    try:
        with aws_errors("setting up a probe for notices", target=clients.target):
            url = sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": "3600"})["QueueUrl"]
            asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
            arn = asked["Attributes"]["QueueArn"]
            if topics:
                policy = json.dumps(_policy(arn, topics))
                sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
            for topic in topics:
                told = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
                subscriptions.append(told["SubscriptionArn"])
        yield _Probe(url)
    finally:
        with aws_errors("taking the probe away", target=clients.target):
            for subscription in subscriptions:
                sns.unsubscribe(SubscriptionArn=subscription)
            if url:
                sqs.delete_queue(QueueUrl=url)


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
