"""`platform events archives`."""

from __future__ import annotations

import typer

from platform_cli.cli.change_options import AnyBus
from platform_cli.cli.session import session_of

EXAMPLES = (("platform events archives --env prod", "what can be replayed, and since when"),)
EXIT_CODES = "0 shown, 1 AWS refuses or the bus is not deployed, 2 an unknown bus"


def command(ctx: typer.Context, bus: AnyBus = None) -> None:
    """List the archives of buses with what they hold.

    A bus with `archive_days` keeps each event that comes to it from its first deployment on.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.event_replays import render_archives
    from platform_cli.operate.events.archives import list_archives

    session = session_of(ctx)
    render_archives(session.terminal, list_archives(session.environment, reach(session), bus))
