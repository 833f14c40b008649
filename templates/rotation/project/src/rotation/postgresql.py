"""PostgreSQL, by the driver pg8000, which is Python alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rotation.databases import CLONE, Login, LoginRefused
from rotation.labels import RotationRefused

PORT = 5432
TIMEOUT_SECONDS = 10
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_NO_LOGIN = ("28P01", "28000")  # invalid_password, invalid_authorization_specification
_ITERATIONS = 4096  # PostgreSQL's own default, scram_iterations
_LAMBDA_CERTIFICATES = Path("/var/runtime/ca-cert.pem")


class PostgreSQLSession:
    """A connection, logged in."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def change_password(self, username: str, password: str) -> None:
        """Only the verifier is sent: the password cannot end in the server's log of statements."""
        self._connection.run(f"ALTER ROLE {identifier(username)} PASSWORD {literal(verifier(password))}")

    def ensure_user(self, username: str, password: str, like: str) -> None:
        """A second user acts as `like` in every session, so that what it creates belongs to both.

        A first one gets a schema of its own name, which is where PostgreSQL looks first.
        """
        run = self._connection.run
        name, secret = identifier(username), literal(verifier(password))
        run("START TRANSACTION")
        try:
            if not run(f"SELECT 1 FROM pg_roles WHERE rolname = {literal(username)}"):
                run(f"CREATE ROLE {name} LOGIN PASSWORD {secret}")
                if like == username:
                    # Who is no superuser gives things to those only that it may act as.
                    run(f"GRANT {name} TO CURRENT_USER")
                    run(f"CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION {name}")
            else:
                run(f"ALTER ROLE {name} LOGIN PASSWORD {secret}")
            if username.endswith(CLONE):
                run(f"GRANT {identifier(like)} TO {name}")
                run(f"ALTER ROLE {name} SET role TO {literal(like)}")
            run("COMMIT")
        except Exception:
            run("ROLLBACK")
            raise


class PostgreSQL:
    """The engine."""

    longest_name = 63

    @contextmanager
    def login(self, login: Login) -> Iterator[PostgreSQLSession]:
        """A session; a host that begins with a slash is the folder of a socket, as in libpq."""
        import pg8000.native

        host, port = str(login["host"]), int(login.get("port") or PORT)
        where: dict[str, Any] = {"host": host, "port": port, "ssl_context": encryption(host)}
        if host.startswith("/"):
            where = {"unix_sock": f"{host}/.s.PGSQL.{port}"}
        try:
            connection = pg8000.native.Connection(
                login["username"],
                password=login["password"],
                database=login.get("dbname") or "postgres",
                timeout=TIMEOUT_SECONDS,
                application_name="rotation",
                **where,
            )
        except (pg8000.native.DatabaseError, pg8000.native.InterfaceError) as error:
            refusal = _refusal(error)
            if refusal is None:
                raise
            code = sqlstate(refusal)
            if code in _NO_LOGIN:
                raise LoginRefused from None
            raise RotationRefused(f"the database refused the connection ({code})") from None
        try:
            yield PostgreSQLSession(connection)
        except pg8000.native.DatabaseError as error:
            raise RotationRefused(f"the database refused the change ({sqlstate(error)})") from None
        finally:
            with suppress(pg8000.native.InterfaceError):
                connection.close()


def encryption(host: str) -> ssl.SSLContext | None:
    """TLS with a verified certificate; `DATABASE_TLS` may say `require` (not verified) or `off`."""
    # What stays on this machine, as with the local AWS, needs no certificate.
    wanted = os.environ.get("DATABASE_TLS") or ("off" if host in _LOOPBACK else "verify")
    if wanted == "off":
        return None
    context = ssl.create_default_context()
    file = os.environ.get("DATABASE_CA_FILE") or (
        str(_LAMBDA_CERTIFICATES) if _LAMBDA_CERTIFICATES.is_file() else None
    )
    if file:
        context.load_verify_locations(file)
    if wanted == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL stores of a password (SCRAM-SHA-256, RFC 5803), made here instead of there.

    Args:
        password: ASCII, so that no normalisation is needed.
        salt: 16 bytes; random if None.
    """
    if not password.isascii():
        raise RotationRefused("a password with other than ASCII characters cannot be set")
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    coded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{coded[0]}${coded[1]}:{coded[2]}"


def _refusal(error: BaseException | None) -> Exception | None:
    """What the database answered. The driver hides it where the farewell to a closed connection fails."""
    import pg8000.native

    while error is not None and not isinstance(error, pg8000.native.DatabaseError):
        error = error.__context__
    return error


def identifier(name: str) -> str:
    """A name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text, quoted."""
    if "\\" in text or "\0" in text:
        raise RotationRefused("a name holds a character that cannot be quoted")
    return "'" + text.replace("'", "''") + "'"


def sqlstate(error: Exception) -> str:
    """The five characters by which PostgreSQL names an error."""
    told = error.args[0] if error.args else None
    return str(told.get("C", "?")) if isinstance(told, dict) else type(error).__name__
