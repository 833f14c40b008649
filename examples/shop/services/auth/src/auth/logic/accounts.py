"""What the API takes and gives."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from servicekit.models import Model, RequestModel

# Enough to catch what cannot be an address; whether it is one, the code that is sent there tells.
_EMAIL = r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}$"

Email = Annotated[str, Field(pattern=_EMAIL, max_length=254), AfterValidator(str.lower)]
Code = Annotated[str, Field(pattern=r"^[0-9]{4,10}$")]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256)]
"""A `SecretStr` shows itself as stars wherever it is printed or logged."""


class Registration(RequestModel):
    """Somebody wants an account."""

    email: Email
    password: Password


class Confirmation(RequestModel):
    """The code from the e-mail."""

    email: Email
    code: Code


class Login(RequestModel):
    """E-mail and password."""

    email: Email
    password: Password


class Refresh(RequestModel):
    """A refresh token of an earlier login."""

    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=8192)]


class ForgottenPassword(RequestModel):
    """Somebody forgot the password."""

    email: Email


class PasswordReset(RequestModel):
    """The code from the e-mail, and the new password."""

    email: Email
    code: Code
    new_password: Password


class Tokens(Model):
    """What a login gives; `refresh_token` is None after a refresh: the old one stays good."""

    access_token: str
    refresh_token: str | None
    expires_in_seconds: int
    token_type: str = "Bearer"
