"""What a test of alarms makes and changes, and how each of it is taken back.

Nothing is written down for that: an alarm that is set off says in its reason in which state it was, a probe
bears the environment's name, and its subscriptions name the probe. So what a test leaves that was killed can
be found again by anybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import expecting, pages
from platform_cli.errors import PlatformError
from platform_cli.operate.alarms.contacts import PROBE, subscriptions_of, topics_of
from platform_cli.operate.alarms.reading import AlarmStatus, region_of, there
from platform_cli.operate.functions import names_of

REASON = "platform alarms test: somebody tries whether this alarm is heard"
"""What the reason of an alarm begins with that a test set off."""
_PUT_BACK = "put back after a test"
_STATE = re.compile(r"\(it was ([A-Z_]+)\)$")
_GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_LONGEST_REASON = 1023
"""Characters of StateReason (SetAlarmState, 2026-11)."""


@dataclass(frozen=True)
class Leftover:
    """Something that a test made or changed, and that must not stay.

    Attributes:
        kind: An alarm that was set off, the subscription of a probe, or the probe.
        name: Of the alarm or the queue; of a subscription, the ARN of its topic.
        before: Of an alarm, its state; of a subscription, the ARN of the probe.
        reason: Of an alarm, that of its state.
        since: Since when it is so, as far as AWS tells.
        region: Where, if not in the environment's own region.
    """

    kind: Literal["alarm", "subscription", "queue"]
    name: str
    before: str = ""
    reason: str = field(default="", repr=False)
    since: datetime | None = None
    region: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "alarm":
                return f"alarm {self.name} is set off; it was {self.before}"
            case "subscription":
                return f"{self.before.rpartition(':')[2]} hears of {self.name.rpartition(':')[2]}"
        return f"queue {self.name}"


@dataclass(frozen=True)
class Remaining:
    """Something that could not be taken back, and why."""

    leftover: Leftover
    why: str


def drill_reason(alarm: AlarmStatus) -> str:
    """The reason with which a test sets an alarm off; it holds what the way back needs."""
    return f"{REASON} (it was {state_before(alarm)})"


def state_before(alarm: AlarmStatus) -> str:
    """The state of an alarm without what a test did to it."""
    told = _STATE.search(alarm.reason) if alarm.reason.startswith(REASON) else None
    return told[1] if told else alarm.state


def changed_alarm(alarm: AlarmStatus) -> Leftover:
    """What has to be put back once an alarm was set off."""
    reason = _PUT_BACK if alarm.reason.startswith(REASON) else alarm.reason
    return Leftover("alarm", alarm.name, state_before(alarm), reason, alarm.since, alarm.region)


def find_leftovers(
    environment: ResolvedEnvironment, alarms: Sequence[AlarmStatus], clients: Clients
) -> tuple[Leftover, ...]:
    """What tests of alarms left in an environment; also of one that still runs.

    Raises:
        PlatformError: What AWS refuses.
    """
    sqs = clients.client("sqs")
    prefix = probe_prefix(environment)
    found = []
    with aws_errors("looking for probes of tests", target=clients.target):
        for url in sorted(pages(sqs.list_queues, "QueueUrls", QueueNamePrefix=prefix, MaxResults=1000)):
            found.append(Leftover("queue", url.rpartition("/")[2], since=_made(url, clients)))
    for topic in topics_of(action for alarm in alarms for action in alarm.actions):
        endpoints = {str(s["Endpoint"]) for s in subscriptions_of(topic, clients) or ()}
        found += [
            Leftover("subscription", topic, endpoint)
            for endpoint in sorted(endpoints)
            if endpoint.rpartition(":")[2].startswith(prefix)
        ]
    found += [changed_alarm(alarm) for alarm in alarms if alarm.reason.startswith(REASON)]
    return tuple(found)


def probe_prefix(environment: ResolvedEnvironment) -> str:
    """What the names of the environment's probes begin with."""
    return f"{names_of(environment).prefix}{PROBE}"


def take_back(leftover: Leftover, clients: Clients) -> None:
    """Undo one thing; one that is gone already is well.

    Raises:
        PlatformError: What AWS refuses.
    """
    with aws_errors(f"putting back: {leftover}", target=clients.target):
        _UNDO[leftover.kind](leftover, clients)


def clean(leftovers: Sequence[Leftover], clients: Clients) -> tuple[Remaining, ...]:
    """Undo all, the last first; a failure of one does not stop the others, Ctrl-C does."""
    remains = []
    stopped = False
    for leftover in reversed(leftovers):
        why = "stopped before it was tried"
        try:
            if not stopped:
                take_back(leftover, clients)
                continue
        except KeyboardInterrupt:
            stopped = True
        except PlatformError as error:
            why = error.message
        remains.append(Remaining(leftover, why))
    return tuple(remains)


def _made(url: str, clients: Clients) -> datetime | None:
    attributes: dict[str, str] = {}
    with expecting(*_GONE):
        asked = clients.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"])
        attributes = asked.get("Attributes") or {}
    seconds = attributes.get("CreatedTimestamp")
    return datetime.fromtimestamp(float(seconds), UTC) if seconds else None


def _put_back(leftover: Leftover, clients: Clients) -> None:
    """Give an alarm its state; CloudWatch looks again at the next point in any case."""
    with expecting("ResourceNotFound", "ResourceNotFoundException"):
        there(leftover.region, clients).client("cloudwatch").set_alarm_state(
            AlarmName=leftover.name,
            StateValue=leftover.before,
            StateReason=(leftover.reason or _PUT_BACK)[:_LONGEST_REASON],
        )


def _unsubscribe(leftover: Leftover, clients: Clients) -> None:
    for subscription in _subscriptions(leftover, clients):
        sns = there(region_of(leftover.name), clients).client("sns")
        sns.unsubscribe(SubscriptionArn=subscription)


def _subscriptions(leftover: Leftover, clients: Clients) -> Iterator[str]:
    for told in subscriptions_of(leftover.name, clients) or ():
        if told["Endpoint"] == leftover.before and str(told["SubscriptionArn"]).startswith("arn:"):
            yield str(told["SubscriptionArn"])


def _delete_queue(leftover: Leftover, clients: Clients) -> None:
    sqs = clients.client("sqs")
    with expecting(*_GONE):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=leftover.name)["QueueUrl"])


_UNDO: dict[str, Callable[[Leftover, Clients], None]] = {
    "alarm": _put_back,
    "subscription": _unsubscribe,
    "queue": _delete_queue,
}
