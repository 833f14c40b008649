"""Projections from the command line: listed, looked at, replayed after approval, recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.cli.changing import Change
from platform_cli.cli.deploying import reach
from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session
from platform_cli.errors import PlatformError

if TYPE_CHECKING:
    from platform_cli.operate.projections.places import Projection
    from platform_cli.operate.projections.replaying import Replay, ReplayProgress


def show_status(session: Session, address: str | None) -> bool:
    """Show how projections are; whether all of them are driven."""
    from platform_cli.cli.rendering.projections import render_status
    from platform_cli.operate.projections.checkpoints import read_checkpoint
    from platform_cli.operate.projections.places import find_projection, projections_of, trigger_of

    environment, clients = session.environment, reach(session)
    found = (find_projection(environment, address),) if address else projections_of(environment)
    states = [
        (one, trigger_of(one, clients), read_checkpoint(environment, one.address, clients)) for one in found
    ]
    render_status(session.terminal, states)
    return all(trigger.state == "Enabled" for _, trigger, _ in states)


def replay_projection(session: Session, address: str, reason: str, *, restart: bool, dry_run: bool) -> None:
    """Replay a projection, after approval.

    Raises:
        PlatformError: Declined, the function failed, or what AWS refuses.
    """
    from platform_cli.cli.rendering.projections import render_plan, render_replay
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.projections.checkpoints import read_checkpoint
    from platform_cli.operate.projections.places import find_projection
    from platform_cli.operate.projections.replaying import count_events

    environment, clients = session.environment, reach(session)
    projection = find_projection(environment, address)
    before = read_checkpoint(environment, address, clients)
    count = count_events(projection, clients)
    if dry_run:
        render_plan(session.terminal, projection, count, None if restart else before)
        return
    change = Change(session, "projections", reason)
    change.approve(f"Replay {number(count, 'event')} of {projection.store} through {address}?")
    with change.underway(address):
        done = _replay(change, projection, restart=restart)
    change.record(address, f"replayed {number(done.checkpoint.events, 'event')}", id=done.checkpoint.id)
    render_replay(session.terminal, done)


def _replay(change: Change, projection: Projection, *, restart: bool) -> Replay:
    """Replay; of one that ends early, what was handed over has changed rows, and is recorded."""
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.projections.replaying import replay

    session = change.session
    seen: list[ReplayProgress] = []
    try:
        with LiveProgress(session.terminal) as progress:

            def report(event: ReplayProgress) -> None:
                seen[:] = [event]
                progress(event)

            return replay(projection, session.environment, change.clients, restart=restart, report=report)
    except (KeyboardInterrupt, PlatformError):
        if seen:
            what = f"replayed {number(seen[0].events, 'event')}, and stopped there"
            session.work.finish(what)
            change.record(projection.address, what)
        raise
