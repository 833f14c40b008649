"""`platform projections list`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (("platform projections list", "which functions follow which event store"),)
EXIT_CODES = "0 listed, 2 an invalid blueprint"


def command(ctx: typer.Context) -> None:
    """List the projections: which function follows which event store, into which table."""
    from platform_cli.cli.rendering.projections import render_projections
    from platform_cli.operate.projections.places import projections_of

    session = session_of(ctx)
    render_projections(session.terminal, projections_of(session.environment))
