"""What is remembered of a workspace's local AWS between two calls of the tool."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from time import monotonic, sleep

from platform_cli.errors import PlatformError

_FORMAT = 1
_LOCK_PATIENCE_SECONDS = 180.0
_LOCK_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class LocalFolder:
    """The files of a workspace's local AWS, all below `.platform/local/`.

    Attributes:
        root: The workspace, absolute.
    """

    root: Path

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.root / ".platform" / "local"

    @property
    def state_file(self) -> Path:
        """Which processes there are, and on which ports."""
        return self.path / "state.json"

    @property
    def lock_file(self) -> Path:
        """Held while something is started or stopped; never removed."""
        return self.path / "lock"

    @property
    def log(self) -> Path:
        """Everything the server writes."""
        return self.path / "server.log"

    @property
    def agent_log(self) -> Path:
        """Everything the stand-in for the AppConfig Agent writes."""
        return self.path / "agent.log"

    @property
    def counted(self) -> Path:
        """How far metrics are made of what stands in logs."""
        return self.path / "counted.json"

    @property
    def saved(self) -> Path:
        """What the emulator saves when it is stopped."""
        return self.path / "saved"

    @property
    def objects(self) -> Path:
        """The buckets' content."""
        return self.path / "objects"

    @property
    def temporary(self) -> Path:
        """Unpacked function code; its path in a command line marks a worker as ours."""
        return self.path / "tmp"


@dataclass(frozen=True)
class ServerState:
    """A local AWS as it was last started.

    Attributes:
        token: In the command line of both processes, so that a recycled pid is never taken for ours.
        pid: Of the server, None after a clean stop.
        port: Where it answers, or answered: asked for again at the next start.
        agent_pid: Of the stand-in for the AppConfig Agent.
        agent_port: Where that answers.
        version: Of the emulator's environment, as `environment.wanted_version` says it.
        python: On which handlers run, `3.13.1`.
        started_at: Seconds since the epoch.
    """

    token: str
    pid: int | None
    port: int
    agent_pid: int | None
    agent_port: int
    version: str
    python: str
    started_at: float


def read_state(folder: LocalFolder) -> ServerState | None:
    """The last state, or None if there is none that can be understood."""
    try:
        document = json.loads(folder.state_file.read_text(encoding="utf-8"))
        if document.pop("format") != _FORMAT:
            return None
        state = ServerState(**{field.name: document[field.name] for field in fields(ServerState)})
        numbers = (state.pid, state.port, state.agent_pid, state.agent_port)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if not all(number is None or type(number) is int for number in numbers):
        return None
    # A pid of 0 or below would address whole process groups.
    if any(pid is not None and pid <= 1 for pid in (state.pid, state.agent_pid)):
        return None
    return state if isinstance(state.token, str) and len(state.token) >= 16 else None


def write_state(folder: LocalFolder, state: ServerState) -> None:
    """Replace the state file in one step."""
    folder.path.mkdir(parents=True, exist_ok=True)
    temporary = folder.state_file.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps({"format": _FORMAT, **asdict(state)}, indent=2) + "\n", encoding="utf-8")
    temporary.replace(folder.state_file)


@contextmanager
def locked(path: Path, doing: str, patience_seconds: float = _LOCK_PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock file at `path`; the system frees it when the process ends, however it ends.

    Args:
        path: The file; it and its folder are created.
        doing: What the other process is probably busy with, for the error.
        patience_seconds: How long to wait for it.

    Raises:
        PlatformError: `local-aws-busy` if another process does not let go of it;
            `cannot-write` if the file cannot be made; `unsupported-system` on a system without such locks.
    """
    try:
        import fcntl
    except ImportError as error:
        raise PlatformError(
            "the local AWS runs on Linux and macOS only",
            hint="on Windows, use the Windows Subsystem for Linux",
            code="unsupported-system",
        ) from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("a")
    except OSError as error:
        raise PlatformError(
            f"{path.parent} cannot be written: {error.strerror or error}",
            hint="check its owner and the free space",
            code="cannot-write",
            where=str(path.parent),
        ) from error
    deadline = monotonic() + patience_seconds
    with opened as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if monotonic() > deadline:
                    raise PlatformError(
                        f"another process is still {doing}",
                        hint="wait for it to finish, or end it",
                        code="local-aws-busy",
                        where=str(path),
                    ) from None
                sleep(_LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
