"""Make the previous value the current one again, if it still works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret
from platform_cli.deploy.answers import Clock, now
from platform_cli.errors import PlatformError
from platform_cli.operate.history import record
from platform_cli.operate.secrets.labels import promote
from platform_cli.operate.secrets.probing import ask
from platform_cli.operate.secrets.rotators import LambdaRotator, Rotator, rotator_on_local_aws
from platform_cli.operate.secrets.selecting import Strategy, readers_of, strategy_of
from platform_cli.operate.secrets.state import SecretState, SecretVersion, observe_secret

_RINGS: tuple[Strategy, ...] = ("api_key", "jwt_key")
_DEAD_AT_ONCE: tuple[Strategy, ...] = ("postgresql_single_user", "mysql_single_user")
"""Whose rotation kills the value before it: without an answer, it is taken for dead."""


@dataclass(frozen=True)
class Rollback:
    """From which version to which, and what is known of the value.

    Attributes:
        secret: As the blueprint calls it.
        physical_name: As Secrets Manager does.
        current: The version that is current.
        previous: The version that shall be.
        works: Whether the previous value works; None if nobody can be asked.
        warning: What to think of before; None: nothing.
        readers: Functions that read the secret.
    """

    secret: str
    physical_name: str
    current: SecretVersion
    previous: SecretVersion
    works: bool | None
    warning: str | None
    readers: tuple[str, ...]


def plan_rollback(
    environment: ResolvedEnvironment, secret: ResolvedSecret, clients: Clients, templates: Path
) -> Rollback:
    """Look whether a rollback is safe; nothing is changed.

    Raises:
        PlatformError: `rollback-refused`: the old value is dead, or of a single database user and nobody can
            say that it logs in; there is none; or a rotation is going on.
    """
    state = observe_secret(secret, clients)
    if state is None or state.current is None or state.deleted is not None:
        raise _refused(secret, "it has no value", "platform secrets list")
    if state.pending is not None:
        raise _refused(
            secret, "a rotation is going on, or stopped half-way", f"platform secrets rotate {secret.name}"
        )
    if state.previous is None:
        raise _refused(secret, "it has no previous value", None)
    strategy = strategy_of(secret, environment)
    rotator = _rotator(environment, secret, state, clients, templates)
    (works,) = ask(rotator, (state.previous.id,)) if rotator is not None else (None,)
    if works is False:
        raise _refused(
            secret,
            "the previous value does not work any more where it is used",
            f"rotate forward instead: `platform secrets rotate {secret.name}`",
        )
    if works is None and strategy in _DEAD_AT_ONCE:
        raise _refused(
            secret,
            "nobody can say whether the previous value still logs in, and each rotation of a single database "
            "user ends the value before",
            f"rotate forward instead: `platform secrets rotate {secret.name}`; or set a value that logs in: "
            f"`platform secrets set {secret.name}`",
        )
    return Rollback(
        secret.name,
        state.physical_name,
        state.current,
        state.previous,
        works,
        _warning(strategy, works),
        readers_of(secret, environment),
    )


def execute_rollback(
    rollback: Rollback,
    environment: ResolvedEnvironment,
    clients: Clients,
    *,
    reason: str = "",
    clock: Clock = now,
) -> None:
    """Move the label, if it is still where it was seen.

    Raises:
        PlatformError: `secret-changed` if somebody was faster; `history-unwritten`.
    """
    promote(rollback.physical_name, rollback.previous.id, rollback.current.id, clients)
    record(
        clients,
        environment,
        kind="secrets",
        subject=rollback.secret,
        what="rolled back to the previous value",
        reason=reason,
        details={"version": rollback.previous.id},
        clock=clock,
    )


def _rotator(
    environment: ResolvedEnvironment,
    secret: ResolvedSecret,
    state: SecretState,
    clients: Clients,
    templates: Path,
) -> Rotator | None:
    if clients.target.is_local:
        return rotator_on_local_aws(environment, secret, strategy_of(secret, environment), clients, templates)
    if state.rotation_function is None:
        return None
    return LambdaRotator(clients, state.rotation_function, state.arn)


def _warning(strategy: Strategy, works: bool | None) -> str | None:
    if strategy in _RINGS:
        return "what was signed or called with the newest key since it is in use will be refused"
    if works is None:
        return "nobody can be asked whether the previous value still works"
    return None


def _refused(secret: ResolvedSecret, why: str, hint: str | None) -> PlatformError:
    return PlatformError(f"{secret.name} is not rolled back: {why}", hint=hint, code="rollback-refused")
