"""The lock of an environment as it stands there: who works on it, with what, and until when."""

from __future__ import annotations

import getpass
import json
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime

from platform_cli.deploy.answers import Clock, now
from platform_cli.errors import PlatformError


@dataclass(frozen=True)
class Owner:
    """Who works on an environment: a user on a machine, in a process."""

    user: str
    host: str
    pid: int

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid})"


@dataclass(frozen=True)
class Lock:
    """The lock as it stands in the environment."""

    id: str
    owner: Owner
    command: str
    acquired: datetime
    expires: datetime


def current_owner() -> Owner:
    """This process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return Owner(user, socket.gethostname(), os.getpid())


def held(lock: Lock | None, clock: Clock = now) -> bool:
    """Whether somebody holds the lock now."""
    return lock is not None and clock() < lock.expires


def locked(lock: Lock | None) -> PlatformError:
    """The error that says who holds the lock."""
    if lock is None:
        return PlatformError(
            "another deployment just took the lock of this environment",
            hint="run the command again when it is done",
            code="deploy-locked",
        )
    return PlatformError(
        f"{lock.owner} works on this environment since {_shown(lock.acquired)}: {lock.command}",
        hint=f"wait for it; if that process is gone, the lock ends by itself at {_shown(lock.expires)}",
        code="deploy-locked",
    )


def text_of(lock: Lock) -> str:
    """The lock as Parameter Store keeps it."""
    return json.dumps(
        {
            "id": lock.id,
            "user": lock.owner.user,
            "host": lock.owner.host,
            "pid": lock.owner.pid,
            "command": lock.command[:1000],
            "acquired": lock.acquired.isoformat(),
            "expires": lock.expires.isoformat(),
        }
    )


def parsed(text: str) -> Lock:
    """The lock that stands in a parameter.

    Raises:
        PlatformError: `broken-lock` if somebody else wrote it.
    """
    try:
        told = json.loads(text)
        return Lock(
            id=str(told["id"]),
            owner=Owner(str(told["user"]), str(told["host"]), int(told["pid"])),
            command=str(told["command"]),
            acquired=datetime.fromisoformat(told["acquired"]),
            expires=datetime.fromisoformat(told["expires"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise PlatformError(
            "the deployment lock of this environment is not one that this tool wrote",
            hint="see who changed it; delete the parameter if nobody is deploying",
            code="broken-lock",
        ) from error


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
