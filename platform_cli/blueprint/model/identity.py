"""User pools."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import IdentityAlarms
from platform_cli.blueprint.model.base import Items, Name, Named, Source, Text

Description = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""What Cognito takes as the description of a scope (CreateResourceServer, 2026-11)."""


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


class Machine(Source):
    """A program that calls APIs by a token of its own, without a user."""

    scopes: Annotated[Items[Text], Field(min_length=1)]
    """Which of the pool's scopes it may ask for: `offers/read`."""


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
    scopes: Named[Annotated[dict[Name, Description], Field(min_length=1)]] = Field(default_factory=dict)
    """What tokens may allow, by server and name, and what that means; routes ask for `SERVER/SCOPE`."""
    machines: Named[Machine] = Field(default_factory=dict)
    """Programs that call APIs without a user."""
    groups: Items[Name] = ()
    """Groups of users."""
    security_events: LoginEvents | None = None
    """Where failed sign-ins go, one by one; alarms on them need no stream."""
    alarms: IdentityAlarms = IdentityAlarms.model_construct()
    """What is different from the alarms of other user pools; for each of its clients."""
