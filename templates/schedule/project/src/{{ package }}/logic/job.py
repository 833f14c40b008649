"""The job: each run takes up where the last one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from servicekit.clock import Clock

FIRST_WINDOW = timedelta(days=1)
"""How far back the very first run looks."""


@dataclass(frozen=True)
class Window:
    """The time that a run covers: from `start` up to, and without, `end`."""

    start: datetime
    end: datetime


class Checkpoints(Protocol):
    """Where the end of the last run is kept."""

    def read(self) -> datetime | None:
        """Where the last run ended; None before the first."""

    def write(self, end: datetime) -> None:
        """Keep where a run ended."""


class Job:
    """Covers all time once: what a failed run did not do, the next one does."""

    def __init__(self, checkpoints: Checkpoints, clock: Clock) -> None:
        self._checkpoints = checkpoints
        self._clock = clock

    def run(self) -> Window:
        """Do the work of the time since the last run; the checkpoint moves last.

        Returns:
            The time that was covered.
        """
        now = self._clock()
        window = Window(self._checkpoints.read() or now - FIRST_WINDOW, now)
        self._checkpoints.write(window.end)
        return window
