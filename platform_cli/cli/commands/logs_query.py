"""`platform logs query`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_logged, complete_query
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform logs query --env prod", "the names of the saved queries"),
    ("platform logs query slow-endpoints --env prod --since 1d", "the slowest routes of each API"),
    ("platform logs query orders/cold-starts", "how often functions of a service begin cold"),
    ("platform logs query errors-by-service --json", "for a program"),
    ("platform logs query mine.txt --of orders", "a query of your own, over a service"),
)
EXIT_CODES = "0 answered, 1 AWS refuses or the query failed, 2 an unknown query or one that cannot be read"


def command(
    ctx: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(
            help="A saved query, or a file with one. Default: list them.",
            autocompletion=complete_query,
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="30s, 10m, 2h, 1d, or a time such as 2026-11-20T08:00.")
    ] = "1h",
    of: Annotated[
        str | None,
        typer.Option(
            "--of",
            metavar="SELECTOR",
            help="For a file: service or service.function. Default: all functions.",
            autocompletion=complete_logged,
        ),
    ] = None,
) -> None:
    """Ask the logs a question in the language of Logs Insights.

    The saved queries are those that a deployment puts into the console; services can declare more. AWS takes
    0.005 USD a GB that is looked at.
    """
    from platform_cli.cli.logs import ask_logs

    ask_logs(session_of(ctx), query, since, of)
