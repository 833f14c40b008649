"""Who changed which flag, setting or secret, when, what, and why.

A record is a version of one parameter a kind, `/{system}/{env}/platform/history/{kind}`. Writing one is a
single `PutParameter`, so records of several people at once all stay; Parameter Store keeps the last 100
versions of a parameter by itself, and writes beside each who put it there, which nobody can make up.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.deploy.lock import current_owner
from platform_cli.deploy.records import DeploymentRecord, read_records
from platform_cli.errors import ExitCode, PlatformError

KEPT = 100
"""Versions that Parameter Store keeps of a parameter (GetParameterHistory, November 2026)."""
DEPLOYMENT = "deployment"
"""The kind of the entries that deployments leave."""

KINDS = (
    "alarms",
    "config",
    "dead-letters",
    DEPLOYMENT,
    "doctor",
    "events",
    "flags",
    "projections",
    "secrets",
)
"""What leaves records."""
_NAMED_STACKS = 3
"""As many stacks of a deployment are named; of more, only the number."""
_LARGEST_BYTES = 4096  # the standard tier's, which costs nothing
_LONGEST_TEXT = 1000
_TRIES = 12
_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 3.0
_BUSY = ("TooManyUpdates", "ThrottlingException")


@dataclass(frozen=True)
class HistoryEntry:
    """One change.

    Attributes:
        when: When it was recorded.
        who: `user@host`, as that machine says.
        identity: The ARN that AWS saw; empty where it is not known.
        kind: `flags`, `config`, `secrets`, `deployment`.
        subject: What was changed: a flag, a setting, a secret.
        what: What was done to it, in words; never a secret value.
        reason: Why, as the user said; may be empty.
        details: Small facts for programs, such as the version that the change made.
    """

    when: datetime
    who: str
    identity: str
    kind: str
    subject: str
    what: str
    reason: str
    details: Mapping[str, str] = field(default_factory=dict)


def record(
    clients: Clients,
    environment: ResolvedEnvironment,
    *,
    kind: str,
    subject: str,
    what: str,
    reason: str = "",
    details: Mapping[str, str] | None = None,
    who: str | None = None,
    clock: Clock = now,
    sleep: Sleep = time.sleep,
    chance: Callable[[], float] = random.random,
) -> HistoryEntry:
    """Add a record of a change that was made.

    Args:
        clients: Of the environment.
        environment: Where.
        kind: The subject's kind: `flags`, `config`, `secrets`; letters, digits, `-` and `_`.
        subject: What was changed.
        what: What was done to it. Nothing in it may be secret.
        reason: Why.
        details: Small facts for programs.
        who: Who did it; the user of this process if None.
        clock: The time.
        sleep: Waits while others write.
        chance: Spreads those who wait; from 0 to 1.

    Raises:
        PlatformError: `history-unwritten` if the change was made and cannot be recorded.
    """
    owner = current_owner()
    entry = HistoryEntry(
        when=clock(),
        who=who or f"{owner.user}@{owner.host}",
        identity="",
        kind=kind,
        subject=subject,
        what=what,
        reason=reason,
        details=dict(details or {}),
    )
    try:
        with aws_errors(f"recording the change of {subject}", target=clients.target):
            _put(_folder(environment, kind), _text(entry), clients, sleep, chance)
    except PlatformError as error:
        raise PlatformError(
            f"{subject} was changed ({what}), but the record of it could not be written: {error.message}",
            hint="the change holds; do not repeat it. Note it where your team will find it",
            code="history-unwritten",
        ) from error
    return entry


def read_history(
    clients: Clients,
    environment: ResolvedEnvironment,
    *,
    kind: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    limit: int | None = None,
) -> tuple[HistoryEntry, ...]:
    """What was changed, the latest first; deployments too.

    Args:
        clients: Of the environment.
        environment: Where.
        kind: Only this kind.
        subject: Only this subject.
        since: Only from then on.
        limit: At most so many; None for all that are kept.

    Raises:
        PlatformError: `usage` for an unknown kind, or what AWS refuses.
    """
    if kind is not None and kind not in KINDS:
        raise PlatformError(
            f'nothing of the kind "{kind}" leaves records',
            hint=known_hint(kind, KINDS),
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    with aws_errors("reading the history", target=clients.target):
        found = [entry for name in _kinds(environment, clients, kind) for entry in _read(name, clients)]
        if kind in (None, DEPLOYMENT):
            found += [_of_deployment(done) for done in read_records(_names(environment), clients)]
    wanted = [
        entry
        for entry in found
        if (subject is None or entry.subject == subject) and (since is None or entry.when >= since)
    ]
    return tuple(sorted(wanted, key=lambda entry: entry.when, reverse=True)[:limit])


def _names(environment: ResolvedEnvironment) -> Names:
    return Names(environment.system, environment.environment, environment.account, environment.region)


def _folder(environment: ResolvedEnvironment, *parts: str) -> str:
    return _names(environment).record("history", *parts)


def _put(name: str, text: str, clients: Clients, sleep: Sleep, chance: Callable[[], float]) -> None:
    """Parameter Store takes one change of a parameter at a time, and refuses the others for a moment."""
    pause = _PAUSE_SECONDS
    for attempt in range(_TRIES):
        last = attempt == _TRIES - 1
        with expecting(*(() if last else _BUSY)) as refused:
            clients.client("ssm").put_parameter(Name=name, Value=text, Type="String", Overwrite=True)
        if not refused:
            return
        sleep(pause * (0.5 + chance()))
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _kinds(environment: ResolvedEnvironment, clients: Clients, kind: str | None) -> list[str]:
    """Names of the parameters that hold the history."""
    if kind is not None:
        return [_folder(environment, kind)]
    found = pages(clients.client("ssm").get_parameters_by_path, "Parameters", Path=_folder(environment))
    return sorted(parameter["Name"] for parameter in found)


def _read(name: str, clients: Clients) -> Iterator[HistoryEntry]:
    with expecting("ParameterNotFound"):
        for version in pages(clients.client("ssm").get_parameter_history, "Parameters", Name=name):
            entry = _parsed(name.rsplit("/", 1)[-1], version)
            if entry is not None:
                yield entry


def _parsed(kind: str, version: Mapping[str, Any]) -> HistoryEntry | None:
    try:
        told = json.loads(version["Value"])
        return HistoryEntry(
            when=datetime.fromisoformat(told["when"]),
            who=str(told["who"]),
            identity=str(version.get("LastModifiedUser") or "").replace("N/A", ""),
            kind=kind,
            subject=str(told["subject"]),
            what=str(told["what"]),
            reason=str(told["reason"]),
            details={str(key): str(value) for key, value in told["details"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # not ours, or of a later version: a history with a gap is better than none


def _text(entry: HistoryEntry) -> str:
    longest = _LONGEST_TEXT
    while True:
        told = {
            "when": entry.when.astimezone(UTC).isoformat(),
            "who": entry.who[:200],
            "subject": entry.subject[:200],
            "what": _shortened(entry.what, longest),
            "reason": _shortened(entry.reason, longest),
            "details": {
                key[:64]: value[:100] for key, value in list(entry.details.items())[:8] if longest > 100
            },
        }
        text = json.dumps(told, ensure_ascii=False)
        # Parameter Store takes `{{…}}` for a reference to another parameter.
        text = text.replace("{{", "{ {")
        if len(text.encode()) <= _LARGEST_BYTES or longest <= 1:
            return text
        longest //= 2


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _of_deployment(done: DeploymentRecord) -> HistoryEntry:
    changed = ", ".join(f"{action} {stack}" for stack, action in done.stacks.items())
    what = changed or "no stack changed"
    if len(done.stacks) > _NAMED_STACKS:
        counts = Counter(done.stacks.values())
        what = ", ".join(f"{action} {n} stack{'s' if n > 1 else ''}" for action, n in counts.items())
    return HistoryEntry(
        when=done.finished or done.started,
        who=done.who.partition(" (")[0],
        identity="",
        kind=DEPLOYMENT,
        subject=done.command,
        what=f"{done.result}: {what}",
        reason=done.reason,
        details={"id": done.id, "stacks": changed},
    )
