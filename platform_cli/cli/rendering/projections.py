"""What `platform projections` shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.projections.checkpoints import Checkpoint
    from platform_cli.operate.projections.places import Projection, Trigger
    from platform_cli.operate.projections.replaying import Replay


def render_projections(terminal: Terminal, projections: Sequence[Projection]) -> None:
    """Show which projections there are."""
    if terminal.json:
        terminal.data(list(projections))
    elif not projections:
        terminal.result("no function follows an event store")
    else:
        table = _table("PROJECTION", "OF", "INTO")
        for one in projections:
            table.add_row(one.address, one.store, one.into or "-")
        terminal.result(table)


def render_status(
    terminal: Terminal, states: Sequence[tuple[Projection, Trigger, Checkpoint | None]]
) -> None:
    """Show what drives projections, and their last replays."""
    if terminal.json:
        terminal.data(
            [
                {"projection": one, "trigger": trigger, "replay": checkpoint}
                for one, trigger, checkpoint in states
            ]
        )
        return
    if not states:
        terminal.result("no function follows an event store")
        return
    table = _table("PROJECTION", "TRIGGER", "LAST BATCH", "LAST REPLAY")
    for one, trigger, checkpoint in states:
        bad = trigger.state != "Enabled" or trigger.last_result.startswith("PROBLEM")
        table.add_row(
            one.address,
            trigger.state,
            trigger.last_result or "-",
            _replayed(checkpoint),
            style="bold red" if bad else "",
        )
    terminal.result(table)


def render_plan(terminal: Terminal, projection: Projection, count: int, before: Checkpoint | None) -> None:
    """Show what a replay would do."""
    resumes = before is not None and not before.done and before.after is not None
    if terminal.json:
        terminal.data({"projection": projection, "events": count, "resumes": before if resumes else None})
        return
    into = f", which keeps tables.{projection.into}" if projection.into else ""
    terminal.result(
        f"{number(count, 'event')} of {projection.store} would go through {projection.address}{into}"
    )
    if before is not None and resumes:
        terminal.say(f"it would go on after {number(before.events, 'event')}; --restart begins anew")


def render_replay(terminal: Terminal, done: Replay) -> None:
    """Say what a replay did."""
    if terminal.json:
        terminal.data(done)
        return
    again = f" ({number(done.events, 'event')} in this run)" if done.resumed else ""
    terminal.result(
        f"replayed {number(done.checkpoint.events, 'event')} of {done.projection.store} "
        f"through {done.projection.address}{again}"
    )


def _replayed(checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return "never"
    if checkpoint.done:
        return f"{moment(checkpoint.updated)}, {number(checkpoint.events, 'event')}"
    return f"unfinished, {number(checkpoint.events, 'event')}, {moment(checkpoint.updated)}"


def _table(*headings: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, no_wrap=heading != "LAST BATCH")
    return table
