"""One deployment at a time: a lock in Parameter Store, with an owner and an end.

Taking the lock is one `PutParameter` without `Overwrite`, which Parameter Store refuses if the
parameter exists: that is the atomic step. A lock ends by itself, so that a machine that died blocks
nobody for long; who works longer renews it. A lock whose end has passed is taken over by the one who
first creates a parameter named after that very lock, so that no two take it over at once and nobody
deletes a newer one; and an owner never renews a lock that has ended.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.deploy.answers import Clock, expecting, now
from platform_cli.deploy.lock import Lock, Owner, current_owner, locked, parsed, text_of
from platform_cli.errors import PlatformError

LIFETIME = timedelta(minutes=10)
RENEW_EVERY = timedelta(minutes=2)
_TAKEOVER_LIFETIME = timedelta(minutes=1)
# Clocks of two machines differ: nobody takes over a lock before its owner must have seen it end.
_SKEW = timedelta(seconds=30)


def lock_name(names: Names) -> str:
    """The parameter that is the lock."""
    return names.record("lock")


def read_lock(names: Names, clients: Clients) -> Lock | None:
    """The lock of an environment, ended or not; None if there is none."""
    ssm = clients.client("ssm")
    answer: dict[str, Any] = {}
    with aws_errors("reading the deployment lock"), expecting("ParameterNotFound"):
        answer = ssm.get_parameter(Name=lock_name(names))
    return parsed(answer["Parameter"]["Value"]) if answer else None


class LockHeld:
    """The lock while this process holds it.

    Attributes:
        lock: As it was taken.
    """

    def __init__(self, lock: Lock, names: Names, clients: Clients, clock: Clock) -> None:
        self.lock = lock
        self._names = names
        self._clients = clients
        self._clock = clock
        self._lost = threading.Event()

    @property
    def lost(self) -> bool:
        """Whether the lock ended, or somebody else has it: nothing new may be started."""
        return self._lost.is_set() or self._clock() >= self.lock.expires

    def renew(self) -> bool:
        """Move the end further; False if the lock is lost."""
        if self.lost or not self._is_ours():
            self._lost.set()
            return False
        renewed = replace(self.lock, expires=self._clock() + LIFETIME)
        self._clients.client("ssm").put_parameter(
            Name=lock_name(self._names), Value=text_of(renewed), Type="String", Overwrite=True
        )
        self.lock = renewed
        return True

    def release(self) -> None:
        """Give the lock back, if it is still ours."""
        with aws_errors("releasing the deployment lock"), expecting("ParameterNotFound"):
            if self._is_ours():
                self._clients.client("ssm").delete_parameter(Name=lock_name(self._names))

    def _is_ours(self) -> bool:
        there = read_lock(self._names, self._clients)
        return there is not None and there.id == self.lock.id


def acquire(
    names: Names,
    clients: Clients,
    command: str,
    *,
    owner: Owner | None = None,
    clock: Clock = now,
) -> LockHeld:
    """Take the lock.

    Args:
        names: The environment.
        clients: Its clients.
        command: What the others shall be told, `platform deploy --env dev`.
        owner: Who takes it; this process if None.
        clock: The time.

    Raises:
        PlatformError: `deploy-locked` if somebody else works on the environment.
    """
    moment = clock()
    lock = Lock(secrets.token_hex(8), owner or current_owner(), command, moment, moment + LIFETIME)
    with aws_errors("taking the deployment lock"):
        if _put(lock, names, clients):
            return LockHeld(lock, names, clients, clock)
        there = read_lock(names, clients)
        if (there is None or _may_take_over(there, clients, clock)) and (
            there is None or _remove_ended(there, names, clients, clock)
        ):
            if _put(lock, names, clients):
                return LockHeld(lock, names, clients, clock)
            there = read_lock(names, clients)
    raise locked(there)


@contextmanager
def deployment_lock(
    names: Names,
    clients: Clients,
    command: str,
    *,
    owner: Owner | None = None,
    clock: Clock = now,
    renew_every: timedelta = RENEW_EVERY,
) -> Iterator[LockHeld]:
    """Hold the lock in the body, renewed as long as that takes, given back in the end.

    Raises:
        PlatformError: `deploy-locked` if somebody else works on the environment.
    """
    holding = acquire(names, clients, command, owner=owner, clock=clock)
    finished = threading.Event()

    def renew() -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        while not finished.wait(renew_every.total_seconds()):
            try:
                if not holding.renew():
                    return
            except (BotoCoreError, ClientError, PlatformError):
                continue  # the next try may succeed; if none does, the lock ends and `lost` says so

    renewer = threading.Thread(target=renew, name="lock-renewal", daemon=True)
    renewer.start()
    try:
        yield holding
    except BaseException:
        finished.set()
        # What went wrong matters more than that the lock stays: it ends by itself.
        with suppress(PlatformError):
            holding.release()
        raise
    finished.set()
    renewer.join()
    holding.release()


def _put(lock: Lock, names: Names, clients: Clients) -> bool:
    with expecting("ParameterAlreadyExists") as refused:
        clients.client("ssm").put_parameter(
            Name=lock_name(names), Value=text_of(lock), Type="String", Overwrite=False
        )
    return not refused


def _may_take_over(lock: Lock, clients: Clients, clock: Clock) -> bool:
    if clock() >= lock.expires + _SKEW:
        return True
    # The local AWS is on this machine, so its other users are processes here, which can be looked at.
    local = clients.target.is_local
    return local and lock.owner.host == socket.gethostname() and not _alive(lock.owner.pid)


def _alive(pid: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_ended(lock: Lock, names: Names, clients: Clients, clock: Clock) -> bool:
    """Delete a lock that has ended; True for the one process that may try to take it then."""
    ssm = clients.client("ssm")
    marker = names.record("lock-takeover", lock.id)
    with expecting("ParameterAlreadyExists") as refused:
        ssm.put_parameter(Name=marker, Value=clock().isoformat(), Type="String", Overwrite=False)
    if refused:
        # Whoever is at it needs a second; if it died in that second, the next run is free to try.
        with expecting("ParameterNotFound"):
            since = datetime.fromisoformat(ssm.get_parameter(Name=marker)["Parameter"]["Value"])
            if clock() - since > _TAKEOVER_LIFETIME:
                ssm.delete_parameter(Name=marker)
        return False
    there = read_lock(names, clients)
    mine = there is not None and there.id == lock.id and there.expires == lock.expires
    with expecting("ParameterNotFound"):
        if mine:
            ssm.delete_parameter(Name=lock_name(names))
    with expecting("ParameterNotFound"):
        ssm.delete_parameter(Name=marker)
    return mine or there is None
