"""A Redis server for a cache of the blueprint.

As on AWS, nobody gets in without the name of the cache's user; what AWS would check as a token of IAM, this
server takes whatever it is.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

from platform_cli.local import ports, processes
from platform_cli.local.store_state import Store

_TIMEOUT_SECONDS = 2.0


def configuration(home: Path, store: Store) -> str:
    """The server's configuration file."""
    folder = str(home).replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        (
            f"bind {ports.HOST}",
            f"port {store.port}",
            f'dir "{folder}"',
            "save 60 1",
            "user default off",
            f"user {store.user} on nopass ~* +@all -@dangerous",
            # It makes the process recognisable.
            f'proc-title-template "{{title}} {{listen-addr}} {store.token}"',
            "",
        )
    )


def spawn(home: Path, program: Path, store: Store, log: Path, variables: Mapping[str, str]) -> int:
    """Start the server; gives its pid."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / "redis.conf"
    file.write_text(configuration(home, store), encoding="utf-8")
    return processes.spawn([str(program / "redis-server"), str(file)], variables, home, log).pid


def is_ready(store: Store) -> bool:
    """Whether a Redis answers; that it wants a login is an answer."""
    try:
        with socket.create_connection((ports.HOST, store.port), timeout=_TIMEOUT_SECONDS) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith((b"-NOAUTH", b"+PONG"))
    except OSError:
        return False
