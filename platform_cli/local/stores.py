"""Start and end the databases and caches of a workspace's local AWS: real servers, beside the emulator.

Whoever calls holds the workspace's lock, unless a function says that it takes it itself.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

from platform_cli.assembly.model import Assembly
from platform_cli.errors import PlatformError
from platform_cli.local import events, ports, postgresql, processes, redis
from platform_cli.local.events import Report, silent
from platform_cli.local.launching import kept_variables, quoted
from platform_cli.local.state import LocalFolder, locked
from platform_cli.local.store_programs import Programs, ensure_programs
from platform_cli.local.store_state import (
    MASTER_USER,
    Store,
    StoreWish,
    home_of,
    read_stores,
    write_stores,
)
from platform_cli.local.templates import properties, resources

CLUSTER = "AWS::RDS::DBCluster"
REPLICATION_GROUP = "AWS::ElastiCache::ReplicationGroup"
_USUAL_PORTS = {"postgresql": 5432, "redis": 6379}
_PATIENCE_SECONDS = 60.0
_GRACE_SECONDS = 20.0
_POLL_SECONDS = 0.1


def wanted_stores(assembly: Assembly) -> tuple[StoreWish, ...]:
    """The databases and caches that an assembly declares."""
    return tuple(wish for stack in assembly.stacks for wish in _wishes(resources(stack.template)))


def provide_stores(
    root: Path, wanted: Sequence[StoreWish], report: Report = silent, *, cache: Path | None = None
) -> tuple[Store, ...]:
    """Make sure that a server runs for each wish; takes the workspace's lock.

    Args:
        root: The workspace.
        wanted: What the assembly to be deployed declares.
        report: Gets progress.
        cache: Instead of the user's cache folder.

    Returns:
        All servers of the workspace, also those that other environments wanted.

    Raises:
        PlatformError: `local-aws-not-installed`, `local-aws-failed`, `local-aws-busy`.
    """
    folder = LocalFolder(root.absolute())
    if not wanted:
        return read_stores(folder)
    with locked(folder.lock_file, "starting or stopping the local AWS"):
        for wish in wanted:
            _provide(folder, wish, report, cache)
        return read_stores(folder)


def resume_stores(folder: LocalFolder, report: Report, cache: Path | None = None) -> tuple[Store, ...]:
    """Start again what was there the last time, and give all."""
    for store in read_stores(folder):
        wish = StoreWish(store.kind, store.name, store.user, store.database)
        _provide(folder, wish, report, cache)
    return read_stores(folder)


def halt_stores(folder: LocalFolder) -> None:
    """Let all servers save what they have and end."""
    stores = read_stores(folder)
    if not any(store.pid for store in stores):
        return
    for store in stores:
        if store.pid is not None:
            # PostgreSQL would wait for its clients to leave if it were asked in the usual way.
            how = signal.SIGINT if store.kind == "postgresql" else signal.SIGTERM
            processes.end(store.pid, store.token, _GRACE_SECONDS, how)
    write_stores(folder, tuple(replace(store, pid=None) for store in stores))


def _wishes(found: dict[str, dict[str, object]]) -> Iterator[StoreWish]:
    for resource in found.values():
        described = properties(resource)
        if resource.get("Type") == CLUSTER and described.get("Engine") == "aurora-postgresql":
            name, database = described.get("DBClusterIdentifier"), described.get("DatabaseName")
            if isinstance(name, str):
                user = str(described.get("MasterUsername") or MASTER_USER)
                yield StoreWish("postgresql", name, user, str(database or MASTER_USER))
        elif resource.get("Type") == REPLICATION_GROUP:
            name = described.get("ReplicationGroupId")
            if isinstance(name, str):
                yield StoreWish("redis", name, name)


def _provide(folder: LocalFolder, wish: StoreWish, report: Report, cache: Path | None) -> None:
    stores = {store.name: store for store in read_stores(folder)}
    before = stores.get(wish.name)
    programs = ensure_programs(report, cache=cache)
    same = before is not None and before.database == wish.database
    if (
        before is not None
        and same
        and before.pid is not None
        and processes.is_ours(before.pid, before.token)
        and _ready(programs, before, before.pid)
    ):
        return
    if before is not None and before.pid is not None:
        how = signal.SIGINT if before.kind == "postgresql" else signal.SIGTERM
        processes.end(before.pid, before.token, _GRACE_SECONDS, how)
    taken = {store.port for store in stores.values() if store.name != wish.name}
    wanted = before.port if before is not None else _USUAL_PORTS[wish.kind]
    password = before.password if before is not None else _password(wish)
    while True:
        store = Store(
            kind=wish.kind,
            name=wish.name,
            user=wish.user,
            database=wish.database,
            password=password,
            token=secrets.token_hex(16),
            pid=None,
            port=ports.next_free(wanted, but_not=taken),
        )
        report(events.StartingStore(store.kind, store.name))
        # Remembered before there is a file: a password that is lost would leave the data locked up.
        _remember(folder, store)
        if _launch(folder, programs, store, known_database=same):
            break
        # Another program was quicker; what was prepared stays.
        taken, same = taken | {store.port}, True
    report(events.StoreReady(store.kind, store.name, store.port))


def _password(wish: StoreWish) -> str:
    return secrets.token_urlsafe(24) if wish.kind == "postgresql" else ""


def _found_its_port_taken(log: Path) -> bool:
    """Whether a server that ended said so; who had the port may have left it by now."""
    with suppress(OSError):
        return "Address already in use" in "".join(log.read_text(errors="replace").splitlines(True)[-12:])
    return False


def _launch(folder: LocalFolder, programs: Programs, store: Store, *, known_database: bool) -> bool:
    """Start a server and wait until it answers; False if its port was taken meanwhile."""
    home = home_of(folder, store.name)
    log = folder.path / f"{store.name}.log"
    variables = {**kept_variables(os.environ), "TZ": "UTC"}
    if store.kind == "postgresql":
        postgresql.prepare(home, programs.postgresql, store, known_database=known_database)
        pid = postgresql.spawn(home, programs.postgresql, store, log, variables)
    else:
        pid = redis.spawn(home, programs.redis, store, log, variables)
    _remember(folder, replace(store, pid=pid))
    deadline = monotonic() + _PATIENCE_SECONDS
    while not _ready(programs, store, pid):
        dead = processes.command_line(pid) is None
        if dead and (not ports.is_free(store.port) or _found_its_port_taken(log)):
            return False
        if dead or monotonic() > deadline:
            processes.end(pid, store.token, 1.0)
            raise PlatformError(
                f"the server of {store.name} did not start{quoted(log)}",
                hint="try again; if it stays, start afresh: platform local reset",
                code="local-aws-failed",
                where=str(log),
            )
        sleep(_POLL_SECONDS)
    return True


def _ready(programs: Programs, store: Store, pid: int) -> bool:
    """Whether the store answers, and not another program in its place."""
    if store.kind == "postgresql":
        answers = postgresql.is_ready(programs.postgresql, store)
    else:
        answers = redis.is_ready(store)
    return answers and ports.is_held_by(store.port, pid)


def _remember(folder: LocalFolder, store: Store) -> None:
    others = (other for other in read_stores(folder) if other.name != store.name)
    write_stores(folder, tuple(sorted((*others, store), key=lambda each: each.name)))
