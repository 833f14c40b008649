"""`platform status`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform status --env prod", "stacks, URLs, the last deployment"),
    ("platform status --json | jq -r .urls.public", "the address of an API for a program"),
)
EXIT_CODES = "0 said, whatever the state, 1 AWS refuses or does not answer, 2 an invalid blueprint"


def command(ctx: typer.Context) -> None:
    """Show what is deployed: stacks, URLs, the last deployment."""
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.deployments import render_status
    from platform_cli.deploy.status import read_status

    session = session_of(ctx)
    render_status(session.terminal, read_status(session.environment, reach(session)))
