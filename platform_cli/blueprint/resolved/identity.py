"""User pools in one environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedPassword(Resolved):
    """Cognito's password policy."""

    min_length: int
    lowercase: bool
    uppercase: bool
    numbers: bool
    symbols: bool


class ResolvedIdentity(Resolved):
    """A Cognito user pool; `name` is what an API's `authorizer` says (`users`)."""

    name: str
    physical_name: str
    sign_in: Literal["email", "phone", "username"]
    self_sign_up: bool
    mfa: Literal["off", "optional", "required"]
    password: ResolvedPassword
    clients: tuple[str, ...]
    groups: tuple[str, ...]
    security_stream: str | None = None
    scopes: Mapping[str, Mapping[str, str]] = {}
    """By server and name, what it means."""
    machines: Mapping[str, tuple[str, ...]] = {}
    """The scopes of programs that call without a user, as `SERVER/SCOPE`."""
    domain_prefix: str | None = None
    """The first word of the host that gives machines their tokens; None without machines."""
