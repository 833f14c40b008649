"""The order of things with names, so that two syntheses write the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class HasName(Protocol):
    """A table, a queue, a service: whatever the blueprint gives a name."""

    @property
    def name(self) -> str:
        """The name in the blueprint."""
        ...


class MayBeExternal(HasName, Protocol):
    """What can also be declared under `external`."""

    @property
    def external(self) -> bool:
        """It exists already, and belongs to somebody else."""
        ...


Named = TypeVar("Named", bound=HasName)
Kept = TypeVar("Kept", bound=MayBeExternal)


def by_name(things: Iterable[Named]) -> list[Named]:
    """All of them, in the order of their names."""
    return sorted(things, key=lambda thing: thing.name)


def ours(things: Iterable[Kept]) -> list[Kept]:
    """Those that the system itself makes, in the order of their names."""
    return [thing for thing in by_name(things) if not thing.external]
