"""See that functions use a secret's new value: by what servicekit logs when it takes one.

It keeps a value for five minutes and then reads it anew, so a function that was not called in that time takes
the new value at its next call whatever happens. Only those that were called lately can still use the old one,
and they are watched until each has said the id of the new version, or has not kept a value for so long.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.operate.functions import find_function, log_group
from platform_cli.operate.secrets.events import ConsumersAwaited, Report, unheard

KEPT = timedelta(minutes=5)
"""How long servicekit keeps a secret."""
LATENESS = timedelta(seconds=30)
"""How late CloudWatch may show what was logged."""
_POLL_SECONDS = 5.0
_LONG_BEFORE = timedelta(hours=1)

Use = Literal["taken", "idle", "unseen"]


@dataclass(frozen=True)
class Consumer:
    """A function that may read a secret.

    Attributes:
        function: `service.function`.
        use: `taken` once it has said that it took the new version; `idle` if it was not called since, and
            reads the secret anew at its next call; `unseen` if it was called and did not say so.
        when: When it took it.
    """

    function: str
    use: Use
    when: datetime | None = None


def watch_consumers(
    environment: ResolvedEnvironment,
    secret: str,
    readers: Sequence[str],
    version: str,
    clients: Clients,
    *,
    changed_at: datetime | None = None,
    wait: bool = True,
    report: Report = unheard,
    clock: Clock = now,
    sleep: Sleep = time.sleep,
) -> tuple[Consumer, ...]:
    """Look who uses a version that has just become the current one, and wait for those that are late.

    Args:
        environment: Where.
        secret: As the blueprint calls it; for the report.
        readers: Addresses of the functions that may read it.
        version: The id of the new version.
        clients: Of the environment.
        changed_at: When a version that was current before became so again: what functions said of it until
            then counts for nothing. None: now, and the version is new.
        wait: Whether to wait until nobody can have kept the old value. Ctrl-C ends the waiting.
        report: Is told for whom it waits.
        clock: The time.
        sleep: Waits between two looks.

    Raises:
        PlatformError: What AWS refuses.
    """
    changed = changed_at or clock()
    told_since = changed_at or changed - _LONG_BEFORE
    found: tuple[Consumer, ...] = ()
    try:
        while True:
            over = clock() >= changed + KEPT + LATENESS
            called_since = changed if over else changed - KEPT
            found = tuple(
                _look(environment, one, version, told_since, called_since, clients) for one in readers
            )
            late = tuple(consumer.function for consumer in found if consumer.use == "unseen")
            if over or not wait or not late:
                return found
            report(ConsumersAwaited(secret, late))
            sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        return found


def _look(
    environment: ResolvedEnvironment,
    address: str,
    version: str,
    told_since: datetime,
    called_since: datetime,
    clients: Clients,
) -> Consumer:
    group = log_group(environment, find_function(environment, address))
    taken = _first(group, told_since, clients, f'"{version}"')
    if taken is not None:
        return Consumer(address, "taken", datetime.fromtimestamp(taken["timestamp"] / 1000, UTC))
    called = _first(group, called_since, clients)
    return Consumer(address, "idle" if called is None else "unseen")


def _first(
    group: str, since: datetime, clients: Clients, pattern: str | None = None
) -> dict[str, Any] | None:
    """The first event of a log group from a time on; None if there is none, or no such group."""
    asked: dict[str, Any] = {"logGroupName": group, "startTime": int(since.timestamp() * 1000)}
    if pattern:
        asked["filterPattern"] = pattern
    with (
        aws_errors("looking who uses the new value", target=clients.target),
        expecting("ResourceNotFoundException"),
    ):
        logs = clients.client("logs")
        events = pages(logs.filter_log_events, "events", paging=("nextToken", "nextToken"), **asked)
        return next(events, None)
    return None
