"""Dead letters from the command line: found, shown, approved, sent back or deleted, recorded."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from platform_cli.cli.changing import Change
from platform_cli.cli.deploying import reach
from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode

if TYPE_CHECKING:
    from platform_cli.operate.dead_letters.clearing import Cleared
    from platform_cli.operate.dead_letters.messages import DeadLetter, Matches
    from platform_cli.operate.dead_letters.places import DeadLetterQueue

_SHOWN_BEFORE = 1000


def look(session: Session, name: str, expression: str | None, text: str | None, limit: int) -> None:
    """Show messages."""
    from platform_cli.cli.rendering.dead_letters import render_messages
    from platform_cli.operate.dead_letters.clearing import peek

    queue, matches = _chosen(session, name, expression, text)
    with LiveProgress(session.terminal):
        found = peek(queue, reach(session), matches=matches, limit=limit)
    render_messages(session.terminal, queue, found)


def send_back(
    session: Session,
    name: str,
    expression: str | None,
    text: str | None,
    limit: int | None,
    rate: float,
    reason: str,
    *,
    dry_run: bool,
) -> None:
    """Send messages back, after approval.

    Raises:
        PlatformError: Declined, or what AWS refuses.
    """
    from platform_cli.operate.dead_letters.clearing import redrive

    queue, matches = _chosen(session, name, expression, text, choosing=True)
    if dry_run:
        look(session, name, expression, text, limit or _SHOWN_BEFORE)
        return
    change = Change(session, "dead-letters", reason)
    selected = _selected(queue, matches, limit)
    change.approve(
        "Send them back?", selected, f"  go back to the {queue.kind} {queue.origin}, {rate:g} a second"
    )
    change.announce(queue.name, f"begins to send back {selected}")
    with change.underway(queue.name), LiveProgress(session.terminal) as progress:
        cleared = redrive(queue, reach(session), matches=matches, limit=limit, rate=rate, report=progress)
    _conclude(change, cleared, "sent back")


def purge_queue(
    session: Session,
    name: str,
    expression: str | None,
    text: str | None,
    limit: int | None,
    keep: Path | None,
    reason: str,
    *,
    dry_run: bool,
) -> None:
    """Delete messages, after approval.

    Raises:
        PlatformError: Declined, or what AWS refuses.
    """
    from platform_cli.operate.dead_letters.clearing import purge

    queue, matches = _chosen(session, name, expression, text, choosing=True)
    if dry_run:
        look(session, name, expression, text, limit or _SHOWN_BEFORE)
        return
    change = Change(session, "dead-letters", reason)
    selected = _selected(queue, matches, limit)
    copied = f"; each is added to {keep} first" if keep is not None else ", and nothing keeps a copy"
    change.approve("Delete them for good?", selected, f"  are deleted{copied}")
    change.announce(queue.name, f"begins to delete {selected}")
    with change.underway(queue.name), ExitStack() as stack, LiveProgress(session.terminal) as progress:
        copies = stack.enter_context(keep.open("a", encoding="utf-8")) if keep is not None else None

        def copy(letter: DeadLetter) -> None:
            from platform_cli.cli.rendering.dead_letters import message_data
            from platform_cli.cli.rendering.values import plain

            if copies is not None:
                copies.write(json.dumps(plain(message_data(letter)), ensure_ascii=False) + "\n")
                copies.flush()

        cleared = purge(queue, reach(session), matches=matches, limit=limit, keep=copy, report=progress)
    _conclude(change, cleared, "deleted")


def _chosen(
    session: Session, name: str, expression: str | None, text: str | None, *, choosing: bool = False
) -> tuple[DeadLetterQueue, Matches | None]:
    from platform_cli.operate.dead_letters.clearing import refuse_choosing
    from platform_cli.operate.dead_letters.messages import filter_of
    from platform_cli.operate.dead_letters.places import find_queue

    matches = filter_of(expression, text)
    queue = find_queue(session.environment, reach(session), name)
    if choosing:
        refuse_choosing(queue, matches)
    return queue, matches


def _selected(queue: DeadLetterQueue, matches: Matches | None, limit: int | None) -> str:
    from platform_cli.cli.rendering.words import number

    # SQS counts approximately: there may be some where it says zero, and more than it says.
    waiting = f"about {number(queue.waiting, 'message')} of {queue.physical_name}"
    selected = f"those that match, of {waiting}" if matches else waiting
    return f"{selected}, at most {limit}" if limit is not None else selected


def _conclude(change: Change, cleared: Cleared, done: str) -> None:
    from platform_cli.cli.rendering.dead_letters import render_cleared
    from platform_cli.cli.rendering.errors import render_error
    from platform_cli.cli.rendering.words import number

    session = change.session
    if cleared.done or cleared.interrupted:
        stopped = "; interrupted there" if cleared.interrupted else ""
        change.record(cleared.queue.name, f"{done} {number(cleared.done, 'message')}{stopped}")
    render_cleared(session.terminal, cleared, done)
    if cleared.failure is not None:
        if not session.terminal.json:
            render_error(session.terminal, cleared.failure, session.locate)
        raise typer.Exit(ExitCode.FAILED)
    if cleared.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    if cleared.refused:
        raise typer.Exit(ExitCode.FINDINGS)
