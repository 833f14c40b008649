"""MySQL and MariaDB, by the driver PyMySQL.

Run against a fake only, never yet against a server; see the coverage page of the tool.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rotation.databases import Login, LoginRefused
from rotation.labels import RotationRefused

PORT = 3306
TIMEOUT_SECONDS = 10
_NO_LOGIN = (1045, 1698)  # ER_ACCESS_DENIED_ERROR, ER_ACCESS_DENIED_NO_PASSWORD_ERROR
_ANY_HOST = "%"
_ACCOUNT = re.compile(r" TO (`[^`]*`|'[^']*')@(`[^`]*`|'[^']*')")


class MySQLSession:
    """A connection, logged in."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def change_password(self, username: str, password: str) -> None:
        """MySQL itself leaves the password out of its logs."""
        self._run("ALTER USER %s@%s IDENTIFIED BY %s", (username, _ANY_HOST, password))

    def ensure_user(self, username: str, password: str, like: str) -> None:
        """MySQL has no transaction over users; each statement may be run again."""
        self._run("CREATE USER IF NOT EXISTS %s@%s IDENTIFIED BY %s", (username, _ANY_HOST, password))
        for (grant,) in self._run("SHOW GRANTS FOR %s@%s", (like, _ANY_HOST)):
            self._run(granted_to(grant), (username, _ANY_HOST))
        # Last, so that a user who can log in has all its rights.
        self.change_password(username, password)

    def _run(self, statement: str, values: tuple[str, ...]) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())


class MySQL:
    """The engine.

    Args:
        connect: The driver's `connect`; None takes PyMySQL's.
    """

    longest_name = 32

    def __init__(self, connect: Callable[..., Any] | None = None) -> None:
        self._connect = connect

    @contextmanager
    def login(self, login: Login) -> Iterator[MySQLSession]:
        """A session."""
        connect = self._connect
        if connect is None:
            import pymysql

            connect = pymysql.connect
        try:
            connection = connect(
                host=login["host"],
                port=int(login.get("port") or PORT),
                user=login["username"],
                password=login["password"],
                database=login.get("dbname") or None,
                connect_timeout=TIMEOUT_SECONDS,
                autocommit=True,
                ssl=_encryption(),
            )
        except Exception as error:
            number = error.args[0] if error.args else None
            if number in _NO_LOGIN:
                raise LoginRefused from None
            raise RotationRefused(f"the database did not take the connection ({number})") from None
        try:
            yield MySQLSession(connection)
        except (LoginRefused, RotationRefused):
            raise
        except Exception as error:
            number = error.args[0] if error.args else type(error).__name__
            raise RotationRefused(f"the database refused the change ({number})") from None
        finally:
            connection.close()


def granted_to(grant: str) -> str:
    """A line of SHOW GRANTS with the account left open: `GRANT SELECT ON x.* TO %s@%s`."""
    found = _ACCOUNT.search(grant)
    if found is None:
        raise RotationRefused("a right of the user cannot be read")
    before, after = (part.replace("%", "%%") for part in (grant[: found.start()], grant[found.end() :]))
    return f"{before} TO %s@%s{after}"


def _encryption() -> ssl.SSLContext | None:
    if os.environ.get("DATABASE_TLS") == "off":
        return None
    context = ssl.create_default_context(cafile=os.environ.get("DATABASE_CA_FILE"))
    if os.environ.get("DATABASE_TLS") == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
