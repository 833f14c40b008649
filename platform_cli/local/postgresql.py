"""A PostgreSQL server for a database of the blueprint: its files, its process, its end.

PostgreSQL refuses to run as root. Where the tool does (in containers), it runs as `nobody`, who keeps of
root's capabilities the one to pass folders that are closed to others, as the workspace and the cache of root
mostly are. The wheel's own starter would create a user and open those folders to everybody instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from platform_cli.errors import PlatformError
from platform_cli.local import ports, processes
from platform_cli.local.store_state import MASTER_USER, Store

_NOBODY = 65534
_TIMEOUT_SECONDS = 120
_UNPRIVILEGED = (
    f"--reuid={_NOBODY}",
    f"--regid={_NOBODY}",
    "--clear-groups",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=-all,+dac_override",
    # PostgreSQL asks whether it may execute itself, which Linux answers for the real user otherwise.
    "--securebits=+no_setuid_fixup",
)


def prepare(home: Path, program: Path, store: Store, *, known_database: bool) -> None:
    """Make the files of a server that has none yet, and its database.

    Args:
        home: Folder of the store.
        program: Folder of PostgreSQL's programs.
        store: The server.
        known_database: Whether the database was made before.

    Raises:
        PlatformError: `local-aws-failed`, with what PostgreSQL said.
    """
    home.mkdir(parents=True, exist_ok=True)
    data = home / "data"
    if not data.exists():
        workshop = home / "data.new"
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(workshop, _NOBODY, _NOBODY)
        _initialise(home, workshop, program, store.password)
        _trust_tokens(workshop / "pg_hba.conf")
        _statements(workshop, program, "CREATE ROLE rds_iam NOLOGIN", _creating(store))
        workshop.rename(data)
    elif not known_database:
        _statements(data, program, _creating(store))


def spawn(home: Path, program: Path, store: Store, log: Path, variables: Mapping[str, str]) -> int:
    """Start the server; gives its pid."""
    arguments = [
        str(program / "postgres"),
        "-D",
        str(home / "data"),
        "-c",
        f"listen_addresses={ports.HOST}",
        "-c",
        f"port={store.port}",
        "-c",
        "unix_socket_directories=",
        "-c",
        "shared_buffers=32MB",
        "-c",
        # Of nobody's interest but ours: it makes the process recognisable.
        f"platform_local.token={store.token}",
    ]
    return processes.spawn(_as_somebody(arguments), variables, home, log).pid


def is_ready(program: Path, store: Store) -> bool:
    """Whether the server takes connections."""
    asked = [str(program / "pg_isready"), "-q", "-h", ports.HOST, "-p", str(store.port), "-t", "2"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _creating(store: Store) -> str:
    return f'CREATE DATABASE "{store.database}"'


def _initialise(home: Path, data: Path, program: Path, password: str) -> None:
    file = home / "password"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as writer:
            writer.write(password + "\n")
        arguments = [
            str(program / "initdb"),
            f"--pgdata={data}",
            f"--username={MASTER_USER}",
            f"--pwfile={file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        _run(arguments, home)
    finally:
        file.unlink(missing_ok=True)


def _trust_tokens(rules: Path) -> None:
    """Take whatever token users bring who log in by IAM: there is nobody here who could look at it."""
    rules.write_text(f"host all +rds_iam {ports.HOST}/32 trust\n{rules.read_text()}")


def _statements(data: Path, program: Path, *statements: str) -> None:
    """Run statements, a line each, without a server: nobody needs to connect for that."""
    arguments = [str(program / "postgres"), "--single", "-D", str(data), MASTER_USER]
    _run(arguments, data.parent, "\n".join(statements) + "\n")


def _run(arguments: Sequence[str], folder: Path, text: str = "") -> None:
    try:
        answer = subprocess.run(
            _as_somebody(arguments),
            input=text,
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    if answer.returncode != 0:
        raise _failed(answer.stderr.strip()[-2000:])


def _as_somebody(arguments: Sequence[str]) -> list[str]:
    if os.geteuid() != 0:
        return list(arguments)
    wrapper = shutil.which("setpriv")
    if wrapper is None:
        raise PlatformError(
            "PostgreSQL does not run as root, and `setpriv`, which starts it as somebody else, is not here",
            hint="run this as another user, or install util-linux",
            code="local-aws-failed",
        )
    return [wrapper, *_UNPRIVILEGED, *arguments]


def _failed(reason: str) -> PlatformError:
    return PlatformError(
        f"PostgreSQL could not be prepared: {reason}",
        hint="check the free space, then try again; `platform local reset` starts from nothing",
        code="local-aws-failed",
    )
