"""Cursors that a client can only give back: sealed for one user, so the table's keys stay our own affair."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from servicekit.problems import BadRequest

_SEAL_BYTES = 16


@dataclass(frozen=True)
class CursorSealer:
    """Seals positions with a secret key, asked for at each use since it may be rotated."""

    key: Callable[[], str]

    def seal(self, user_id: str, position: str) -> str:
        """The cursor for a position."""
        return base64.urlsafe_b64encode(self._mac(user_id, position) + position.encode()).decode().rstrip("=")

    def open(self, user_id: str, cursor: str) -> str:
        """The position in a cursor.

        Raises:
            BadRequest: It is not one that we gave to this user, or the key has changed since.
        """
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            position = sealed[_SEAL_BYTES:].decode()
        except (binascii.Error, ValueError) as error:
            raise _refused() from error
        if not hmac.compare_digest(sealed[:_SEAL_BYTES], self._mac(user_id, position)):
            raise _refused()
        return position

    def _mac(self, user_id: str, position: str) -> bytes:
        message = f"{user_id}\n{position}".encode()
        return hmac.digest(self.key().encode(), message, hashlib.sha256)[:_SEAL_BYTES]


def _refused() -> BadRequest:
    return BadRequest("The cursor is not valid; start again without one", code="invalid-cursor")
