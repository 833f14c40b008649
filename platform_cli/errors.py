"""The one error type of the tool, and the exit codes that the command line gives.

In: what went wrong, in the user's terms. Out: an exception that `cli/` renders.
Never: printing, exiting, or importing anything but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns; stable, documented, relied on by pipelines."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    """Wrong usage, or an invalid blueprint."""
    FINDINGS = 3
    """A check found something: doctor, alarms, drift, stale."""
    INTERRUPTED = 130


@dataclass(frozen=True)
class Place:
    """A spot in a file of the user's; `line` and `column` count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


class PlatformError(Exception):
    """Anything the user can understand and act on.

    Args:
        message: What happened, with the wrong value in it; one sentence, no full stop.
        hint: What to do about it, or None where nothing helps.
        code: A stable kebab-case identifier (`port-in-use`), described by `platform explain`.
        where: The spot in the user's files, or a name such as a stack's.
        exit_code: What the process returns if nobody handles the error.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str = "failed",
        where: Place | str | None = None,
        exit_code: ExitCode = ExitCode.FAILED,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.where = where
        self.exit_code = exit_code
