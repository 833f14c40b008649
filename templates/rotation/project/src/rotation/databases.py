"""How the login of a database changes, whatever the database.

The value is a JSON object: `host`, `port`, `username`, `password`, `dbname`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from rotation.labels import RotationRefused
from rotation.passwords import password
from rotation.steps import fields

Login = Mapping[str, Any]

CLONE = "_clone"
"""What the name of the second of two alternating users ends with."""


class LoginRefused(Exception):
    """The database answered, and does not know this user with this password."""


class Session(Protocol):
    """What a rotation does in a database."""

    def change_password(self, username: str, password: str) -> None:
        """Give a user another password."""

    def ensure_user(self, username: str, password: str, like: str) -> None:
        """Give a user a password; make one with the rights of `like` if there is none.

        `like` the user itself: a first user, with a place of its own in the database.
        """


class Engine(Protocol):
    """A kind of database."""

    longest_name: int
    """Characters of a user's name."""

    def login(self, login: Login) -> AbstractContextManager[Session]:
        """A session.

        Raises:
            LoginRefused: The database does not take this login. Anything else: it did not answer.
        """


class SingleUser:
    """One user whose password changes; the old one is dead the moment that the new one works.

    Args:
        engine: The kind of database.
        administrator: Finds the login that may make the user, where the value names it in `masterarn`.
    """

    def __init__(self, engine: Engine, administrator: Callable[[Login], Login] | None = None) -> None:
        self._engine = engine
        self._administrator = administrator

    def create(self, current: str) -> str:
        """The same login with another password."""
        return json.dumps({**_login(current), "password": password()})

    def set(self, current: str, pending: str, previous: str | None) -> None:
        """Change the password with the current value; if that is out of step, with the previous one."""
        if self.works(pending):
            return
        new = _login(pending)
        for known in (current, previous):
            if known is None or not _same_user(_login(known), new):
                continue
            if self._change(known, new):
                return
        if not make_user(self._engine, self._administrator, new):
            raise RotationRefused("neither the current nor the previous value logs in")

    def works(self, value: str) -> bool:
        """Whether it logs in."""
        try:
            with self._engine.login(_login(value)):
                return True
        except LoginRefused:
            return False

    def accepts(self, current: str, value: str) -> None:
        """A login works by itself, or does not."""

    def restore(self, current: str, pending: str) -> None:
        """Change the password back, with the pending value or as the administrator."""
        if self.works(current):
            return
        login = _login(current)
        if not (_same_user(login, _login(pending)) and self._change(pending, login)):
            make_user(self._engine, self._administrator, login)

    def _change(self, known: str, new: Login) -> bool:
        try:
            with self._engine.login(_login(known)) as session:
                session.change_password(new["username"], new["password"])
        except LoginRefused:
            return False
        return True


class AlternatingUsers:
    """Two users with the same rights, of whom a rotation only touches the one that is not current.

    Args:
        engine: The kind of database.
        administrator: Finds the login that may make users and change their passwords.
    """

    def __init__(self, engine: Engine, administrator: Callable[[Login], Login]) -> None:
        self._engine = engine
        self._administrator = administrator

    def create(self, current: str) -> str:
        """The other user, with a new password."""
        login = _login(current)
        other = partner(login["username"])
        if len(other) > self._engine.longest_name:
            raise RotationRefused(f"the name of the second user, {other}, is too long for the database")
        return json.dumps({**login, "username": other, "password": password()})

    def set(self, current: str, pending: str, previous: str | None) -> None:
        """Give the other user its new password; make it the first time."""
        if self.works(pending):
            return
        now, new = _login(current), _login(pending)
        if new["username"] != partner(now["username"]):
            raise RotationRefused("the pending value is not that of the user beside the current one")
        if not self.works(current) and not make_user(self._engine, self._administrator, now):
            raise RotationRefused("the current value does not log in")
        _ensure(self._engine, self._administrator(now), new, now["username"])

    def works(self, value: str) -> bool:
        """Whether it logs in."""
        return SingleUser(self._engine).works(value)

    def accepts(self, current: str, value: str) -> None:
        """A login works by itself, or does not."""

    def restore(self, current: str, pending: str) -> None:
        """The current user was never touched, but may not have been made yet."""
        if not self.works(current):
            make_user(self._engine, self._administrator, _login(current))


def make_user(engine: Engine, administrator: Callable[[Login], Login] | None, login: Login) -> bool:
    """Make the user of a login, or give it the login's password, as the administrator that the login names.

    Returns:
        False where it names none: then nobody but the user itself changes its password.
    """
    if administrator is None or not login.get("masterarn"):
        return False
    _ensure(engine, administrator(login), login, login["username"])
    return True


def _ensure(engine: Engine, administrator: Login, login: Login, like: str) -> None:
    if administrator["host"] != login["host"]:
        raise RotationRefused("the administrator's login is of another database")
    try:
        with engine.login(administrator) as session:
            session.ensure_user(login["username"], login["password"], like)
    except LoginRefused:
        raise RotationRefused("the administrator's login does not work") from None


def partner(username: str) -> str:
    """The other of two alternating users."""
    return username.removesuffix(CLONE) if username.endswith(CLONE) else username + CLONE


def administrator_of(client: Any, secret: str | None) -> Callable[[Login], Login]:
    """Find the administrator's login: in the secret given, or in the one that the login names.

    Args:
        client: Of Secrets Manager.
        secret: Name or ARN; None takes the login's field `masterarn`, as AWS's own functions do.
    """

    def find(login: Login) -> Login:
        name = secret or login.get("masterarn")
        if not name:
            raise RotationRefused(
                "no administrator is known: set ADMIN_SECRET_ARN, or `masterarn` in the value"
            )
        found = fields(client.get_secret_value(SecretId=name)["SecretString"])
        # A login that AWS itself keeps for a cluster names no host.
        return {**{key: login[key] for key in ("host", "port", "dbname") if key in login}, **found}

    return find


def _login(value: str) -> Login:
    login = fields(value)
    missing = [name for name in ("host", "username", "password") if not login.get(name)]
    if missing:
        raise RotationRefused(f"the secret has no {', '.join(missing)}")
    return login


def _same_user(one: Login, other: Login) -> bool:
    return (one["host"], one["username"]) == (other["host"], other["username"])
