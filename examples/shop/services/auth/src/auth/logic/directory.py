"""What the handlers need of a directory of users."""

from __future__ import annotations

from typing import Protocol

from auth.logic.accounts import Tokens


class Directory(Protocol):
    """Keeps users. Every method raises a `servicekit.problems.Problem` for what the user can act on."""

    def register(self, email: str, password: str) -> str:
        """The id of a new user, who gets a code by e-mail; `Conflict` if there is one already."""

    def confirm(self, email: str, code: str) -> None:
        """The e-mail address is the user's; `BadRequest` for a wrong or expired code."""

    def login(self, email: str, password: str) -> Tokens:
        """Tokens; `Unauthorized` for a wrong password or an unknown user, `Forbidden` before confirmation."""

    def refresh(self, refresh_token: str) -> Tokens:
        """A new access token; `Unauthorized` if the refresh token is not good any more."""

    def send_reset_code(self, email: str) -> None:
        """A code goes out by e-mail if there is such a user; the answer does not tell."""

    def reset_password(self, email: str, code: str, new_password: str) -> None:
        """The user has a new password; `BadRequest` for a wrong code or a weak password."""
