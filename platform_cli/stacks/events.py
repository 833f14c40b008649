"""What synthesis reports while it runs, beside what packaging does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from platform_cli.package import events as packaging


@dataclass(frozen=True)
class AssemblyReused:
    """Nothing changed since the assembly was made."""

    stacks: tuple[str, ...]


@dataclass(frozen=True)
class SynthesisStarted:
    """The packages are there; the CDK is being started."""

    stacks: tuple[str, ...]


@dataclass(frozen=True)
class StackDefined:
    """The resources of a stack are known; `done` of `total` stacks are."""

    stack: str
    done: int
    total: int


@dataclass(frozen=True)
class SynthesisFinished:
    """The assembly is in its place."""

    stacks: tuple[str, ...]


Event = AssemblyReused | SynthesisStarted | StackDefined | SynthesisFinished | packaging.Event
Report = Callable[[Event], None]


def unreported(_event: Event) -> None:
    """For who does not care."""
