"""Alarms that are set off or silenced from the command line: shown, approved, done, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from platform_cli.cli.alarms import selected
from platform_cli.cli.changing import Change
from platform_cli.cli.deploying import reach
from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session
from platform_cli.cli.times import length_of
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.operate.alarms.proving import AlarmTest
    from platform_cli.operate.alarms.reading import AlarmStatus
    from platform_cli.operate.alarms.silencing import Silence


def test(session: Session, selector: str | None, reason: str, *, everything: bool) -> None:
    """Set alarms off, after approval, and say what that proved.

    Raises:
        PlatformError: None is chosen, the user declined, or AWS refuses before the first is set off.
        Exit: With 3 if one was not heard; 1 if AWS refused, or something could not be put back; 130.
    """
    from platform_cli.cli.rendering.alarm_changes import render_test
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.alarms.proving import AlarmTest, prove_alarms

    if selector is None and not everything:
        raise PlatformError(
            "no alarm is named",
            hint="name a service, a function or an alarm; or take all with --all",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    alarms = selected(session, selector, None)
    if not alarms:
        render_test(session.terminal, AlarmTest())
        return
    change, subject = Change(session, "alarms", reason), selector or "all"
    where = session.environment.environment
    lines = _chosen(session, alarms, f"to set off in {where}, and to put back", "told")
    change.approve("Set them off?", *lines)
    change.announce(subject, f"begins a test of {number(len(alarms), 'alarm')}")
    with change.underway(subject), LiveProgress(session.terminal) as progress:
        done = prove_alarms(session.environment, alarms, reach(session), report=progress)
    change.record(subject, _tested(done))
    _conclude(session, done)


def clean_up(session: Session, reason: str) -> None:
    """Put back what a test left that was killed, after approval.

    Raises:
        PlatformError: The user declined, or AWS refuses.
        Exit: With 1 if something remains.
    """
    from platform_cli.cli.rendering.alarm_changes import leftover_lines, render_cleanup
    from platform_cli.cli.rendering.words import few, number
    from platform_cli.operate.alarms.leftovers import Remaining, clean, find_leftovers
    from platform_cli.operate.alarms.reading import read_alarms

    environment, clients = session.environment, reach(session)
    found = find_leftovers(environment, read_alarms(environment, clients), clients)
    remains: tuple[Remaining, ...] = ()
    if found:
        change = Change(session, "alarms", reason)
        change.approve("Put this back?", *leftover_lines(found))
        with change.underway("all"):
            remains = clean(found, clients)
        names = f"; left: {', '.join(few([str(r.leftover) for r in remains]))}" if remains else ""
        done = number(len(found) - len(remains), "thing")
        change.record("all", f"put back {done} that a test had left{names}")
    render_cleanup(session.terminal, found, remains)
    if remains:
        raise typer.Exit(ExitCode.FAILED)


def silence(session: Session, selector: str | None, length: str, reason: str) -> None:
    """Silence alarms, after approval; each rule that holds is recorded at once.

    Raises:
        PlatformError: The user declined, or what AWS refuses; rules that were made before hold.
    """
    from platform_cli.cli.rendering.alarm_changes import render_silences
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.alarms.silencing import check_length
    from platform_cli.operate.alarms.silencing import silence as silence_alarms

    lasting = length_of(length)
    check_length(lasting)  # before anybody is asked
    alarms = selected(session, selector, None)
    change = Change(session, "alarms", reason)
    end = f"{datetime.now(UTC) + lasting:%Y-%m-%d %H:%M} UTC"
    lines = _chosen(
        session, alarms, f"to silence in {session.environment.environment} until {end}", "not told"
    )
    change.approve(f"Silence them for {length}?", *lines)
    session.work.plan(alarm.name for alarm in alarms)

    def made(rule: Silence) -> None:
        for name in rule.alarms:
            session.work.finish(name)
        what = f"silenced {number(len(rule.alarms), 'alarm')} until {rule.end:%Y-%m-%d %H:%M} UTC"
        change.record(selector or "all", what, rule=rule.name)

    with change.underway(selector or "all"):
        rules = silence_alarms(session.environment, alarms, lasting, reach(session), reason=reason, told=made)
    render_silences(session.terminal, rules)


def list_silences(session: Session) -> None:
    """Show what is silenced."""
    from platform_cli.cli.rendering.alarm_changes import render_silences
    from platform_cli.operate.alarms.silencing import read_silences

    render_silences(session.terminal, read_silences(session.environment, reach(session)))


def end_silence(session: Session, reason: str) -> None:
    """End all silences of the environment, after approval; each end is recorded at once.

    Raises:
        PlatformError: The user declined, or AWS refuses.
    """
    from platform_cli.cli.rendering.alarm_changes import silence_lines
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.alarms.silencing import end_silences, read_silences

    clients = reach(session)
    silences = read_silences(session.environment, clients)
    if silences:
        change = Change(session, "alarms", reason)
        change.approve(f"End {number(len(silences), 'silence')}?", *silence_lines(silences))
        session.work.plan(rule.name for rule in silences)

        def ended(rule: Silence) -> None:
            session.work.finish(rule.name)
            change.record("all", f"ended the silence of {number(len(rule.alarms), 'alarm')}", rule=rule.name)

        with change.underway("all"):
            end_silences(silences, clients, told=ended)
    if session.terminal.json:
        session.terminal.data({"ended": [rule.name for rule in silences]})
    else:
        session.terminal.result(f"ended {number(len(silences), 'silence')}")


def _chosen(session: Session, alarms: Sequence[AlarmStatus], what: str, told: str) -> tuple[str, ...]:
    """What is shown before alarms are changed: which they are, and who hears of them."""
    from platform_cli.cli.rendering.alarm_changes import chosen_lines
    from platform_cli.operate.alarms.contacts import Contacts, read_contacts, topics_of

    contacts: Contacts | None = None
    try:
        topics = topics_of(action for alarm in alarms for action in alarm.actions)
        contacts = read_contacts(topics, reach(session))
    except PlatformError as error:
        # Who may silence an alarm need not be allowed to see who hears of it.
        if error.code != "access-denied":
            raise
    return tuple(chosen_lines(alarms, contacts, what, told, session.terminal.err.width))


def _tested(done: AlarmTest) -> str:
    from platform_cli.cli.rendering.words import few, number

    words = f"tested {number(len(done.begun), 'alarm')}: {done.heard} heard"
    if done.interrupted or done.failure:
        words += f"; then it {'was stopped' if done.interrupted else 'failed'}"
    if done.remains:
        words += f"; could not be put back: {', '.join(few([str(r.leftover) for r in done.remains]))}"
    return words


def _conclude(session: Session, done: AlarmTest) -> None:
    from platform_cli.cli.rendering.alarm_changes import render_test
    from platform_cli.cli.rendering.errors import render_error

    if done.failure is not None and not done.begun and not done.remains:
        raise done.failure
    render_test(session.terminal, done)
    if done.failure is not None and not session.terminal.json:
        render_error(session.terminal, done.failure, session.locate)
    if done.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    if done.failure or done.remains:
        raise typer.Exit(ExitCode.FAILED)
    if done.heard < len(done.proofs):
        raise typer.Exit(ExitCode.FINDINGS)
