"""`platform events replay`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import OneBus, Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform events replay events --since 2h --dry-run", "who would get what again"),
    ("platform events replay events --since 2h --rule queues.notifications", "for one queue alone"),
    ("platform events replay events --since 2026-11-20T08:00 --until 2026-11-20T09:00 --env prod", "an hour"),
)
EXIT_CODES = (
    "0 replayed or started, 1 declined, failed, cancelled or AWS refuses, 2 an unknown bus or receiver, "
    "130 no longer watched; the replay goes on"
)


def command(
    ctx: typer.Context,
    bus: OneBus,
    since: Annotated[
        str,
        typer.Option(
            metavar="WHEN",
            help="From when on: 2h, 1d, or a time such as 2026-11-20T08:00.",
            show_default=False,
        ),
    ],
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Up to when. Default: now.", show_default=False)
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only for this queue, function or rule; may be repeated. Default: all.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the replay.", show_default=False)
    ] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Watch it to its end, or leave.")] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show who would get what, and start nothing.")
    ] = False,
    reason: Reason = "",
) -> None:
    """Send events of a bus's archive to its rules again.

    They come a second time to those who handled them before, and in no promised order, so that handlers
    must bear both. AWS does not count the events of a time span; progress is by their time.
    """
    from platform_cli.cli.events import replay_events

    replay_events(session_of(ctx), bus, since, until, rule or [], name, reason, wait=wait, dry_run=dry_run)
