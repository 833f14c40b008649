"""`platform events replays`."""

from __future__ import annotations

import typer

from platform_cli.cli.change_options import AnyBus
from platform_cli.cli.session import session_of

EXAMPLES = (("platform events replays --env prod", "which replays ran, and which still do"),)
EXIT_CODES = "0 shown, 1 AWS refuses or the bus is not deployed, 2 an unknown bus"


def command(ctx: typer.Context, bus: AnyBus = None) -> None:
    """List the replays of the last 90 days, the latest first."""
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.event_replays import render_replays
    from platform_cli.operate.events.replays import list_replays

    session = session_of(ctx)
    render_replays(session.terminal, list_replays(session.environment, reach(session), bus))
