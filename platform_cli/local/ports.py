"""Find a free port, and say who has one that is not."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
_LISTENING = "0A"
_CONNECT_TIMEOUT_SECONDS = 0.5
_LSOF_TIMEOUT_SECONDS = 3
_PROC = Path("/proc")


def is_free(port: int) -> bool:
    """Whether a server could listen on the port of this machine's own address."""
    with socket.socket() as probe:
        probe.settimeout(_CONNECT_TIMEOUT_SECONDS)
        # Where a server listens on every address, some systems still allow a second one on 127.0.0.1.
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def next_free(start: int, tries: int = 100, but_not: Collection[int] = ()) -> int:
    """The first free port from `start` on; any free one if `tries` of them are taken."""
    for port in range(start, min(start + tries, 65536)):
        if port not in but_not and is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_held_by(port: int, pid: int) -> bool:
    """Whether it is this process that listens on the port; True where that cannot be seen.

    A server that answers may be another's: two that start at once can be given the same free port.
    """
    if (_PROC / "net" / "tcp").exists():
        try:
            held = {str(descriptor.readlink()) for descriptor in (_PROC / str(pid) / "fd").iterdir()}
        except OSError:
            # Ended, or a file was closed while it was looked at: the caller asks again.
            return False
        return not held.isdisjoint(f"socket:[{inode}]" for inode in _listening_inodes(port))
    answer = _lsof(port)
    return answer is None or f"p{pid}" in answer


def owner(port: int) -> str | None:
    """The program that listens on the port, as `name (pid 12)`; None where that cannot be seen."""
    if (_PROC / "net" / "tcp").exists():
        return _owner_from_proc(port)
    found = {line[0]: line[1:] for line in reversed(_lsof(port) or ()) if line}
    return f"{found['c']} (pid {found['p']})" if {"p", "c"} <= found.keys() else None


def _lsof(port: int) -> list[str] | None:
    """What `lsof` prints of those who listen on a port; None where it is not."""
    with suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run(
            ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"],
            capture_output=True,
            text=True,
            timeout=_LSOF_TIMEOUT_SECONDS,
            check=False,
        )
        return answer.stdout.splitlines()
    return None


def _owner_from_proc(port: int) -> str | None:
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not sockets:
        return None
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        # Other users' processes cannot be looked into.
        with suppress(OSError):
            for descriptor in (folder / "fd").iterdir():
                with suppress(OSError):
                    if str(descriptor.readlink()) in sockets:
                        name = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
                        return f"{name} (pid {folder.name})"
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (_PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
                columns = line.split()
                if columns[3] == _LISTENING and int(columns[1].rsplit(":", 1)[1], 16) == port:
                    yield columns[9]
