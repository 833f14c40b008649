"""Judge the state of secrets: stuck, overdue, unused, missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret
from platform_cli.operate.secrets.selecting import Strategy, readers_of, strategy_of
from platform_cli.operate.secrets.state import PREVIOUS, SecretState

STUCK_AFTER = timedelta(minutes=20)
"""A rotation function runs for 15 minutes at most; after that nothing of this run can be going on."""
UNUSED_AFTER = timedelta(days=90)
ROTATION_WINDOW = timedelta(days=1)
"""Within it Secrets Manager rotates once a rotation by days is due (RotationRulesType, 2026-11)."""
Kind = Literal["missing", "empty", "deleted", "stuck", "rotating", "overdue", "unused", "managed", "replica"]
_FINE: tuple[Kind, ...] = ("rotating", "managed", "unused")


@dataclass(frozen=True)
class Condition:
    """Something to know about a secret: its kind, what is seen, and what to do (None: nothing)."""

    kind: Kind
    message: str
    mend: str | None = None

    @property
    def code(self) -> str:
        """By which `platform explain` knows it."""
        return f"secret-{self.kind}"

    @property
    def serious(self) -> bool:
        """Whether somebody should act."""
        return self.kind not in _FINE


@dataclass(frozen=True)
class SecretReport:
    """A secret of the blueprint, and how it is.

    Attributes:
        name: As the blueprint calls it.
        physical_name: As Secrets Manager does.
        age_days: Of the current value; None without one.
        rotation_days: Between rotations; None if it does not rotate.
        strategy: How it rotates; None if it does not.
        last_rotated: When its value last changed by rotation, or at all.
        next_rotation: When it should change next.
        readers: Functions that may read it.
        conditions: What there is to know.
        state: As observed; None if it is not deployed.
    """

    name: str
    physical_name: str
    age_days: int | None
    rotation_days: int | None
    strategy: Strategy | None
    last_rotated: datetime | None
    next_rotation: datetime | None
    readers: tuple[str, ...]
    conditions: tuple[Condition, ...]
    state: SecretState | None

    @property
    def overdue(self) -> bool:
        """Whether it should have changed already."""
        return any(condition.kind == "overdue" for condition in self.conditions)

    @property
    def serious(self) -> bool:
        """Whether somebody should act."""
        return any(condition.serious for condition in self.conditions)


def judge(
    secret: ResolvedSecret, state: SecretState | None, environment: ResolvedEnvironment, now: datetime
) -> SecretReport:
    """Judge one secret.

    Args:
        secret: Of the blueprint.
        state: As observed; None if there is none.
        environment: Where.
        now: The time.
    """
    readers = readers_of(secret, environment)
    changed = _changed(state)
    due = _due(secret, state, changed)
    return SecretReport(
        name=secret.name,
        physical_name=secret.physical_name,
        age_days=(now - changed).days if changed is not None else None,
        rotation_days=secret.rotation_days,
        strategy=strategy_of(secret, environment) if secret.rotation_days is not None else None,
        last_rotated=state.last_rotated if state else None,
        next_rotation=due,
        readers=readers,
        conditions=tuple(_conditions(secret, state, readers, due, now, environment.environment)),
        state=state,
    )


def _changed(state: SecretState | None) -> datetime | None:
    """When the current value was made."""
    if state is None or state.current is None or not state.has_value:
        return None
    return state.current.created or state.last_rotated or state.created


def _due(secret: ResolvedSecret, state: SecretState | None, changed: datetime | None) -> datetime | None:
    if secret.rotation_days is None or state is None or changed is None:
        return None
    # AWS moves its own date on when a rotation is missed, so the value's age decides.
    by_age = changed + timedelta(days=secret.rotation_days)
    if state.next_rotation is None:
        return by_age
    # AWS rotates at some time of the day on which it is due.
    return min(state.next_rotation, by_age + ROTATION_WINDOW)


def _conditions(
    secret: ResolvedSecret,
    state: SecretState | None,
    readers: tuple[str, ...],
    due: datetime | None,
    now: datetime,
    environment: str,
) -> list[Condition]:
    option = f"--env {environment}"
    if state is None:
        return [Condition("missing", "is not deployed", f"platform deploy {option}")]
    found = []
    if state.deleted is not None:
        found.append(Condition("deleted", "is marked for deletion", "restore it in the console, or deploy"))
    elif not state.has_value:
        found.append(Condition("empty", "has no value", f"platform secrets set {secret.name} {option}"))
    if state.owning_service:
        found.append(Condition("managed", f"is managed by {state.owning_service}"))
    found += _of_rotation(secret, state, due, now, option)
    found += [
        Condition("replica", f"the replica in {replica.region} is {replica.status}: {replica.message}")
        for replica in state.replicas
        if replica.status == "Failed"
    ]
    if not readers:
        found.append(Condition("unused", "no function reads it"))
    elif state.last_accessed is not None and now - state.last_accessed > UNUSED_AFTER:
        found.append(Condition("unused", f"was last read on {state.last_accessed:%Y-%m-%d}"))
    return found


def _of_rotation(
    secret: ResolvedSecret, state: SecretState, due: datetime | None, now: datetime, option: str
) -> list[Condition]:
    found = []
    rotate = f"platform secrets rotate {secret.name} {option}"
    if state.pending is not None:
        if is_stuck(state, now):
            found.append(Condition("stuck", "a rotation stopped half-way", rotate))
        else:
            found.append(Condition("rotating", "a rotation is going on"))
    if due is not None and due < now:
        days = (now - due).days
        late = f"{days} days ago" if days > 1 else "yesterday" if days else "today"
        found.append(Condition("overdue", f"should have rotated {late}", rotate))
    return found


def is_stuck(state: SecretState, now: datetime) -> bool:
    """Whether a rotation has a pending version, and nothing can be working on it any more."""
    pending = state.pending
    if pending is None:
        return False
    # What was current once is not being made: the label is left from a rotation that ended.
    ended = PREVIOUS in pending.labels
    return ended or pending.created is None or now - pending.created > STUCK_AFTER
