"""`platform local reset`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (("platform local reset", "start over with an empty local AWS"),)
EXIT_CODES = "0 its data is gone, 1 it cannot be stopped"


def command(ctx: typer.Context) -> None:
    """Stop the embedded local AWS and delete its data."""
    from platform_cli.cli.rendering.local import render_reset
    from platform_cli.local.server import reset

    session = session_of(ctx)
    reset(session.root)
    render_reset(session.terminal)
