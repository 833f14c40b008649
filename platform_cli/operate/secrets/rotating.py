"""Rotate a secret: look first, rotate with a probe running throughout, prove the result, say who reads it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret
from platform_cli.deploy.answers import Clock, Sleep, now
from platform_cli.errors import PlatformError
from platform_cli.operate.history import record
from platform_cli.operate.secrets.driving import TIMEOUT_SECONDS, AwsDrive, Drive, LocalDrive
from platform_cli.operate.secrets.events import Report, RotationStarted, unheard
from platform_cli.operate.secrets.preflight import (
    Check,
    check_function,
    check_secret,
    check_value,
    read_function,
)
from platform_cli.operate.secrets.probing import INTERVAL_SECONDS, ProbeLog, Prober, ask
from platform_cli.operate.secrets.proving import Proof, prove
from platform_cli.operate.secrets.recovering import Recovery, recover
from platform_cli.operate.secrets.rotators import LambdaRotator, ManagedRotator, Rotator, rotator_on_local_aws
from platform_cli.operate.secrets.selecting import Strategy, readers_of, strategy_of
from platform_cli.operate.secrets.state import SecretState, observe_secret

_NO_LOGIN_YET = "it does not log in; the database's administrator makes it work first"
_REPLICA_LOOKS = 30
_REPLICA_PAUSE_SECONDS = 2.0


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


@dataclass(frozen=True)
class Rotation:
    """What a rotation did.

    Attributes:
        secret: As the blueprint calls it.
        strategy: How it changed.
        old_version: Current before.
        new_version: Current now; the same as `old_version` after a failure that went back.
        probe: What the probe saw throughout.
        proof: What was shown in the end.
        recovered: What a rotation left over was put right by, or None.
        failure: Why the rotation failed, although the secret is well; None if it did not.
        readers: Functions that read it, and take the new value when they read it anew.
        replicas_behind: Regions whose copy did not get the new value in time.
    """

    secret: str
    strategy: Strategy
    old_version: str
    new_version: str
    probe: ProbeLog
    proof: Proof
    recovered: Recovery | None
    failure: PlatformError | None
    readers: tuple[str, ...]
    replicas_behind: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the secret changed and nothing was seen to be wrong."""
        fine = self.proof.holds and not self.probe.gaps and not self.replicas_behind
        return self.failure is None and fine


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
        if clients.target.endpoint_url is not None:
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


def execute_rotation(
    plan: RotationPlan,
    environment: ResolvedEnvironment,
    clients: Clients,
    *,
    reason: str = "",
    report: Report = unheard,
    token: str | None = None,
    interval_seconds: float = INTERVAL_SECONDS,
    clock: Clock = now,
    sleep: Sleep = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Rotation:
    """Rotate as planned. Whatever fails, one value works in the end, and it is the current one.

    Args:
        plan: Of `plan_rotation`.
        environment: Where.
        clients: Of the environment.
        reason: Why; for the history.
        report: Is told what goes on.
        token: The id of the new version; a new one if None.
        interval_seconds: Between looks of the probe.
        clock: The time.
        sleep: Waits.
        monotonic: Seconds that only grow.

    Raises:
        PlatformError: `rotation-preflight` if the plan cannot be carried out; `rotation-stuck` if a failure
            could not be put right; `history-unwritten`. Any other failure is in `Rotation.failure`.
    """
    rotator, drive, state = plan.rotator, plan.drive, plan.state
    if not plan.applyable or rotator is None or drive is None or state is None or state.current is None:
        raise refused(plan)
    name = state.physical_name
    recovered = None
    old = state.current.id
    if plan.makes_login and not rotator.restore(old):
        raise refused(replace(plan, checks=(*plan.checks, check_value(False, rotator.where))))
    if plan.left_over is not None:
        recovered = recover(name, plan.strategy, plan.left_over, rotator, clients, report=report, sleep=sleep)
        old = plan.left_over if recovered.action == "forward" else old
    new = token or str(uuid.uuid4())
    report(RotationStarted(plan.secret.name, new, rotator.where))
    failure: PlatformError | None = None
    with Prober(
        rotator,
        plan.secret.name,
        old,
        new,
        report,
        interval_seconds=interval_seconds,
        monotonic=monotonic,
    ) as prober:
        try:
            drive.run(new, report)
        except PlatformError as error:
            failure = error
            mended = recover(name, plan.strategy, new, rotator, clients, report=report, sleep=sleep)
            failure = None if mended.action == "nothing" and _current(plan, clients) == new else error
        except BaseException:
            # On AWS the rotation goes on without us; here it ended with us.
            if isinstance(drive, LocalDrive):
                recover(name, plan.strategy, new, rotator, clients, report=report, sleep=sleep)
            raise
    current = _current(plan, clients) or old
    proof = prove(plan.strategy, rotator, old, current, changed=current != old)
    done = Rotation(
        plan.secret.name,
        plan.strategy,
        old,
        current,
        prober.log,
        proof,
        recovered,
        failure,
        plan.readers,
        _replicas_behind(plan, clients, sleep) if state.replicas and current != old else (),
    )
    _record(done, environment, clients, reason, clock)
    return done


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


def _current(plan: RotationPlan, clients: Clients) -> str | None:
    state = observe_secret(plan.secret, clients)
    return state.current.id if state is not None and state.current is not None else None


def _replicas_behind(plan: RotationPlan, clients: Clients, sleep: Sleep) -> tuple[str, ...]:
    """Wait until the copies in other regions have the new value; those that do not get it."""
    behind: tuple[str, ...] = ()
    for _ in range(_REPLICA_LOOKS):
        state = observe_secret(plan.secret, clients)
        behind = tuple(r.region for r in state.replicas if r.status != "InSync") if state else ()
        if not behind:
            break
        sleep(_REPLICA_PAUSE_SECONDS)
    return behind


def _record(
    done: Rotation, environment: ResolvedEnvironment, clients: Clients, reason: str, clock: Clock
) -> None:
    changed = done.new_version != done.old_version
    what = "rotated" if changed else "tried to rotate; it is as before"
    if changed and done.failure is not None:
        what = "rotated, after a failure that was put right"
    record(
        clients,
        environment,
        kind="secrets",
        subject=done.secret,
        what=what,
        reason=reason,
        details={"version": done.new_version, "strategy": done.strategy},
        clock=clock,
    )
