"""`platform cost refresh`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (("platform cost refresh --env prod", "the prices of prod's region"),)
EXIT_CODES = "0 fetched, 1 AWS refuses or does not answer, 2 an invalid blueprint"


def command(ctx: typer.Context) -> None:
    """Fetch today's prices from AWS.

    Asks the Price List API for the prices of the environment's region and keeps them in the user's cache,
    where every workspace finds them. Needs the right to call `pricing:GetProducts`.
    """
    from platform_cli.cli.costing import refresh
    from platform_cli.cli.rendering.cost import render_refresh

    session = session_of(ctx)
    found, path = refresh(session)
    render_refresh(session.terminal, found, path)
