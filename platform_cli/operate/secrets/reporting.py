"""Observe and judge, one secret or all."""

from __future__ import annotations

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, now
from platform_cli.operate.secrets.judging import SecretReport, judge
from platform_cli.operate.secrets.selecting import find_secret
from platform_cli.operate.secrets.state import observe_secrets


def report_secrets(
    environment: ResolvedEnvironment, clients: Clients, names: tuple[str, ...] = (), *, clock: Clock = now
) -> tuple[SecretReport, ...]:
    """How secrets are.

    Args:
        environment: Where.
        clients: Of the environment.
        names: Which; all of them without.
        clock: The time.

    Raises:
        PlatformError: `unknown-secret`, or what AWS refuses.
    """
    secrets = [find_secret(environment, name) for name in names] or list(environment.secrets.values())
    return tuple(
        judge(secret, state, environment, clock()) for secret, state in observe_secrets(secrets, clients)
    )
