"""What a rotation would do: look at everything that it needs, and change nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret
from platform_cli.deploy.answers import Clock, Sleep, now
from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.driving import TIMEOUT_SECONDS, AwsDrive, Drive, LocalDrive
from platform_cli.operate.secrets.preflight import (
    Check,
    check_function,
    check_secret,
    check_value,
    read_function,
)
from platform_cli.operate.secrets.probing import ask
from platform_cli.operate.secrets.rotators import LambdaRotator, ManagedRotator, Rotator, rotator_on_local_aws
from platform_cli.operate.secrets.selecting import Strategy, readers_of, strategy_of
from platform_cli.operate.secrets.state import SecretState, observe_secret

_NO_LOGIN_YET = "it does not log in; the database's administrator makes it work first"


@dataclass(frozen=True)
class RotationPlan:
    """What a rotation would do, and what was seen before it.

    Attributes:
        secret: Of the blueprint.
        strategy: How it changes.
        state: As it is; None if it is not deployed.
        checks: What was looked at.
        rotator: Who says whether values work; None if the checks did not come so far.
        drive: Who takes it through the steps.
        left_over: A pending version that is put right first, or None.
        readers: Functions that read it.
    """

    secret: ResolvedSecret
    strategy: Strategy
    state: SecretState | None
    checks: tuple[Check, ...]
    rotator: Rotator | None
    drive: Drive | None
    left_over: str | None
    readers: tuple[str, ...]
    makes_login: bool = False
    """Whether the current value must be made to work first: the user of a database that is not there yet."""

    @property
    def applyable(self) -> bool:
        """Whether nothing stands in the way."""
        return self.rotator is not None and all(check.verdict != "failure" for check in self.checks)


def plan_rotation(
    environment: ResolvedEnvironment,
    secret: ResolvedSecret,
    clients: Clients,
    templates: Path,
    *,
    recover_now: bool = False,
    timeout_seconds: float = TIMEOUT_SECONDS,
    clock: Clock = now,
    sleep: Sleep = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> RotationPlan:
    """Look at everything that a rotation needs; nothing is changed.

    Args:
        environment: Where.
        secret: Which.
        clients: Of the environment.
        templates: The folder of templates, whose rotation code serves on the local AWS.
        recover_now: Take a pending version for left over, however young it is.
        timeout_seconds: How long to watch a rotation on AWS.
        clock: The time.
        sleep: Waits between looks.
        monotonic: Seconds that only grow.

    Raises:
        PlatformError: What AWS refuses.
    """
    strategy = strategy_of(secret, environment)
    state = observe_secret(secret, clients)
    checks = list(check_secret(state, clock(), environment.region))
    if recover_now:
        checks = [_forced(check) for check in checks]
    rotator: Rotator | None = None
    drive: Drive | None = None
    if state is not None and not any(check.verdict == "failure" for check in checks):
        if clients.target.is_local:
            checks.append(Check("function", "skipped", "on the local AWS, the steps are called from here"))
            rotator = rotator_on_local_aws(environment, secret, strategy, clients, templates)
            drive = LocalDrive(state.physical_name, secret.name, rotator, clients)
        else:
            arn = state.rotation_function
            found = read_function(arn, state.arn, clients) if arn else None
            checks += check_function(state, found, strategy)
            rotator = LambdaRotator(clients, arn, state.arn) if arn and found else None
            if state.owning_service:
                rotator, arn = ManagedRotator(state.owning_service), None
            drive = AwsDrive(
                state.physical_name,
                secret.name,
                arn,
                clients,
                timeout_seconds=timeout_seconds,
                sleep=sleep,
                monotonic=monotonic,
                clock=clock,
            )
        if rotator is not None and not any(check.verdict == "failure" for check in checks):
            checks += _look_at_values(state, rotator, of_database=secret.database is not None)
    makes_login = any(check.evidence == _NO_LOGIN_YET for check in checks)
    left_over = state.pending.id if state is not None and state.pending is not None else None
    return RotationPlan(
        secret,
        strategy,
        state,
        tuple(checks),
        rotator,
        drive,
        left_over,
        readers_of(secret, environment),
        makes_login,
    )


def refused(plan: RotationPlan) -> PlatformError:
    """The error for a plan that cannot be carried out."""
    failures = [check for check in plan.checks if check.verdict == "failure"]
    told = "; ".join(f"{check.name}: {check.evidence}" for check in failures) or "nobody can rotate it"
    return PlatformError(
        f"{plan.secret.name} cannot be rotated now: {told}",
        hint=next((check.mend for check in failures if check.mend), None),
        code="rotation-preflight",
    )


def _look_at_values(state: SecretState, rotator: Rotator, *, of_database: bool) -> list[Check]:
    current = state.current.id if state.current else None
    works, pending = ask(rotator, (current, state.pending.id if state.pending else None))
    if works is False and pending:
        # A rotation stopped after its second step: the pending value is the one that is made current.
        return [Check("current value", "warning", "only the pending value works; it is made current first")]
    if works is False and of_database:
        # As after the first deployment. Whether there is an administrator, only the function can tell.
        return [Check("current value", "warning", _NO_LOGIN_YET)]
    return [check_value(works, rotator.where)]


def _forced(check: Check) -> Check:
    if check.name == "pending version" and check.verdict == "failure":
        return Check(check.name, "warning", "one is left over, as you say; it is put right")
    return check
