"""Replays of what archives kept: begun as planned, watched to their end, listed, ended early."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Sleep, expecting, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.events.archives import list_archives
from platform_cli.operate.events.replay_plans import ReplayPlan

DONE = ("COMPLETED", "CANCELLED", "FAILED")
_POLL_SECONDS = 3.0


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


def _unknown(name: str, hint: str | None = "`platform events replays` lists them") -> PlatformError:
    return PlatformError(
        f'there is no replay "{name}"', hint=hint, code="unknown-replay", exit_code=ExitCode.USAGE
    )
