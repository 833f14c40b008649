"""What a replay of an archive would do: whom its events reach, and what is to be thought of.

EventBridge sends a replayed event to the rules of the bus that it came from, all or those chosen, with the
replay's name in it, in no promised order, and a second time to those who handled it before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, now
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.events.archives import Archive, archive_of

ARCHIVE_DELAY = timedelta(minutes=10)
"""How late an event may come into its archive (EventBridge guide, «Archiving and replaying», 2026-11)."""
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


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
