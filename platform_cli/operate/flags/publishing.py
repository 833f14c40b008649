"""Bring a change of flags to everybody, without losing one of somebody else.

A change is written as a new version under the lock on the latest one, and deployed under the lock on the
latest deployment. Who is overtaken applies the intents anew to what is there now. AWS runs one deployment
an environment: who waits for its turn may find the change carried by somebody's later version, and then
needs no deployment of its own.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from platform_cli.blueprint.naming import Names
from platform_cli.deploy.answers import Sleep
from platform_cli.errors import PlatformError
from platform_cli.operate.flags.constraints import check_document
from platform_cli.operate.flags.document import FlagsDocument
from platform_cli.operate.flags.events import (
    AlarmsUnseen,
    Overtaken,
    Report,
    VersionWritten,
    WaitingForTurn,
    silent,
)
from platform_cli.operate.flags.intents import Intent, apply
from platform_cli.operate.flags.store import FlagStore
from platform_cli.operate.flags.watching import POLL_SECONDS, AlarmGuard, Interrupted, leave, watch

_TRIES = 40
_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

Result = Literal["unchanged", "done", "started", "left", "pending", "rolled-back", "stopped"]


@dataclass(frozen=True)
class FlagsChange:
    """What became of a change.

    Attributes:
        result: `unchanged` if the flags were so already; `done` once everybody has it; `started` if
            nobody waited for the end; `left` if somebody stopped watching; `pending` if it is written
            and waits for a deployment; `rolled-back` by an alarm; `stopped` by somebody.
        before: The document that it was applied to.
        after: The document with it.
        version: The version that carries it, or None.
        deployment: The deployment that carries it, or None.
        ours: Whether that deployment was started for it, or carries it along.
        cause: Why it was rolled back.
        alarms: Which alarms did that.
    """

    result: Result
    before: FlagsDocument
    after: FlagsDocument
    version: int | None = None
    deployment: int | None = None
    ours: bool = True
    cause: str = ""
    alarms: tuple[str, ...] = ()


class _Rejected(Exception):
    """What the version was made from was rolled back before it was deployed itself."""


@dataclass(frozen=True)
class Publisher:
    """How changes are brought to everybody.

    Attributes:
        store: The flags.
        strategy: Id of the deployment strategy.
        report: Is told of all progress.
        wait: Whether to stay until the deployment ends.
        on_deploying: Is told once the change is on its way, with version and deployment.
        interrupted: Decides on Ctrl-C.
        sleep: Waits.
        chance: Spreads those who wait; from 0 to 1.
        poll_seconds: Between two looks.
        names: Of the environment, whose alarms are watched; None watches none.
    """

    store: FlagStore
    strategy: str
    report: Report = silent
    wait: bool = True
    on_deploying: Callable[[FlagsChange], None] = lambda _change: None
    interrupted: Interrupted = leave
    sleep: Sleep = time.sleep
    chance: Callable[[], float] = random.random
    poll_seconds: float = POLL_SECONDS
    names: Names | None = None

    def publish(self, intents: Sequence[Intent]) -> FlagsChange:
        """Apply intents to the flags as they are now, and bring the result to everybody.

        Raises:
            PlatformError: `invalid-flags`, `unknown-flag`; `flags-contended` if others were always faster;
                or what AWS refuses.
        """
        pause = _PAUSE_SECONDS
        for attempt in range(_TRIES):
            lineage = self.store.lineage()
            base = lineage.base
            before = self.store.document(base)
            after = apply(intents, before)
            change = FlagsChange("unchanged", before, after, base)
            made: dict[int, int | None] = {}
            if after != before or base is None:
                check_document(after)
                words = "; ".join(f"{intent.name}: {intent.words}" for intent in intents)
                written = self.store.create(after, lineage.latest, words, base)
                if written is None:
                    self.report(Overtaken(attempt + 1))
                    self.sleep(pause * (0.5 + self.chance()))
                    pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
                    continue
                self.report(VersionWritten(written))
                made[written] = base
                change = replace(change, version=written)
            elif lineage.effective is not None and lineage.effective.version == base:
                return replace(change, deployment=lineage.effective.number)
            try:
                return self._bring(change, " ".join(intent.name for intent in intents), made)
            except _Rejected:
                continue
        raise PlatformError(
            f"others changed the flags {_TRIES} times before this change could be written",
            hint="run the command again in a moment; nothing was changed",
            code="flags-contended",
        )

    def _bring(self, change: FlagsChange, words: str, made: Mapping[int, int | None]) -> FlagsChange:
        """Deliver, and let Ctrl-C before the deployment began decide whether to go on.

        Args:
            change: With its version.
            words: For the deployment.
            made: That version and the one it was made from; nothing if none was written.
        """
        while True:
            try:
                return self._deliver(change, words, made)
            except KeyboardInterrupt:
                left = self._left(change, made)
                if left is not None:
                    return left
                if self.interrupted(None) != "wait":
                    return replace(change, result="pending")

    def _deliver(self, change: FlagsChange, words: str, made: Mapping[int, int | None]) -> FlagsChange:
        """Deploy the version, or a later one that carries it; or find it deployed."""
        version = change.version or 0
        while True:
            lineage = self.store.lineage(made)
            refused = lineage.refused_with(version)
            if refused is not None and refused.state != "ROLLING_BACK":
                return self._watch(replace(change, deployment=refused.number, ours=False))
            if refused is None and lineage.rejected(version):
                raise _Rejected
            active = lineage.active
            if active is not None:
                carried = active.profile == lineage.profile and lineage.carries(active.version, version)
                if carried and refused is None:
                    return self._watch(
                        replace(change, version=active.version, deployment=active.number, ours=False)
                    )
                self.report(WaitingForTurn(active.number, active.profile, active.state, active.percent))
                self._pause()
                continue
            holds = lineage.effective
            if holds is not None and lineage.carries(holds.version, version):
                done = replace(
                    change, result="done", version=holds.version, deployment=holds.number, ours=False
                )
                self.on_deploying(done)
                return done
            newest = lineage.base or 0
            if not lineage.carries(newest, version):
                raise _Rejected
            number = self.store.start(newest, lineage.latest_deployment, self.strategy, words)
            if number is not None:
                return self._watch(replace(change, version=newest, deployment=number))
            self._pause()

    def _left(self, change: FlagsChange, made: Mapping[int, int | None]) -> FlagsChange | None:
        """The change, if it is on its way although a call was interrupted; None if it is not."""
        lineage = self.store.lineage(made)
        coming = lineage.coming
        if coming is None or not lineage.carries(coming, change.version or 0):
            return None
        active, holds = lineage.active, lineage.effective
        # A deployment that goes on may be of another profile, while ours holds already.
        goes_on = active is not None and active.profile == lineage.profile and active.version == coming
        carrier = active if goes_on else holds
        number = carrier.number if carrier is not None else None
        left = replace(change, result="left" if goes_on else "done", version=coming, deployment=number)
        self.on_deploying(left)
        return left

    def _pause(self) -> None:
        self.sleep(self.poll_seconds * (0.5 + self.chance()))

    def _watch(self, change: FlagsChange) -> FlagsChange:
        self.on_deploying(replace(change, result="started"))
        if not self.wait:
            return replace(change, result="started")
        watched = watch(
            self.store,
            change.deployment or 0,
            ours=change.ours,
            report=self.report,
            sleep=self.sleep,
            poll_seconds=self.poll_seconds,
            interrupted=self.interrupted,
            guard=self._guard() if change.ours else None,
        )
        return replace(change, result=watched.end, cause=watched.cause, alarms=watched.alarms)

    def _guard(self) -> AlarmGuard | None:
        names = self.names
        if names is None:
            return None

        def firing() -> frozenset[str]:
            return self.store.firing_alarms(names)

        try:
            return AlarmGuard(firing, firing())
        except PlatformError as error:
            self.report(AlarmsUnseen(error.message))
            return None
