"""Tell the calls of tuning runs from those of users, in the same log.

A run calls versions that it publishes itself, and the name of a log stream holds the version. The size in use
may be called in a version that users call too; so what was written while a run went on counts as the run's.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from platform_cli.operate.logs import LogLine

_VERSION = re.compile(r"\[(\$LATEST|\d+)\]")
_COPY = re.compile(r"-tune-[0-9a-f]{8}\[")
"""A temporary copy for another architecture, which writes into the function's log."""
_LATENESS = timedelta(seconds=10)
"""The last report of a run may be written a little after its answer."""


@dataclass(frozen=True)
class PastRun:
    """A run whose calls are in the log.

    Attributes:
        started: When its first version was published.
        finished: When its last call was answered.
        versions: That it published.
    """

    started: datetime
    finished: datetime
    versions: tuple[str, ...] = ()

    def made(self, line: LogLine) -> bool:
        """Whether a line is of one of its calls."""
        version = _VERSION.search(line.stream)
        if version is not None and version[1] in self.versions:
            return True
        return self.started <= line.time <= self.finished + _LATENESS


def of_a_run(line: LogLine, runs: Collection[PastRun]) -> bool:
    """Whether a line is of a call that a tuning run made."""
    return _COPY.search(line.stream) is not None or any(run.made(line) for run in runs)
