"""Rotate a secret as planned, with a probe running throughout, prove the result, say who reads it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, now
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.history import record
from platform_cli.operate.secrets.driving import LocalDrive
from platform_cli.operate.secrets.events import Event, Report, RotationStarted, StepStarted, unheard
from platform_cli.operate.secrets.planning import RotationPlan, refused
from platform_cli.operate.secrets.preflight import check_value
from platform_cli.operate.secrets.probing import INTERVAL_SECONDS, ProbeLog, Prober
from platform_cli.operate.secrets.proving import Proof, prove
from platform_cli.operate.secrets.recovering import Action, Recovery, recover
from platform_cli.operate.secrets.selecting import Strategy
from platform_cli.operate.secrets.state import observe_secret

_ENDS: Mapping[Action, str] = {
    "nothing": "nothing was half-done",
    "back": "the secret is as before",
    "forward": "the new value is the current one",
    "keep": "both values are kept",
}
"""What the secret came to, by what put it right."""
_REPLICA_LOOKS = 30
_REPLICA_PAUSE_SECONDS = 2.0


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
            could not be put right; `rotation-left` after Ctrl-C while AWS goes on; what AWS refuses after
            the change; `history-unwritten`. Any other failure is in `Rotation.failure`.
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
    told = _Teller(plan, new, environment, clients, reason, clock)
    steps: list[str] = []

    def heard(event: Event) -> None:
        if isinstance(event, StepStarted):
            steps.append(event.step)
        report(event)

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
            drive.run(new, heard)
        except PlatformError as error:
            failure = error
            with told.if_this_fails("a rotation stopped half-way, and could not be put right"):
                mended = recover(name, plan.strategy, new, rotator, clients, report=report, sleep=sleep)
            failure = None if mended.action == "nothing" and _current(plan, clients) == new else error
        except BaseException as ended:
            # On AWS the rotation goes on without us; here it ended with us.
            if isinstance(drive, LocalDrive):
                with told.if_this_fails(f"{_interrupted(steps)}, and could not be put right"):
                    mended = recover(name, plan.strategy, new, rotator, clients, report=report, sleep=sleep)
                told.write(f"{_interrupted(steps)}; {_ENDS[mended.action]}")
            if isinstance(drive, LocalDrive) or not isinstance(ended, KeyboardInterrupt):
                raise
            told.write("left a rotation that AWS goes on with")
            raise _left(plan) from None
    with told.if_this_fails("a rotation ended; what it came to could not be looked at"):
        current = _current(plan, clients) or old
        proof = prove(plan.strategy, rotator, old, current, changed=current != old)
        behind = _replicas_behind(plan, clients, sleep) if state.replicas and current != old else ()
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
        behind,
    )
    _record(done, environment, clients, reason, clock)
    return done


@dataclass(frozen=True)
class _Teller:
    """Writes into the history what became of a rotation that has no result."""

    plan: RotationPlan
    version: str
    environment: ResolvedEnvironment
    clients: Clients
    reason: str
    clock: Clock

    def write(self, what: str) -> None:
        record(
            self.clients,
            self.environment,
            kind="secrets",
            subject=self.plan.secret.name,
            what=what,
            reason=self.reason,
            details={"version": self.version, "strategy": self.plan.strategy},
            clock=self.clock,
        )

    @contextmanager
    def if_this_fails(self, what: str) -> Iterator[None]:
        try:
            yield
        except PlatformError:
            # The error itself matters more than a history that cannot be written.
            with suppress(PlatformError):
                self.write(what)
            raise


def _interrupted(steps: list[str]) -> str:
    if len(steps) > 1:
        return f"interrupted after step {steps[-2]}, in {steps[-1]}"
    return f"interrupted in step {steps[0]}" if steps else "interrupted before the first step"


def _left(plan: RotationPlan) -> PlatformError:
    name = plan.secret.name
    return PlatformError(
        f'if the rotation of "{name}" had begun, AWS goes on with it; this command watches it no longer',
        hint=f"`platform secrets status {name}` shows how it ends",
        code="rotation-left",
        exit_code=ExitCode.INTERRUPTED,
    )


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
