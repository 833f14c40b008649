"""Changes of feature flags from the command line: shown, approved, published, watched, recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from platform_cli.cli.changing import Change
from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.cli.rendering.flag_progress import FlagProgress
    from platform_cli.operate.flags.document import FlagsDocument
    from platform_cli.operate.flags.events import DeploymentProgress
    from platform_cli.operate.flags.intents import Intent
    from platform_cli.operate.flags.publishing import FlagsChange
    from platform_cli.operate.flags.standing import Standing
    from platform_cli.operate.flags.store import FlagStore
    from platform_cli.operate.flags.watching import Decision


_DECISIONS: Mapping[str, Decision] = {"wait": "wait", "leave": "leave", "stop": "stop"}


@dataclass(frozen=True)
class How:
    """How a change is brought to everybody: why, whether its end is awaited, by which strategy."""

    reason: str = ""
    wait: bool = True
    strategy: str | None = None


def in_environment(session: Session, name: str) -> Session:
    """Return a session about another environment of the same blueprint."""
    other = Session(replace(session.options, environment=name), session.terminal)
    other.work = session.work
    return other


def open_flags(session: Session) -> FlagStore:
    """Return the flags of the session's environment.

    Raises:
        PlatformError: They are not deployed, or hold no feature flags.
    """
    from platform_cli.operate.flags.store import FlagStore, find_flags

    clients = reach(session)
    return FlagStore(find_flags(session.environment, clients), clients)


def standing(session: Session) -> Standing:
    """Return the flags as they stand.

    Raises:
        PlatformError: They are not deployed, or hold no feature flags.
    """
    from platform_cli.operate.flags.standing import read_standing

    return read_standing(open_flags(session))


def current(session: Session) -> FlagsDocument:
    """Return the flags as they are written: what was not rolled back."""
    return standing(session).document


def change_one(session: Session, intent: Intent, how: How) -> None:
    """Carry out a change of one flag, and show what became of it."""
    change(session, lambda _document: [intent], how)


def change(
    session: Session,
    intents_for: Callable[[FlagsDocument], Sequence[Intent]],
    how: How,
) -> None:
    """Show what would change, ask, publish, record, and show what became of it.

    Args:
        session: With the environment.
        intents_for: Gives the intents for the flags as they stand.
        how: Reason, waiting, strategy.

    Raises:
        PlatformError: The change is not valid, was declined, or was rolled back.
    """
    from platform_cli.cli.rendering.flags import changes_text, render_change, waiting_text
    from platform_cli.operate.flags.constraints import check_document
    from platform_cli.operate.flags.differences import compare
    from platform_cli.operate.flags.intents import apply
    from platform_cli.operate.flags.standing import read_standing
    from platform_cli.operate.flags.strategies import find_strategy

    store = open_flags(session)
    stand = read_standing(store)
    intents = intents_for(stand.document)
    after = apply(intents, stand.document)
    check_document(after)
    environment = session.environment.environment
    differences = compare(stand.document, after)
    strategy = find_strategy(session.environment, store.clients, how.strategy)
    change = Change(session, "flags", how.reason)
    if differences or stand.waiting:
        # What somebody wrote and nobody deployed goes along, so it is shown and approved as well.
        waiting = [waiting_text([*stand.waiting.values()])] if stand.waiting else []
        shown = changes_text(differences, environment, strategy, store.home.alarms)
        change.approve(f"Change this in {environment}?", *waiting, shown)
    with change.underway(", ".join(dict.fromkeys(intent.name for intent in intents))):
        outcome = _publish(session, store, intents, how, strategy.id)
    render_change(session.terminal, outcome, environment, _of_others(store, outcome))
    _check_outcome(session, outcome)


def _of_others(store: FlagStore, outcome: FlagsChange) -> tuple[str, ...]:
    """The flags that others changed in the version that carries a change, if it is not the change's own."""
    from platform_cli.operate.flags.differences import compare

    if outcome.ours or outcome.version is None or outcome.result == "unchanged":
        return ()
    return tuple(d.name for d in compare(outcome.after, store.document(outcome.version)))


def _publish(
    session: Session, store: FlagStore, intents: Sequence[Intent], how: How, strategy: str
) -> FlagsChange:
    from platform_cli.cli.rendering.flag_progress import FlagProgress
    from platform_cli.operate.flags.publishing import Publisher
    from platform_cli.operate.functions import names_of

    def recorded(outcome: FlagsChange) -> None:
        _record(session, intents, outcome, how.reason)

    with FlagProgress(session.terminal) as progress:
        publisher = Publisher(
            store,
            strategy,
            report=progress,
            wait=how.wait,
            on_deploying=recorded,
            interrupted=lambda seen: decide(session, progress, seen),
            names=names_of(session.environment),
        )
        outcome = publisher.publish(intents)
    if outcome.result in ("rolled-back", "stopped"):
        words = f"{outcome.result}: {outcome.cause}".rstrip(": ")
        _record(session, intents, outcome, how.reason, words)
    if outcome.result == "pending":
        _record(session, intents, outcome, how.reason, note="written, not deployed: ")
    return outcome


def _record(
    session: Session,
    intents: Sequence[Intent],
    outcome: FlagsChange,
    reason: str,
    words: str | None = None,
    note: str = "",
) -> None:
    from platform_cli.operate.flags.differences import compare

    change = Change(session, "flags", reason)
    changed = {difference.name for difference in compare(outcome.before, outcome.after)}
    made = {"version": str(outcome.version), "deployment": str(outcome.deployment or "")}
    for intent in intents:
        if intent.name in changed:
            change.record(intent.name, f"{note}{words or intent.words}", **made)


def decide(session: Session, progress: FlagProgress, seen: DeploymentProgress | None) -> Decision:
    """Ask what Ctrl-C shall mean; where nobody can be asked, the deployment goes on alone."""
    if not session.terminal.interactive:
        return "leave"
    if seen is None:
        choices = [("wait", "go on waiting for a turn"), ("leave", "leave it written, and not deployed")]
    else:
        others = "" if seen.ours else ", with changes of others in it"
        choices = [
            ("wait", "go on watching"),
            ("leave", "leave; the deployment goes on by itself"),
            ("stop", f"stop it, which rolls it back{others}"),
        ]
    with progress.paused():
        chosen = session.terminal.choose("What now", choices, flag="--no-wait")
    return _DECISIONS[chosen]


def _check_outcome(session: Session, outcome: FlagsChange) -> None:
    import typer

    environment = session.environment.environment
    if outcome.result == "rolled-back":
        by = f" by the alarm {', '.join(outcome.alarms)}" if outcome.alarms else ""
        raise PlatformError(
            f"deployment {outcome.deployment} of the flags in {environment} was rolled back{by}"
            + (f": {outcome.cause}" if outcome.cause else ""),
            hint="the flags are as they were before; see the alarm, and try again when it is quiet",
            code="flags-rolled-back",
        )
    if outcome.result == "stopped":
        raise PlatformError(
            f"deployment {outcome.deployment} of the flags in {environment} was stopped",
            hint="the flags are as they were before",
            code="flags-stopped",
        )
    if outcome.result in ("left", "pending"):
        raise typer.Exit(ExitCode.INTERRUPTED)
