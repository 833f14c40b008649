"""Archives, replays and events from the command line: planned, shown, approved, watched, recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from platform_cli.cli.changing import Change
from platform_cli.cli.deploying import reach
from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode

if TYPE_CHECKING:
    from platform_cli.operate.events.replay_plans import ReplayPlan
    from platform_cli.operate.events.replays import Replay


def replay_events(
    session: Session,
    bus: str,
    since: str,
    until: str | None,
    rules: list[str],
    name: str | None,
    reason: str,
    *,
    wait: bool,
    dry_run: bool,
) -> None:
    """Replay events of an archive, after approval.

    Raises:
        PlatformError: Declined, a replay that cannot be, or what AWS refuses.
    """
    from platform_cli.cli.rendering.event_replays import render_plan
    from platform_cli.cli.times import since_when
    from platform_cli.operate.events.replay_plans import plan_replay
    from platform_cli.operate.events.replays import start_replay

    clients = reach(session)
    plan = plan_replay(
        session.environment,
        clients,
        bus,
        since_when(since),
        since_when(until) if until else None,
        rules=rules,
        name=name,
    )
    render_plan(session.terminal, plan, final=dry_run)
    if dry_run:
        return
    change = Change(session, "events", reason)
    change.approve(f"Replay these events of bus {plan.archive.bus}?")
    with change.underway(plan.archive.bus):
        started = start_replay(plan, clients)
    change.record(plan.archive.bus, _replayed(plan), replay=plan.name)
    _follow(session, started, wait=wait)


def end_replay(session: Session, name: str, reason: str) -> None:
    """Cancel a replay, after approval.

    Raises:
        PlatformError: There is none that runs, declined, or what AWS refuses.
    """
    from platform_cli.cli.rendering.event_replays import progress_line, render_replay
    from platform_cli.operate.events.replays import cancel_replay, find_replay

    environment, clients = session.environment, reach(session)
    change, running = Change(session, "events", reason), find_replay(environment, clients, name)
    change.approve(f"Cancel the replay {name} of bus {running.bus}?", progress_line(running))
    with change.underway(running.bus):
        replay = cancel_replay(environment, clients, name)
    change.record(replay.bus, f"cancelled the replay {name}")
    render_replay(session.terminal, replay)


def publish_event(
    session: Session, bus: str, detail_type: str, detail: str, source: str, reason: str, *, dry_run: bool
) -> None:
    """Check an event, and publish it after approval.

    Raises:
        PlatformError: It is not what the bus carries, declined, or what AWS refuses.
    """
    from platform_cli.cli.files import read_payload
    from platform_cli.cli.rendering.event_replays import render_published
    from platform_cli.operate.events.publishing import Published, check_event, publish

    content = read_payload(detail, session.terminal.stdin)
    event = check_event(session.environment, bus, detail_type, content, source)
    if dry_run:
        render_published(session.terminal, Published(event))
        return
    change = Change(session, "events", reason)
    if session.environment.protect:
        change.approve(f"Publish this {detail_type} to bus {event.bus}?")
    with change.underway(event.bus):
        published = publish(event, reach(session))
    change.record(event.bus, f"published {detail_type} {published.id} as {source}")
    render_published(session.terminal, published)


def _follow(session: Session, replay: Replay, *, wait: bool) -> None:
    from platform_cli.cli.rendering.event_replays import render_replay
    from platform_cli.operate.events.replays import watch_replay

    if wait:
        try:
            with LiveProgress(session.terminal) as progress:
                replay = watch_replay(replay, reach(session), progress)
        except KeyboardInterrupt:
            session.terminal.say(f"the replay goes on; end it with: platform events cancel {replay.name}")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
    render_replay(session.terminal, replay)
    if replay.state in ("FAILED", "CANCELLED"):
        raise typer.Exit(1)


def _replayed(plan: ReplayPlan) -> str:
    from platform_cli.cli.rendering.words import moment

    to = ", ".join(receiver.rule for receiver in plan.receivers) if plan.chosen else "all rules"
    return f"replayed {moment(plan.since)} to {moment(plan.until)} to {to}"
