"""Flags that should be gone: past their day, the same for everybody for long, or named by no code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from platform_cli.blueprint.resolved import ResolvedFlag
from platform_cli.operate.flags.document import FlagsDocument
from platform_cli.operate.flags.intents import on_off
from platform_cli.operate.flags.references import Reference

CONSTANT_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class StaleFlag:
    """What is known about a flag's age.

    Attributes:
        name: The flag.
        owner: Who removes it; empty if the blueprint does not declare it.
        reasons: Why it should go; empty if it should not.
        references: Where the code names it.
        constant_since: Since when everybody gets the same; None if not all do, or it is not known.
    """

    name: str
    owner: str
    reasons: tuple[str, ...]
    references: tuple[Reference, ...]
    constant_since: datetime | None

    @property
    def stale(self) -> bool:
        """Whether it should go."""
        return bool(self.reasons)


@dataclass(frozen=True)
class Snapshot:
    """The flags as they were deployed at a time."""

    when: datetime
    document: FlagsDocument


def find_stale(
    declared: Mapping[str, ResolvedFlag],
    snapshots: Sequence[Snapshot],
    references: Mapping[str, tuple[Reference, ...]],
    today: datetime,
) -> tuple[StaleFlag, ...]:
    """Judge every flag that is declared or there, in alphabetical order.

    Args:
        declared: The blueprint's flags.
        snapshots: What was deployed when, the newest first; the first is what holds now.
        references: Where the code names which flag.
        today: The present.
    """
    current = snapshots[0].document if snapshots else FlagsDocument()
    names = sorted({*declared, *current.flags})
    return tuple(_judged(name, declared.get(name), current, snapshots, references, today) for name in names)


def constant_since(name: str, snapshots: Sequence[Snapshot]) -> datetime | None:
    """Since when everybody gets the same of a flag; None if not all do."""
    since = None
    state = None
    for snapshot in snapshots:
        if name not in snapshot.document.flags:
            break
        value = snapshot.document.value(name)
        if not value.constant:
            break
        now = (value.default.enabled, dict(value.default.attribute_values))
        if state is not None and now != state:
            break
        state, since = now, snapshot.when
    return since


def _judged(
    name: str,
    flag: ResolvedFlag | None,
    current: FlagsDocument,
    snapshots: Sequence[Snapshot],
    references: Mapping[str, tuple[Reference, ...]],
    today: datetime,
) -> StaleFlag:
    reasons = []
    if flag is not None and flag.remove_after and date.fromisoformat(flag.remove_after) < today.date():
        reasons.append(f"should have been removed after {flag.remove_after}")
    since = constant_since(name, snapshots)
    if since is not None and today - since >= CONSTANT_AFTER:
        state = on_off(current.value(name).default.enabled)
        reasons.append(f"is {state} for everybody for {(today - since).days} days")
    if not references.get(name):
        reasons.append("is named nowhere in the services' code")
    if flag is None:
        reasons.append("is not declared in the blueprint")
    owner = flag.owner if flag is not None else ""
    return StaleFlag(name, owner, tuple(reasons), references.get(name, ()), since)
