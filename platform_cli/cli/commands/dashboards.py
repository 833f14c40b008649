"""`platform dashboards`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dashboards --env prod", "which there are, with links to the console"),
    ("platform dashboards show overview --env prod", "the main figures, in the terminal"),
)
EXIT_CODES = "0 listed, 2 an invalid blueprint"


def command(ctx: typer.Context) -> None:
    """Look at dashboards: in the console, as a page, in the terminal.

    Without one of the commands below, lists them with links to CloudWatch's console, as `dashboards list`
    does. Nothing is contacted.
    """
    from platform_cli.cli.dashboards import known_dashboards
    from platform_cli.cli.rendering.dashboards import render_list

    session = session_of(ctx)
    render_list(session.terminal, session.environment, known_dashboards(session))
