"""`platform local status`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform local status", "whether it runs, and where"),
    ("platform local status --json | jq -r .endpoint_url", "its address for a program"),
)
EXIT_CODES = "0 said, whether it runs or not"


def command(ctx: typer.Context) -> None:
    """Show whether the embedded local AWS runs, and where."""
    from platform_cli.cli.rendering.local import render_local_status
    from platform_cli.local.server import status

    session = session_of(ctx)
    render_local_status(session.terminal, status(session.root))
