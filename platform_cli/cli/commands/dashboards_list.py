"""`platform dashboards list`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dashboards list --env prod", "which there are, with links to the console"),
    ("platform dashboards list --env prod --json", "the same for a program"),
)
EXIT_CODES = "0 listed, 2 an invalid blueprint"


def command(ctx: typer.Context) -> None:
    """List the dashboards with links to CloudWatch's console.

    Nothing is contacted: a link leads nowhere before the environment is deployed. Protected environments have
    all dashboards, others the overview; `enabled` in the blueprint says otherwise.
    """
    from platform_cli.cli.dashboards import known_dashboards
    from platform_cli.cli.rendering.dashboards import render_list

    session = session_of(ctx)
    render_list(session.terminal, session.environment, known_dashboards(session))
