"""What `platform events` shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.words import moment

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.events.archives import Archive
    from platform_cli.operate.events.publishing import Published
    from platform_cli.operate.events.replay_plans import ReplayPlan
    from platform_cli.operate.events.replays import Replay


def render_archives(terminal: Terminal, archives: Sequence[Archive]) -> None:
    """Show the archives with what they hold."""
    if terminal.json:
        terminal.data(list(archives))
        return
    if not archives:
        terminal.result("no bus has an archive; `archive_days` of a bus makes one")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("BUS", "EVENTS", "SIZE", "KEPT", "SINCE", "STATE"):
        table.add_column(heading, no_wrap=True, justify="right" if heading in ("EVENTS", "SIZE") else "left")
    for archive in archives:
        table.add_row(
            archive.bus,
            f"{archive.events:,}",
            f"{archive.size_bytes / 1e6:.1f} MB",
            f"{archive.retention_days} days" if archive.retention_days else "for ever",
            moment(archive.created),
            archive.state.lower(),
        )
    terminal.result(table)
    terminal.say("\nAWS counts events with a delay of up to a day", style="dim")


def render_plan(terminal: Terminal, plan: ReplayPlan, *, final: bool) -> None:
    """Show who would get which events; as the result if nothing follows."""
    if terminal.json:
        if final:
            terminal.data(plan)
        return
    show = terminal.result if final else terminal.say
    show(f"replay {plan.name} of bus {plan.archive.bus}")
    show(f"  events of {moment(plan.since)} to {moment(plan.until)}")
    for receiver in plan.receivers:
        show(f"  to {', '.join(receiver.targets) or 'nothing'} (rule {receiver.rule})")
    if not plan.receivers:
        show("  to nobody: the bus has no rules", style="yellow")
    for remark in plan.remarks:
        show(f"  note: {remark}", style="yellow")
    show("  who handled these events gets them again, in no promised order", style="dim")


def render_replays(terminal: Terminal, replays: Sequence[Replay]) -> None:
    """Show the replays, the latest first."""
    if terminal.json:
        terminal.data(list(replays))
        return
    if not replays:
        terminal.result("nothing was replayed in the last 90 days")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("REPLAY", "BUS", "STATE", "STARTED", "REACHED"):
        table.add_column(heading, no_wrap=True)
    for replay in replays:
        table.add_row(
            replay.name,
            replay.bus,
            replay.state.lower(),
            moment(replay.started),
            moment(replay.reached),
            style="bold red" if replay.state == "FAILED" else "",
        )
    terminal.result(table)


def render_replay(terminal: Terminal, replay: Replay) -> None:
    """Say how a replay is."""
    if terminal.json:
        terminal.data(replay)
        return
    reason = f": {replay.reason}" if replay.reason else ""
    terminal.result(f"replay {replay.name} is {replay.state.lower()}{reason}")
    if replay.state in ("STARTING", "RUNNING"):
        terminal.say(f"end it with: platform events cancel {replay.name}", style="dim")


def render_published(terminal: Terminal, published: Published) -> None:
    """Say what was published, or would be."""
    event = published.event
    if terminal.json:
        terminal.data(
            {
                "bus": event.bus,
                "type": event.detail_type,
                "source": event.source,
                "detail": json.loads(event.detail),
                "checked": event.checked,
                "id": published.id,
            }
        )
        return
    if published.id is None:
        terminal.result(f"{event.detail_type} would be published to bus {event.bus} as {event.source}")
    else:
        terminal.result(f"published {event.detail_type} to bus {event.bus} as {published.id}")
    if not event.checked:
        terminal.say("the blueprint has no schema for it, so only its form was checked", style="dim")


def progress_line(replay: Replay) -> str:
    """Say how far a replay is, for the line below the bars."""
    at = f", at {moment(replay.reached)}" if replay.reached else ""
    return f"replay {replay.name}: {replay.state.lower()}, {replay.share:.0%} of the time{at}"
