"""The books, in PostgreSQL: by a login that is a secret of its own, rotated while it is used."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any, TypeVar

import pg8000.native
from servicekit.secrets import Secret

Result = TypeVar("Result")


def enter(login: Secret, parcel: str, cents: int) -> tuple[int, str]:
    """Write a fee down; how many rows there are then, and as whom."""

    def write(connection: Any) -> tuple[int, str]:
        connection.run("CREATE TABLE IF NOT EXISTS fees (parcel text, cents bigint)")
        connection.run("INSERT INTO fees VALUES (:parcel, :cents)", parcel=parcel, cents=cents)
        ((rows, user),) = connection.run("SELECT count(*), session_user::text FROM fees")
        return rows, user

    return logged_in(login, write)


def audit(event: dict[str, Any], context: object) -> dict[str, Any]:
    """As whom the auditor logs in, and whether it may read the books of others."""

    def look(connection: Any) -> dict[str, Any]:
        ((user, server),) = connection.run("SELECT session_user::text, version()")
        return {"user": user, "server": server}

    return logged_in(Secret.from_environment("audit"), look)


def logged_in(login: Secret, work: Callable[[Any], Result]) -> Result:
    """Work on a connection; with the secret read anew where the one that is kept does not log in any more."""
    try:
        connection = connect(login.json())
    except (pg8000.native.DatabaseError, pg8000.native.InterfaceError):
        login.refresh()
        connection = connect(login.json())
    try:
        return work(connection)
    finally:
        connection.close()


def connect(told: dict[str, Any]) -> Any:
    """A connection; what stays on this machine is not encrypted."""
    return pg8000.native.Connection(
        told["username"],
        password=told["password"],
        host=told["host"],
        port=told["port"],
        database=told["dbname"],
        timeout=10,
        ssl_context=None if told["host"] == "127.0.0.1" else ssl.create_default_context(),
    )
