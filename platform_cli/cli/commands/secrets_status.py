"""`platform secrets status`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_secret
from platform_cli.cli.session import session_of
from platform_cli.errors import ExitCode

EXAMPLES = (
    ("platform secrets status payment", "versions, rotation, replicas, and who reads it"),
    ("platform secrets status --env prod", "all of them; 3 if one needs somebody"),
)
EXIT_CODES = "0 all is well, 1 AWS refuses, 2 an unknown secret, 3 one is missing, empty, stuck or overdue"


def command(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Which. Default: all.", autocompletion=complete_secret)
    ] = None,
) -> None:
    """Show how secrets are: versions and their labels, rotation, replicas, who reads them.

    No value is read.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.secrets import render_status
    from platform_cli.operate.secrets.reporting import report_secrets

    session = session_of(ctx)
    reports = report_secrets(session.environment, reach(session), tuple(names or ()))
    render_status(session.terminal, reports)
    if any(report.serious for report in reports):
        raise typer.Exit(ExitCode.FINDINGS)
