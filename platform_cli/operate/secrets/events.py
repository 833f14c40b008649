"""What a rotation tells while it runs. No event holds a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RotationStarted:
    """A rotation began; `token` is the id of the new version."""

    secret: str
    token: str
    where: str


@dataclass(frozen=True)
class StepStarted:
    """A step began; `number` of four."""

    secret: str
    step: str
    number: int


@dataclass(frozen=True)
class StepFailed:
    """The function failed at something; Secrets Manager calls it again by itself."""

    secret: str
    message: str


@dataclass(frozen=True)
class Outage:
    """The probe saw that neither the old nor the new value works; or, with `over`, one does again."""

    secret: str
    over: bool


@dataclass(frozen=True)
class Recovering:
    """A rotation that stopped half-way is being put right."""

    secret: str
    doing: str


@dataclass(frozen=True)
class ConsumersAwaited:
    """Functions that were called lately have not said yet that they took the new value."""

    secret: str
    functions: tuple[str, ...]


Event = RotationStarted | StepStarted | StepFailed | Outage | Recovering | ConsumersAwaited
Report = Callable[[Event], None]


def unheard(_: Event) -> None:
    """Hear nothing."""
