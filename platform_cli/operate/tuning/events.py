"""What tuning reports while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class SizesPublished:
    """The sizes of a function can be called; `lanes` calls are made at a time."""

    address: str
    sizes: int
    lanes: int


@dataclass(frozen=True)
class RoundDone:
    """A round of a function's race is done.

    Attributes:
        address: `service.function`.
        number: Of the round, from 1.
        invocations: So far.
        spent_usd: So far.
        leader: The best size so far; None if none works.
        open: How many sizes are still called.
    """

    address: str
    number: int
    invocations: int
    spent_usd: float
    leader: str | None
    open: int


@dataclass(frozen=True)
class PuttingBack:
    """What a run changed is being put back."""

    address: str


Event = SizesPublished | RoundDone | PuttingBack
Report = Callable[[Event], None]
