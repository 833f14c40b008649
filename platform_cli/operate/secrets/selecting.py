"""Find secrets by what the user calls them, and who reads them."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret
from platform_cli.errors import ExitCode, PlatformError

Strategy = Literal[
    "postgresql_single_user",
    "postgresql_alternating_users",
    "mysql_single_user",
    "mysql_alternating_users",
    "api_key",
    "jwt_key",
    "generic",
]
"""A module under `rotation/strategies` of the template of rotation functions."""


def find_secret(environment: ResolvedEnvironment, name: str) -> ResolvedSecret:
    """The secret `payment`, also as `secrets.payment` or by its physical name.

    Raises:
        PlatformError: `unknown-secret`, with the nearest name.
    """
    bare = name.removeprefix("secrets.")
    for secret in environment.secrets.values():
        if bare in (secret.name, secret.physical_name):
            return secret
    raise PlatformError(
        f'there is no secret "{name}"',
        hint=known_hint(bare, environment.secrets),
        code="unknown-secret",
        exit_code=ExitCode.USAGE,
    )


def strategy_of(secret: ResolvedSecret, environment: ResolvedEnvironment) -> Strategy:
    """How a secret changes."""
    if secret.database is None:
        match secret.rotation_strategy:
            case "api_key" | "jwt_key":
                return secret.rotation_strategy
            case _:
                return "generic"
    database = environment.databases.get(secret.database)
    mysql = database is not None and database.engine == "aurora-mysql"
    if secret.rotation_strategy == "alternating_users":
        return "mysql_alternating_users" if mysql else "postgresql_alternating_users"
    return "mysql_single_user" if mysql else "postgresql_single_user"


def readers_of(secret: ResolvedSecret, environment: ResolvedEnvironment) -> tuple[str, ...]:
    """Addresses of the functions that may read a secret, `service.function`."""
    return tuple(
        sorted(
            function.address
            for function in environment.functions
            if any(line.kind == "secrets" and line.name == secret.name for line in function.access)
        )
    )
