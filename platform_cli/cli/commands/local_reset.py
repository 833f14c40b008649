"""`platform local reset`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (("platform local reset --yes", "an empty local AWS, without a question"),)
EXIT_CODES = "0 its data is gone, 1 declined or not possible, 2 no terminal to ask"


def command(ctx: typer.Context) -> None:
    """Stop the embedded local AWS and delete its data."""
    from platform_cli.cli.approval import approve
    from platform_cli.cli.rendering.local import render_reset
    from platform_cli.local.server import reset

    session = session_of(ctx)
    approve(session, f"Delete all data of the local AWS of {session.root}?")
    reset(session.root)
    render_reset(session.terminal)
