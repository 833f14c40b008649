"""Replay what an archive kept: a plan of whom it reaches, then the replay itself, watched to its end.

EventBridge sends a replayed event to the rules of the bus that it came from, all or those chosen, with the
replay's name in it, in no promised order, and a second time to those who handled it before.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.events.archives import Archive, archive_of, list_archives

ARCHIVE_DELAY = timedelta(minutes=10)
"""How late an event may come into its archive (EventBridge guide, «Archiving and replaying», 2026-11)."""
DONE = ("COMPLETED", "CANCELLED", "FAILED")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_POLL_SECONDS = 3.0


@dataclass(frozen=True)
class Receiver:
    """A rule of the bus, and what it leads to: `queues.notifications`, `orders.notify`, or an ARN."""

    rule: str
    arn: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class ReplayPlan:
    """A replay to be.

    Attributes:
        name: Of the replay.
        archive: From where.
        since: Events from then on, by their own time.
        until: Events up to then.
        receivers: Who gets them.
        chosen: Whether those are not all rules of the bus.
        remarks: What is to be thought of, each a sentence.
    """

    name: str
    archive: Archive
    since: datetime
    until: datetime
    receivers: tuple[Receiver, ...]
    chosen: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """A replay that was started.

    Attributes:
        name: Its name.
        bus: The bus's name in the blueprint.
        state: `STARTING`, `RUNNING`, `CANCELLING`, `COMPLETED`, `CANCELLED`, `FAILED`.
        reason: Why it is so, if AWS says it.
        since: Events from then on.
        until: Events up to then.
        reached: The time of the last event that was replayed; None before the first.
        started: When it began.
        ended: When it ended.
    """

    name: str
    bus: str
    state: str
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    reached: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def share(self) -> float:
        """How much of the time span is done, from 0 to 1; AWS does not count events."""
        if self.state == "COMPLETED":
            return 1.0
        if not (self.since and self.until and self.reached):
            return 0.0
        whole = (self.until - self.since).total_seconds()
        return max(0.0, min(1.0, (self.reached - self.since).total_seconds() / whole)) if whole else 0.0


Report = Callable[[Replay], None]


def plan_replay(
    environment: ResolvedEnvironment,
    clients: Clients,
    bus: str,
    since: datetime,
    until: datetime | None = None,
    *,
    rules: Sequence[str] = (),
    name: str | None = None,
    clock: Clock = now,
) -> ReplayPlan:
    """What a replay would do; nothing is started.

    Args:
        environment: Where.
        clients: Of the environment.
        bus: Its name in the blueprint.
        since: From when on.
        until: Up to when; None is now.
        rules: Who shall get the events: a queue (`queues.notifications`), a function (`orders.notify`) or a
            rule by its name; none means everybody.
        name: Of the replay; made from the bus and the time if None.
        clock: The time.

    Raises:
        PlatformError: `unknown-bus`, `bus-not-deployed`, `no-archive`, `invalid-replay`, `unknown-receiver`.
    """
    present = clock()
    end = min(until or present, present)
    if since >= end:
        raise _invalid("the replay ends before it begins", "write a --since before --until and before now")
    archive = archive_of(environment, clients, bus)
    name = name or f"{environment.buses[archive.bus].physical_name[:46]}-{present:%Y%m%dT%H%M%S}"
    if not _NAME.fullmatch(name):
        raise _invalid(f'"{name}" cannot name a replay', "up to 64 letters, digits, dots, - and _")
    everybody = tuple(_receivers(environment, clients, archive))
    receivers = _chosen(everybody, rules) if rules else everybody
    return ReplayPlan(
        name, archive, since, end, receivers, bool(rules), tuple(_remarks(archive, since, end, present))
    )


def start_replay(plan: ReplayPlan, clients: Clients) -> Replay:
    """Start it.

    Raises:
        PlatformError: `replay-exists`, or what AWS refuses.
    """
    destination: dict[str, Any] = {"Arn": plan.archive.bus_arn}
    if plan.chosen:
        destination["FilterArns"] = [receiver.arn for receiver in plan.receivers]
    with (
        aws_errors(f"starting the replay {plan.name}", target=clients.target),
        expecting("ResourceAlreadyExistsException"),
    ):
        state = clients.client("events").start_replay(
            ReplayName=plan.name,
            EventSourceArn=plan.archive.arn,
            EventStartTime=plan.since,
            EventEndTime=plan.until,
            Destination=destination,
        )["State"]
        return Replay(plan.name, plan.archive.bus, state, since=plan.since, until=plan.until)
    raise PlatformError(
        f'there is a replay "{plan.name}" already, and AWS keeps its name for 90 days',
        hint="choose another --name",
        code="replay-exists",
    )


def watch_replay(
    replay: Replay, clients: Clients, report: Report = lambda _replay: None, *, sleep: Sleep = time.sleep
) -> Replay:
    """Wait until a replay ends, however it does; who stops waiting does not stop the replay."""
    while True:
        replay = read_replay(replay.name, replay.bus, clients)
        report(replay)
        if replay.state in DONE:
            return replay
        sleep(_POLL_SECONDS)


def read_replay(name: str, bus: str, clients: Clients) -> Replay:
    """How a replay is.

    Raises:
        PlatformError: `unknown-replay`, or what AWS refuses.
    """
    with (
        aws_errors(f"reading the replay {name}", target=clients.target),
        expecting("ResourceNotFoundException"),
    ):
        return _read(clients.client("events").describe_replay(ReplayName=name), bus)
    raise _unknown(name)


def list_replays(
    environment: ResolvedEnvironment, clients: Clients, bus: str | None = None
) -> tuple[Replay, ...]:
    """The replays of the last 90 days from the archives of one bus, or of all, the latest first."""
    events, found = clients.client("events"), []
    for archive in list_archives(environment, clients, bus):
        with aws_errors(f"listing the replays of bus {archive.bus}", target=clients.target):
            answers = pages(events.list_replays, "Replays", EventSourceArn=archive.arn)
            found += [_read(one, archive.bus) for one in answers]
    return tuple(sorted(found, key=lambda replay: (str(replay.started), replay.name), reverse=True))


def cancel_replay(environment: ResolvedEnvironment, clients: Clients, name: str) -> Replay:
    """End a replay early; what was sent is sent.

    Raises:
        PlatformError: `unknown-replay`, `replay-ended`, or what AWS refuses.
    """
    running = find_replay(environment, clients, name)
    with aws_errors(f"cancelling the replay {name}", target=clients.target):
        state = clients.client("events").cancel_replay(ReplayName=name)["State"]
    return replace(running, state=state)


def find_replay(environment: ResolvedEnvironment, clients: Clients, name: str) -> Replay:
    """A replay that runs.

    Raises:
        PlatformError: `unknown-replay`, `replay-ended`, or what AWS refuses.
    """
    known = {replay.name: replay for replay in list_replays(environment, clients)}
    if name not in known:
        raise _unknown(name, nearest_hint(name, known, otherwise="`platform events replays` lists them"))
    if known[name].state in DONE:
        raise PlatformError(
            f"the replay {name} has ended: it is {known[name].state}",
            code="replay-ended",
        )
    return known[name]


def _read(answer: dict[str, Any], bus: str) -> Replay:
    return Replay(
        name=answer["ReplayName"],
        bus=bus,
        state=answer["State"],
        reason=answer.get("StateReason", ""),
        since=answer.get("EventStartTime"),
        until=answer.get("EventEndTime"),
        reached=answer.get("EventLastReplayedTime"),
        started=answer.get("ReplayStartTime"),
        ended=answer.get("ReplayEndTime"),
    )


def _receivers(environment: ResolvedEnvironment, clients: Clients, archive: Archive) -> Iterator[Receiver]:
    names = {queue.physical_name: f"queues.{name}" for name, queue in environment.queues.items()}
    names |= {function.physical_name: function.address for function in environment.functions}
    bus = environment.buses[archive.bus].physical_name
    events = clients.client("events")
    with aws_errors(f"reading the rules of bus {archive.bus}", target=clients.target):
        for page in events.get_paginator("list_rules").paginate(EventBusName=bus):
            for rule in page["Rules"]:
                # Archives listen by a rule of AWS's own, which a replay leaves out.
                if rule.get("ManagedBy") or rule.get("State") == "DISABLED":
                    continue
                listed = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
                targets = tuple(names.get(_name(target["Arn"]), target["Arn"]) for target in listed)
                yield Receiver(rule["Name"], rule["Arn"], targets)


def _name(arn: str) -> str:
    """The name of a queue or function in its ARN, without alias."""
    parts = arn.split(":")
    return parts[6] if len(parts) > 6 and parts[5] == "function" else parts[-1]


def _chosen(everybody: Sequence[Receiver], wanted: Sequence[str]) -> tuple[Receiver, ...]:
    found: dict[str, Receiver] = {}
    for one in wanted:
        matching = [r for r in everybody if one == r.rule or {one, f"queues.{one}"} & set(r.targets)]
        if not matching:
            known = [target for receiver in everybody for target in receiver.targets]
            raise PlatformError(
                f'no rule of the bus leads to "{one}"',
                hint=nearest_hint(one, known, otherwise="`--dry-run` shows who gets events of the bus"),
                code="unknown-receiver",
                exit_code=ExitCode.USAGE,
            )
        found |= {receiver.rule: receiver for receiver in matching}
    return tuple(found.values())


def _remarks(archive: Archive, since: datetime, until: datetime, present: datetime) -> Iterator[str]:
    if until > present - ARCHIVE_DELAY:
        yield "events of the last ten minutes may not be in the archive yet"
    if since < archive.created:
        yield f"the archive keeps events since {archive.created:%Y-%m-%d %H:%M} UTC, none from before"
    if archive.retention_days and since < present - timedelta(days=archive.retention_days):
        yield f"the archive keeps events for {archive.retention_days} days; older ones are gone"


def _invalid(message: str, hint: str) -> PlatformError:
    return PlatformError(message, hint=hint, code="invalid-replay", exit_code=ExitCode.USAGE)


def _unknown(name: str, hint: str | None = "`platform events replays` lists them") -> PlatformError:
    return PlatformError(
        f'there is no replay "{name}"', hint=hint, code="unknown-replay", exit_code=ExitCode.USAGE
    )
