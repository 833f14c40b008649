"""`platform local stop`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (("platform local stop", "stop it; the next start finds its data again"),)
EXIT_CODES = "0 it does not run any more, 1 it cannot be stopped"


def command(ctx: typer.Context) -> None:
    """Stop the embedded local AWS; its data is kept."""
    from platform_cli.cli.rendering.local import render_stopped
    from platform_cli.local.server import stop

    session = session_of(ctx)
    render_stopped(session.terminal, stopped=stop(session.root))
