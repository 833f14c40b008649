"""Watch a deployment of flags until it is through, through its bake, or rolled back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from platform_cli.deploy.answers import Sleep
from platform_cli.errors import PlatformError
from platform_cli.operate.flags.events import DeploymentProgress, Report
from platform_cli.operate.flags.store import FlagStore

POLL_SECONDS = 2.0
FINAL = frozenset({"COMPLETE", "ROLLED_BACK", "REVERTED"})
_ALARM = re.compile(r":alarm:([^\s,]+)")

STOPPED = "it began to fire during the deployment, which this command then stopped"

Decision = Literal["wait", "leave", "stop"]
Interrupted = Callable[[DeploymentProgress | None], Decision]
"""Asked when somebody presses Ctrl-C; None if nothing of ours is being deployed yet."""
End = Literal["done", "rolled-back", "stopped", "left"]


@dataclass(frozen=True)
class Watched:
    """How a deployment ended.

    Attributes:
        end: `left` if it goes on and nobody watches.
        cause: Why it was rolled back, in AppConfig's words and with the alarms; else empty.
        alarms: Names of the alarms that rolled it back.
    """

    end: End
    cause: str = ""
    alarms: tuple[str, ...] = ()


def leave(_progress: DeploymentProgress | None) -> Decision:
    """Decide for going, where nobody can be asked."""
    return "leave"


@dataclass(frozen=True)
class AlarmGuard:
    """The environment's alarms, which AppConfig itself only watches where it was given a role for them.

    Attributes:
        firing: Gives the names of the alarms that fire now.
        before: Those that fired when the deployment began, which it cannot have caused.
    """

    firing: Callable[[], frozenset[str]]
    before: frozenset[str]

    def new(self) -> tuple[str, ...]:
        """Alarms that began to fire meanwhile; none if they cannot be read just now."""
        try:
            return tuple(sorted(self.firing() - self.before))
        except PlatformError:
            return ()  # the next look may succeed, and the deployment shall not go on unwatched


def watch(
    store: FlagStore,
    deployment: int,
    *,
    ours: bool,
    report: Report,
    sleep: Sleep,
    poll_seconds: float = POLL_SECONDS,
    interrupted: Interrupted = leave,
    guard: AlarmGuard | None = None,
) -> Watched:
    """Report a deployment's progress until it ends.

    Args:
        store: The flags.
        deployment: Its number.
        ours: Whether this run started it.
        report: Is told at each look.
        sleep: Waits between two looks.
        poll_seconds: How long.
        interrupted: Decides on Ctrl-C.
        guard: Stops the deployment when an alarm begins to fire.
    """
    stopped = False
    alarms: tuple[str, ...] = ()
    while True:
        try:
            told = store.look(deployment)
            progress = _progress(told, deployment, ours)
            report(progress)
            if progress.state in FINAL:
                ended = _ended(store, told, progress.state, stopped)
                return Watched("rolled-back", STOPPED, alarms) if alarms and ended.end != "done" else ended
            if guard is not None and not alarms and progress.state in ("DEPLOYING", "BAKING"):
                alarms = guard.new()
                if alarms and _stop(store, deployment):
                    continue
            sleep(poll_seconds)
        except KeyboardInterrupt:
            decision = interrupted(_progress(store.look(deployment), deployment, ours))
            if decision == "leave":
                return Watched("left")
            if decision == "stop":
                stopped = _stop(store, deployment) or stopped


def _stop(store: FlagStore, deployment: int) -> bool:
    """Stop it as its state demands; False if it had ended meanwhile."""
    state = str(store.look(deployment)["State"])
    if state in FINAL:
        return False
    try:
        store.stop(deployment, baking=state == "BAKING")
    except PlatformError as error:
        # Between the look and the call it may have begun to bake, or ended.
        if error.code != "invalid-request" and "BadRequest" not in error.message:
            raise
        again = str(store.look(deployment)["State"])
        if again in FINAL:
            return False
        store.stop(deployment, baking=True)
    return True


def _progress(told: Mapping[str, Any], deployment: int, ours: bool) -> DeploymentProgress:
    version = str(told.get("ConfigurationVersion") or "0")
    return DeploymentProgress(
        deployment,
        int(version) if version.isdigit() else 0,
        str(told["State"]),
        float(told.get("PercentageComplete") or 0),
        int(told.get("FinalBakeTimeInMinutes") or 0),
        ours,
    )


def _ended(store: FlagStore, told: Mapping[str, Any], state: str, stopped: bool) -> Watched:
    if state == "COMPLETE":
        return Watched("done")
    cause, alarms = rollback_cause(told)
    if stopped or "USER" in _trigger(told):
        return Watched("stopped", cause, alarms)
    return Watched("rolled-back", cause, alarms or _firing(store))


def rollback_cause(told: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Why a deployment was rolled back, and by which alarms, from its log of events."""
    for event in told.get("EventLog") or ():
        if event.get("EventType") in ("ROLLBACK_STARTED", "REVERT_COMPLETED"):
            text = str(event.get("Description") or "")
            return text, tuple(dict.fromkeys(name.rstrip(".") for name in _ALARM.findall(text)))
    return "", ()


def _trigger(told: Mapping[str, Any]) -> str:
    events = told.get("EventLog") or ()
    kinds = ("ROLLBACK_STARTED", "REVERT_COMPLETED")
    return next((str(e.get("TriggeredBy") or "") for e in events if e.get("EventType") in kinds), "")


def _firing(store: FlagStore) -> tuple[str, ...]:
    """The environment's alarms that fire now, where the log of events names none."""
    names = store.home.alarms
    if not names:
        return ()
    from platform_cli.aws.errors import aws_errors

    with aws_errors("reading the alarms that watch the flags", target=store.clients.target):
        told = store.clients.client("cloudwatch").describe_alarms(
            AlarmNames=list(names), StateValue="ALARM", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
    fired = [*told.get("MetricAlarms", ()), *told.get("CompositeAlarms", ())]
    return tuple(sorted(alarm["AlarmName"] for alarm in fired))
