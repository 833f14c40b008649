"""`platform projections status`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_function
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform projections status --env prod", "all of them"),
    ("platform projections status orders.view --json", "one, for programs"),
)
EXIT_CODES = "0 all are driven, 1 AWS refuses or does not answer, 2 unknown, 3 one is not driven"


def command(
    ctx: typer.Context,
    projection: Annotated[
        str | None,
        typer.Argument(metavar="[SERVICE.FUNCTION]", help="Only this one.", autocompletion=complete_function),
    ] = None,
) -> None:
    """Show what drives projections, what became of the last batch, and the last replay."""
    from platform_cli.cli.projections import show_status
    from platform_cli.errors import ExitCode

    if not show_status(session_of(ctx), projection):
        raise typer.Exit(ExitCode.FINDINGS)
