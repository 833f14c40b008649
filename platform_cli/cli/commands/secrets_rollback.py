"""`platform secrets rollback`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_secret
from platform_cli.cli.session import session_of

EXAMPLES = (("platform secrets rollback ledger --env prod", "if the previous value still works"),)
EXIT_CODES = "0 rolled back, 1 the previous value is dead, or declined, 2 an unknown secret"


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The secret.", autocompletion=complete_secret)],
    wait: Annotated[
        bool,
        typer.Option(
            "--wait/--no-wait",
            help="Stay until functions called lately have the value: 5 minutes.",
        ),
    ] = True,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; for the history.", show_default=False)
    ] = "",
) -> None:
    """Make the previous value of a secret the current one again.

    Only labels move, so it is refused where the previous value does not work any more: with one database
    user its password died in the rotation. Functions are seen to take it, as after a rotation.
    """
    from platform_cli.cli import secrets

    secrets.roll_back(session_of(ctx), name, reason, wait=wait)
