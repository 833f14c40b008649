"""`platform projections replay`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason
from platform_cli.cli.completion import complete_function
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform projections replay orders.view", "build its table anew"),
    ("platform projections replay orders.view --dry-run", "how many events there are"),
    ('platform projections replay orders.view --env prod --reason "totals with tax"', "with the reason"),
)
EXIT_CODES = "0 replayed, 1 declined, the function failed or AWS refuses, 2 an unknown projection, 130 ended"


def command(
    ctx: typer.Context,
    projection: Annotated[
        str,
        typer.Argument(metavar="SERVICE.FUNCTION", help="The projection.", autocompletion=complete_function),
    ],
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew where an earlier replay did not end.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count the events, and change nothing.")] = False,
    reason: Reason = "",
) -> None:
    """Build the table of a projection anew, from the first event of its store.

    The projection's own function is given all events, in the order of each aggregate, and replaces row by
    row; live events go on meanwhile, and none is lost. If this is killed, the same command goes on.
    """
    from platform_cli.cli.projections import replay_projection

    replay_projection(session_of(ctx), projection, reason, restart=restart, dry_run=dry_run)
