"""What `platform secrets rotate` and `rollback` show: looks, progress, proof, and who takes the value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.errors import error_data
from platform_cli.cli.rendering.words import moment, number
from platform_cli.operate.secrets import events

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.errors import PlatformError
    from platform_cli.operate.secrets.consumers import Consumer
    from platform_cli.operate.secrets.planning import RotationPlan
    from platform_cli.operate.secrets.rolling_back import Rollback
    from platform_cli.operate.secrets.rotating import Rotation

READ_ANEW_MINUTES = 5
"""How long services of the templates keep a secret in memory."""
_USE_STYLES = {"unseen": "yellow"}
_MARKS = {"ok": ("ok", "green"), "warning": ("!", "yellow"), "failure": ("x", "bold red")}


def render_plans(terminal: Terminal, plans: Sequence[RotationPlan]) -> None:
    """Show what was looked at before rotations; with `--json`, people still read it on stderr."""
    for plan in plans:
        terminal.say(f"{plan.secret.name}  {plan.strategy.replace('_', ' ')}", style="bold")
        for check in plan.checks:
            mark, style = _MARKS.get(check.verdict, ("-", "dim"))
            mend = f" ({check.mend})" if check.mend else ""
            terminal.say(f"  {mark:<3}{check.name:<17}{check.evidence}{mend}", style=style)


def render_dry_run(terminal: Terminal, plans: Sequence[RotationPlan]) -> None:
    """Tell programs what was looked at, where that is all that is done."""
    if terminal.json:
        terminal.data(
            [
                {"secret": p.secret.name, "strategy": p.strategy, "can_rotate": p.applyable}
                | {"checks": list(p.checks), "readers": list(p.readers)}
                for p in plans
            ]
        )


class RotationProgress:
    """Shows the events of a rotation on stderr, a line each."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._awaited: tuple[str, ...] = ()

    def __call__(self, event: events.Event) -> None:
        """Show an event."""
        match event:
            case events.RotationStarted():
                self._terminal.say(f"{event.secret}: rotating by {event.where}, new version {event.token}")
            case events.StepStarted():
                self._terminal.say(f"{event.secret}: {event.step} ({event.number}/4)")
            case events.StepFailed():
                self._terminal.say(f"{event.secret}: the function said: {event.message}", style="yellow")
            case events.Outage(over=False):
                self._terminal.say(f"{event.secret}: neither value works!", style="bold red")
            case events.Outage():
                self._terminal.say(f"{event.secret}: a value works again")
            case events.Recovering():
                self._terminal.say(f"{event.secret}: {event.doing}", style="yellow")
            case events.ConsumersAwaited() if event.functions != self._awaited:
                self._awaited = event.functions
                self._terminal.say(
                    f"{event.secret}: waiting for {', '.join(event.functions)} to take the value, "
                    f"{READ_ANEW_MINUTES} minutes at most; Ctrl-C leaves"
                )


def render_rotations(
    terminal: Terminal,
    done: Sequence[Rotation],
    consumers: Mapping[str, Sequence[Consumer]],
    failed: Mapping[str, PlatformError],
    left: Sequence[str] = (),
) -> None:
    """Show what rotations did and proved, and who was seen to use the new values, by secret.

    Args:
        terminal: Where to.
        done: Rotations that came to an end.
        consumers: Who uses their values.
        failed: Why others did not, which people were told when it happened.
        left: Secrets whose rotation was not begun, since the user ended it before.
    """
    if terminal.json:
        told = [_rotation_data(rotation, consumers.get(rotation.secret, ())) for rotation in done]
        told += [{"secret": name, "done": False, "error": error_data(e)} for name, e in failed.items()]
        told += [{"secret": name, "done": False, "error": None} for name in left]
        terminal.data(told)
        return
    for rotation in done:
        terminal.result(_headline(rotation), style=None if rotation.done else "bold red")
        terminal.result(*(f"  {line}" for line in _proven(rotation)))
        _render_consumers(terminal, consumers.get(rotation.secret, ()), "the new value")
    if left:
        terminal.say(f"not begun: {', '.join(left)}", style="yellow")
    _say_why_unseen(terminal, [consumer for told in consumers.values() for consumer in told])


def _render_consumers(terminal: Terminal, consumers: Sequence[Consumer], value: str) -> None:
    for consumer in consumers:
        told = {
            "taken": f"uses {value} since {consumer.when:%H:%M:%S}" if consumer.when else "",
            "idle": f"was not called since; it reads {value} at its next call",
            "unseen": f"was called, and has not said that it took {value}",
        }[consumer.use]
        terminal.result(f"  {consumer.function} {told}", style=_USE_STYLES.get(consumer.use))


def _say_why_unseen(terminal: Terminal, consumers: Sequence[Consumer]) -> None:
    if any(consumer.use == "unseen" for consumer in consumers):
        terminal.say(
            "only servicekit says which version it took, at the level INFO; what reads the secret otherwise "
            f"takes the value by its own rules, within {READ_ANEW_MINUTES} minutes with servicekit",
            style="dim",
        )


def rollback_lines(rollback: Rollback) -> Iterator[str]:
    """Say what a rollback changes."""
    made = moment(rollback.previous.created)
    yield f"The value of {rollback.secret} from {made} becomes the current one again."
    if rollback.works:
        yield "It still works."
    if rollback.warning:
        yield f"Note: {rollback.warning}."


def render_rollback(terminal: Terminal, rollback: Rollback, consumers: Sequence[Consumer]) -> None:
    """Say that a secret was rolled back, and who was seen to take the value."""
    if terminal.json:
        told = {"secret": rollback.secret, "version": rollback.previous.id, "works": rollback.works}
        readers = {"readers": list(rollback.readers), "consumers": list(consumers)}
        terminal.data({**told, **readers})
        return
    terminal.result(f"{rollback.secret} has its previous value again")
    _render_consumers(terminal, consumers, "it")
    _say_why_unseen(terminal, consumers)


def _headline(rotation: Rotation) -> str:
    if rotation.failure is None:
        return f"{rotation.secret} is rotated"
    if not rotation.proof.changed:
        return f"{rotation.secret} is as before: {rotation.failure.message}"
    return f"{rotation.secret} is rotated, after a failure: {rotation.failure.message}"


def _proven(rotation: Rotation) -> Iterator[str]:
    proof, probe = rotation.proof, rotation.probe
    yield {
        True: "the current value works",
        False: "THE CURRENT VALUE DOES NOT WORK",
        None: "nobody can be asked whether the value works",
    }[proof.new_works]
    if proof.old_works is not None:
        works = "still works" if proof.old_works else "does not work any more"
        right = proof.old_shall_work in (None, proof.old_works)
        yield f"the old value {works}, {'as' if right else 'AGAINST WHAT'} the strategy says"
    if probe.able:
        looks = number(len(probe.samples), "look")
        if probe.gaps:
            yield from (
                f"NEITHER VALUE WORKED for at most {gap.end - gap.start:.1f} s, from second {gap.start:.1f}"
                for gap in probe.gaps
            )
        else:
            yield f"at each of {looks} during the rotation, the old or the new value worked"
    if probe.failures:
        yield f"{number(probe.failures, 'look')} of the probe failed"
    if rotation.replicas_behind:
        yield f"the copy in {', '.join(rotation.replicas_behind)} does not have the new value yet"


def _rotation_data(rotation: Rotation, consumers: Sequence[Consumer]) -> dict[str, Any]:
    return {
        "secret": rotation.secret,
        "strategy": rotation.strategy,
        "done": rotation.done,
        "old_version": rotation.old_version,
        "new_version": rotation.new_version,
        "proof": rotation.proof,
        "probe": {
            "looks": len(rotation.probe.samples),
            "failures": rotation.probe.failures,
            "gaps": list(rotation.probe.gaps),
        },
        "recovered": rotation.recovered,
        "failure": rotation.failure.message if rotation.failure else None,
        "readers": list(rotation.readers),
        "consumers": list(consumers),
        "replicas_behind": list(rotation.replicas_behind),
    }
