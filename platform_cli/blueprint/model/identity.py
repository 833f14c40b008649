"""User pools."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from platform_cli.blueprint.model.base import Items, Name, Source


class Password(Source):
    """What passwords must have."""

    min_length: int = Field(default=12, ge=6, le=99)
    """Characters."""
    lowercase: bool = True
    """At least one lower case letter."""
    uppercase: bool = True
    """At least one upper case letter."""
    numbers: bool = True
    """At least one digit."""
    symbols: bool = False
    """At least one symbol."""


class LoginEvents(Source):
    """Where failed sign-ins go, one by one."""

    stream: Name
    """The stream that gets them. The account needs a trail of CloudTrail, as AWS tells of them there."""


class Identity(Source):
    """A Cognito user pool; APIs name it as their `authorizer`."""

    sign_in: Literal["email", "phone", "username"] = "email"
    """What users sign in with. AWS cannot change it later without a new pool."""
    self_sign_up: bool = True
    """Whether people can register by themselves."""
    mfa: Literal["off", "optional", "required"] = "off"
    """A second factor from an authenticator app."""
    password: Password = Password.model_construct()
    """What passwords must have."""
    clients: Items[Name] = ()
    """Applications that sign users in."""
    groups: Items[Name] = ()
    """Groups of users."""
    security_events: LoginEvents | None = None
    """Where failed sign-ins go, one by one; alarms on them need no stream."""
