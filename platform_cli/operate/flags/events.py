"""What a change of flags reports while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class VersionWritten:
    """The changed document is stored, and not yet deployed."""

    version: int


@dataclass(frozen=True)
class Overtaken:
    """Somebody else wrote first; the change is applied to theirs."""

    attempt: int


@dataclass(frozen=True)
class WaitingForTurn:
    """Another deployment runs; AWS takes one at a time in an environment.

    Attributes:
        deployment: Its number.
        profile: Whose configuration it deploys.
        state: As AppConfig says it.
        percent: How far it is.
    """

    deployment: int
    profile: str
    state: str
    percent: float


@dataclass(frozen=True)
class DeploymentProgress:
    """A look at the deployment that carries the change.

    Attributes:
        deployment: Its number.
        version: Of the configuration.
        state: `DEPLOYING`, `BAKING`, `COMPLETE`, …
        percent: Of the hosts that have it.
        bake_minutes: How long alarms are watched after the last host has it.
        ours: Whether this run started it; else it carries the change together with somebody's.
    """

    deployment: int
    version: int
    state: str
    percent: float
    bake_minutes: int
    ours: bool


@dataclass(frozen=True)
class AlarmsUnseen:
    """The environment's alarms cannot be read, so this command cannot stop at one that fires."""

    reason: str


FlagsEvent = AlarmsUnseen | VersionWritten | Overtaken | WaitingForTurn | DeploymentProgress
Report = Callable[[FlagsEvent], None]


def silent(event: FlagsEvent) -> None:
    """Report to nobody."""
