"""What `platform secrets` shows. Values only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import moment, number
from platform_cli.operate.secrets import events

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.secrets.consumers import Consumer
    from platform_cli.operate.secrets.judging import SecretReport
    from platform_cli.operate.secrets.rolling_back import Rollback
    from platform_cli.operate.secrets.rotating import Rotation, RotationPlan
    from platform_cli.operate.secrets.values import SecretValue, Setting

READ_ANEW_MINUTES = 5
"""How long services of the templates keep a secret in memory."""
_USE_STYLES = {"unseen": "yellow"}
_MARKS = {"ok": ("ok", "green"), "warning": ("!", "yellow"), "failure": ("x", "bold red")}


def render_list(terminal: Terminal, reports: Sequence[SecretReport]) -> None:
    """Show a line a secret."""
    if terminal.json:
        terminal.data([_report_data(report) for report in reports])
        return
    if not reports:
        terminal.say("the blueprint has no secrets")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("SECRET", "AGE", "ROTATES", "LAST ROTATION", "NEXT", "NOTE"):
        table.add_column(heading, no_wrap=heading != "NOTE")
    for report in reports:
        table.add_row(
            report.name,
            "-" if report.age_days is None else number(report.age_days, "day"),
            f"every {number(report.rotation_days, 'day')}" if report.rotation_days else "-",
            _day(report.last_rotated),
            _day(report.next_rotation),
            "; ".join(condition.message for condition in report.conditions),
            style="yellow" if report.serious else None,
        )
    terminal.out.print(table)


def render_status(terminal: Terminal, reports: Sequence[SecretReport]) -> None:
    """Show all that is known of secrets but their values."""
    if terminal.json:
        terminal.data([_report_data(report) for report in reports])
        return
    for report in reports:
        terminal.result(f"{report.name}  {report.physical_name}", style="bold")
        terminal.result(*(f"  {label:<15}{text}" for label, text in _facts(report)))
        for condition in report.conditions:
            mend = f" (`{condition.mend}`)" if condition.mend else ""
            style = "yellow" if condition.serious else "dim"
            terminal.result(f"  {condition.kind:<15}{condition.message}{mend}", style=style)


def render_value(terminal: Terminal, value: SecretValue, *, reveal: bool) -> None:
    """Show a value, or only its shape."""
    told: dict[str, Any] = {"secret": value.secret, "version": value.version, "shape": value.shape}
    if terminal.json:
        terminal.data({**told, **({"value": value.value.reveal()} if reveal else {})})
    elif reveal:
        terminal.raw(value.value.reveal().encode() + b"\n")
    else:
        terminal.result(f"{value.secret}: {value.shape}, set {moment(value.version.created)}")
        terminal.say(f"`platform secrets get {value.secret} --reveal` shows the value", style="dim")


def setting_lines(setting: Setting, environment: str) -> Iterator[str]:
    """Say what setting a value changes."""
    old = "replaces the current value, which stays as the previous one" if setting.base else "is the first"
    yield f"The new value of {setting.secret.name} in {environment} {old}."
    if setting.warning:
        yield f"Note: {setting.warning}."


def render_set(terminal: Terminal, setting: Setting, version: str) -> None:
    """Say that a value was set."""
    if terminal.json:
        terminal.data({"secret": setting.secret.name, "version": version})
    else:
        terminal.result(f"{setting.secret.name} has a new value")


def render_plans(terminal: Terminal, plans: Sequence[RotationPlan]) -> None:
    """Show what was looked at before rotations."""
    for plan in plans:
        terminal.say(f"{plan.secret.name}  {plan.strategy.replace('_', ' ')}", style="bold")
        for check in plan.checks:
            mark, style = _MARKS.get(check.verdict, ("-", "dim"))
            mend = f" ({check.mend})" if check.mend else ""
            terminal.say(f"  {mark:<3}{check.name:<17}{check.evidence}{mend}", style=style)


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
                    f"{event.secret}: waiting for {', '.join(event.functions)} to take the new value, "
                    f"{READ_ANEW_MINUTES} minutes at most; Ctrl-C leaves"
                )


def render_rotations(
    terminal: Terminal, done: Sequence[Rotation], consumers: Mapping[str, Sequence[Consumer]]
) -> None:
    """Show what rotations did and proved, and who was seen to use the new values, by secret."""
    if terminal.json:
        terminal.data([_rotation_data(rotation, consumers.get(rotation.secret, ())) for rotation in done])
        return
    for rotation in done:
        terminal.result(_headline(rotation), style=None if rotation.done else "bold red")
        terminal.result(*(f"  {line}" for line in _proven(rotation)))
        for consumer in consumers.get(rotation.secret, ()):
            terminal.result(f"  {consumer.function} {_use(consumer)}", style=_USE_STYLES.get(consumer.use))
    if any(consumer.use == "unseen" for told in consumers.values() for consumer in told):
        terminal.say(
            "only servicekit says which version it took, at the level INFO; what reads the secret otherwise "
            f"takes the new value by its own rules, within {READ_ANEW_MINUTES} minutes with servicekit",
            style="dim",
        )


def _use(consumer: Consumer) -> str:
    match consumer.use:
        case "taken":
            return f"uses the new value since {consumer.when:%H:%M:%S}"
        case "idle":
            return "was not called since; it reads the new value at its next call"
        case _:
            return "was called, and has not said that it took the new value"


def rollback_lines(rollback: Rollback) -> Iterator[str]:
    """Say what a rollback changes."""
    made = moment(rollback.previous.created)
    yield f"The value of {rollback.secret} from {made} becomes the current one again."
    if rollback.works:
        yield "It still works."
    if rollback.warning:
        yield f"Note: {rollback.warning}."


def render_rollback(terminal: Terminal, rollback: Rollback) -> None:
    """Say that a secret was rolled back."""
    if terminal.json:
        terminal.data({"secret": rollback.secret, "version": rollback.previous.id, "works": rollback.works})
        return
    terminal.result(f"{rollback.secret} has its previous value again")
    if rollback.readers:
        terminal.say(f"{', '.join(rollback.readers)}: take it when they read it anew")


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


def _facts(report: SecretReport) -> Iterator[tuple[str, str]]:
    state = report.state
    if report.rotation_days and report.strategy:
        how = report.strategy.replace("_", " ")
        yield "rotates", f"every {number(report.rotation_days, 'day')}, {how}"
        yield "next", moment(report.next_rotation)
    if state is not None:
        if state.last_rotated is not None:
            yield "last rotated", moment(state.last_rotated)
        if state.rotation_function:
            yield "function", state.rotation_function.rpartition(":")[2]
        for version in state.versions:
            yield "version", f"{version.id}  {', '.join(version.labels)}  {moment(version.created)}"
        for replica in state.replicas:
            yield "replica", f"{replica.region}  {replica.status}"
        if state.last_accessed is not None:
            yield "last read", _day(state.last_accessed)
    if report.readers:
        yield "read by", ", ".join(report.readers)


def _report_data(report: SecretReport) -> dict[str, Any]:
    return {
        "secret": report.name,
        "physical_name": report.physical_name,
        "age_days": report.age_days,
        "rotation_days": report.rotation_days,
        "strategy": report.strategy,
        "last_rotated": report.last_rotated,
        "next_rotation": report.next_rotation,
        "readers": list(report.readers),
        "conditions": list(report.conditions),
        "versions": list(report.state.versions) if report.state else [],
        "replicas": list(report.state.replicas) if report.state else [],
    }


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


def _day(when: Any) -> str:
    return when.strftime("%Y-%m-%d") if when is not None else "-"
