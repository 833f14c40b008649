"""`platform secrets list`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform secrets list --env prod", "age, last and next rotation, and what is wrong"),
    ("platform secrets list --json | jq '.[] | select(.conditions != [])'", "those with something to say"),
)
EXIT_CODES = "0 listed, 1 AWS refuses or does not answer, 2 an invalid blueprint"


def command(ctx: typer.Context) -> None:
    """List the secrets: their age, their rotations, which are stuck, overdue or unused.

    No value is read.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.secrets import render_list
    from platform_cli.operate.secrets.reporting import report_secrets

    session = session_of(ctx)
    render_list(session.terminal, report_secrets(session.environment, reach(session)))
