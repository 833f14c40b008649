"""What a run is about to change, on disk before it does.

A process that is killed cannot put anything back; the next one can, from this file. What a run makes on
AWS carries the run's name too, so it is found even where the file was lost.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from platform_cli.errors import PlatformError

ALIAS_PREFIX = "platform-tune-"
DESCRIPTION = "temporary, by platform tune-memory"


def copy_description(function: str) -> str:
    """What the temporary copy of a function and its layer carry, so that they are found without the file."""
    return f"{DESCRIPTION}, of {function}"


@dataclass(frozen=True)
class Journal:
    """What must be put back.

    Attributes:
        path: The file.
        run: Names what the run makes.
        address: `service.function`.
        function: Its physical name.
        environment: Of the blueprint.
        memory_mb: What `$LATEST` had before.
        set_mb: Sizes that `$LATEST` may have been set to since; none if it is back.
        copy: The temporary copy of the function for another architecture, or None.
        layer: The temporary layer of the copy, or None.
        started: ISO 8601.
        process: The id of the process that runs it; 0 where nobody wrote it down.
        machine: On which that is.
    """

    path: Path
    run: str
    address: str
    function: str
    environment: str
    memory_mb: int
    set_mb: tuple[int, ...] = ()
    copy: str | None = None
    layer: str | None = None
    started: str = ""
    process: int = 0
    machine: str = ""

    @property
    def alias_prefix(self) -> str:
        """How the aliases of this run begin."""
        return f"{ALIAS_PREFIX}{self.run}-"

    @property
    def description(self) -> str:
        """What the versions of this run carry; enough to put `$LATEST` back without the file."""
        return f"{DESCRIPTION}, run {self.run}; $LATEST had {self.memory_mb} MB"

    @property
    def goes_on(self) -> bool:
        """Whether another process of this machine is at it; of other machines nobody knows."""
        if os.name != "posix" or self.machine != platform.node() or self.process in (0, os.getpid()):
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True

    def noting(self, **changes: object) -> Journal:
        """The journal with a change that is about to be made, written to the disk."""
        journal = replace(self, **changes)  # type: ignore[arg-type]
        journal.write()
        return journal

    def write(self) -> None:
        """Write the file, whole, and onto the disk."""
        told = {**asdict(self), "path": str(self.path), "format": 1}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(told, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self.path)

    def close(self) -> None:
        """Forget it: all is put back."""
        self.path.unlink(missing_ok=True)


def journal_folder(root: Path) -> Path:
    """Where a workspace's journals are."""
    return root / ".platform" / "tuning" / "journal"


def open_journal(
    root: Path, environment: str, address: str, function: str, memory_mb: int, started: datetime
) -> Journal:
    """Begin a journal.

    Raises:
        PlatformError: `tuning-unfinished`: an earlier run on the function was not put back.
    """
    path = journal_folder(root) / f"{environment}-{address}.json"
    if path.exists():
        raise PlatformError(
            f"an earlier tuning of {address} in {environment} was killed before it could put things back",
            hint=f"run `platform tune-memory {address} --env {environment} --cleanup` first",
            code="tuning-unfinished",
        )
    journal = Journal(
        path,
        secrets.token_hex(4),
        address,
        function,
        environment,
        memory_mb,
        started=started.isoformat(),
        process=os.getpid(),
        machine=platform.node(),
    )
    journal.write()
    return journal


def read_journals(root: Path, environment: str) -> tuple[Journal, ...]:
    """The journals that earlier runs on an environment left.

    Raises:
        PlatformError: `unreadable-journal`.
    """
    found = []
    for path in sorted(journal_folder(root).glob(f"{environment}-*.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            told.pop("format")
            journal = Journal(**{**told, "path": path, "set_mb": tuple(told["set_mb"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PlatformError(
                f"the journal {path} cannot be read: {error}",
                hint=f"delete the aliases {ALIAS_PREFIX}… of the function and set its memory by hand, "
                "then delete the file",
                code="unreadable-journal",
            ) from error
        if journal.environment == environment:
            found.append(journal)
    return tuple(found)
