"""Which versions of the flags were deployed when, and how to return to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.lineage import COMPLETE
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.flags.differences import FlagDifference, compare
from platform_cli.operate.flags.document import EMPTY, FlagsDocument
from platform_cli.operate.flags.intents import Intent, PutFlag, RemoveFlag
from platform_cli.operate.flags.stale import Snapshot
from platform_cli.operate.flags.store import FlagStore
from platform_cli.operate.flags.watching import rollback_cause

_TAKEN_BACK = ("ROLLING_BACK", "ROLLED_BACK", "REVERTED")
LATEST = 20
"""So many deployments are looked at where nobody says how many."""


@dataclass(frozen=True)
class PastDeployment:
    """A deployment of flags.

    Attributes:
        number: Its number in the environment.
        version: Of the flags.
        state: As AppConfig says it.
        started: When it began.
        completed: When everybody had it, or None.
        changes: What it changed, compared with what held before.
        cause: Why it was taken back, in AppConfig's words; else empty.
        alarms: Names of the alarms that took it back.
        brought: The versions that came with it: its own, and those that were written before and that no
            other deployment brought to everybody.
    """

    number: int
    version: int
    state: str
    started: datetime | None
    completed: datetime | None
    changes: tuple[FlagDifference, ...]
    cause: str = ""
    alarms: tuple[str, ...] = ()
    brought: tuple[int, ...] = ()


def past_deployments(store: FlagStore, *, limit: int = LATEST) -> tuple[PastDeployment, ...]:
    """The latest deployments of flags, the latest first, each with what it changed."""
    told = _told(store)[-(limit + 1) :]
    parents = store.lineage().parents
    documents = _documents(store, [version for version, _ in told])
    found: list[PastDeployment] = []
    holding: FlagsDocument | None = None
    held: int | None = None
    for version, item in told:
        document = documents.get(version)
        changes = compare(holding or EMPTY, document) if document is not None else ()
        back = item["State"] in _TAKEN_BACK
        cause, alarms = rollback_cause(store.look(item["DeploymentNumber"])) if back else ("", ())
        found.append(
            PastDeployment(
                item["DeploymentNumber"],
                version,
                item["State"],
                item.get("StartedAt"),
                item.get("CompletedAt"),
                changes,
                cause,
                alarms,
                tuple(_brought(parents, version, held)),
            )
        )
        if item["State"] == COMPLETE and document is not None:
            holding, held = document, version
    return tuple(reversed(found))[:limit]


def _brought(parents: Mapping[int, int | None], version: int, held: int | None) -> Iterator[int]:
    """A version and those that it was made from, up to the one that held before."""
    at: int | None = version
    while at is not None and at != held:
        yield at
        at = parents.get(at)


def snapshots(store: FlagStore, since: datetime, *, least: int = 50) -> tuple[Snapshot, ...]:
    """What held when, the newest first, as far as it is kept.

    Args:
        store: The flags.
        since: At least back to what held then.
        least: At least so many, if there are so many.
    """
    told = [
        (version, when)
        for version, item in reversed(_told(store))
        if item["State"] == COMPLETE and (when := item.get("CompletedAt") or item.get("StartedAt"))
    ]
    after = sum(when > since for _, when in told)
    taken = told[: max(least, after + 1)]
    documents = _documents(store, [version for version, _ in taken])
    return tuple(Snapshot(when, documents[version]) for version, when in taken if version in documents)


def rollback_intents(
    store: FlagStore, names: Sequence[str] = (), to_version: int | None = None
) -> tuple[int, tuple[Intent, ...]]:
    """What returns flags to an earlier state; flags that are the same there are not touched.

    Args:
        store: The flags.
        names: Only these; all if empty.
        to_version: To this version; None means before the last deployment that changed them.

    Returns:
        The version that is returned to, and the intents.

    Raises:
        PlatformError: `nothing-to-roll-back`, or `unknown-version`.
    """
    lineage = store.lineage()
    current = store.document(lineage.base)
    target = to_version if to_version is not None else _before(store, current, names)
    if target not in lineage.parents:
        raise PlatformError(
            f"there is no version {target} of the flags",
            hint="`platform flags history` lists them",
            code="unknown-version",
            exit_code=ExitCode.USAGE,
        )
    earlier = store.document(target)
    words = f"as in version {target}"
    intents: list[Intent] = []
    for difference in compare(current, earlier, names):
        name = difference.name
        if difference.action == "remove":
            intents.append(RemoveFlag(name, f"removed, {words}"))
        else:
            intents.append(PutFlag(name, earlier.flags[name], earlier.value(name), words))
    return target, tuple(intents)


def _before(store: FlagStore, current: FlagsDocument, names: Sequence[str]) -> int:
    """The latest version that held, and in which one of the flags was otherwise."""
    held = [version for version, item in _told(store) if item["State"] == COMPLETE]
    for version in dict.fromkeys(reversed(held)):
        document = _documents(store, [version]).get(version)
        if document is not None and compare(current, document, names):
            return version
    which = ", ".join(names) or "the flags"
    raise PlatformError(
        f"there is no earlier deployment in which {which} differed",
        hint="`platform flags history` lists what was deployed",
        code="nothing-to-roll-back",
    )


def _told(store: FlagStore) -> list[tuple[int, dict[str, Any]]]:
    """Deployments of the flags' profile with a version of ours, the oldest first."""
    with aws_errors("reading the flags' deployments", target=store.clients.target):
        items = sorted(store.deployments(), key=lambda item: item["DeploymentNumber"])
    return [
        (int(item["ConfigurationVersion"]), item)
        for item in items
        if item.get("ConfigurationName") == store.home.profile.name
        and str(item.get("ConfigurationVersion")).isdigit()
    ]


def _documents(store: FlagStore, versions: Sequence[int]) -> dict[int, FlagsDocument]:
    """The documents of versions; one that was deleted, or is none, is left out."""
    found = {}
    for version in dict.fromkeys(versions):
        try:
            found[version] = store.document(version)
        except PlatformError as error:
            if error.code not in ("not-found", "broken-flags"):
                raise
    return found
