"""What the local AWS reports while it is installed, started and stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class InstallingLocalAws:
    """The emulator's own environment is being created; only the first time, and after an upgrade.

    Attributes:
        version: Of MiniStack.
        folder: Where it goes.
        repairing: Whether there was one that did not work.
    """

    version: str
    folder: str
    repairing: bool = False


@dataclass(frozen=True)
class LocalAwsInstalled:
    """The emulator's environment is complete."""

    version: str
    folder: str


@dataclass(frozen=True)
class LocalAwsRecovered:
    """A server that had died was found; what it had not saved is lost.

    Attributes:
        pid: Of the process that is gone.
        ended_workers: How many of its function processes were still running, and were ended.
    """

    pid: int
    ended_workers: int


@dataclass(frozen=True)
class LocalAwsReplaced:
    """A running server of another version of the tool is stopped, to start the one wanted now."""

    old: str
    new: str


@dataclass(frozen=True)
class PortTaken:
    """The default port belongs to another program, so the next free one is used.

    Attributes:
        port: The one wanted.
        chosen: The one used instead.
        owner: The program that has it, if that could be seen.
    """

    port: int
    chosen: int
    owner: str | None = None


@dataclass(frozen=True)
class StartingLocalAws:
    """The server process runs and is not yet ready.

    Attributes:
        port: Where it will answer.
        elapsed_seconds: Since its start; reported again every few seconds.
    """

    port: int
    elapsed_seconds: float = 0.0


@dataclass(frozen=True)
class LocalAwsReady:
    """The server answers.

    Attributes:
        endpoint_url: Where AWS calls go.
        already_running: Whether nothing had to be started.
    """

    endpoint_url: str
    already_running: bool = False


@dataclass(frozen=True)
class StoppingLocalAws:
    """The server was asked to save its state and end."""

    pid: int


@dataclass(frozen=True)
class LocalAwsStopped:
    """Nothing of the local AWS runs any more.

    Attributes:
        forced: Whether it did not end by itself in time, so that its last state may not be saved.
    """

    forced: bool = False


@dataclass(frozen=True)
class InstallingStores:
    """PostgreSQL and Redis are being installed; only the first time that a blueprint needs one."""

    folder: str


@dataclass(frozen=True)
class StartingStore:
    """A server for a database or a cache is being started.

    Attributes:
        kind: `postgresql` or `redis`.
        name: Its name on AWS.
    """

    kind: str
    name: str


@dataclass(frozen=True)
class StoreReady:
    """The server of a database or a cache takes connections on a port of this machine."""

    kind: str
    name: str
    port: int


@dataclass(frozen=True)
class LedToServers:
    """A server answers on another port than before, and what was deployed follows it.

    Attributes:
        names: Of the functions and secrets.
    """

    names: tuple[str, ...]


LocalEvent = (
    InstallingLocalAws
    | LocalAwsInstalled
    | LocalAwsRecovered
    | LocalAwsReplaced
    | PortTaken
    | StartingLocalAws
    | LocalAwsReady
    | StoppingLocalAws
    | LocalAwsStopped
    | InstallingStores
    | StartingStore
    | StoreReady
    | LedToServers
)
Report = Callable[[LocalEvent], None]


def silent(_event: LocalEvent) -> None:
    """A `Report` for callers that do not care."""
