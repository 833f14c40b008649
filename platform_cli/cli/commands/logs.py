"""`platform logs`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_logged
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform logs orders.create", "a function's last ten minutes"),
    ("platform logs orders --since 2h --filter ERROR", "a whole service, lines with a word"),
    ("platform logs --level error --since 1h", "what went wrong, anywhere, with the tracebacks"),
    ("platform logs --correlation-id 6f1c0c7e", "one request, through all functions"),
    ("platform logs --follow", "everything, until Ctrl-C"),
    ("platform logs --json | jq -r .message", "a JSON document a line"),
)
EXIT_CODES = "0 shown, 1 AWS refuses or does not answer, 2 an unknown function, 130 following was ended"


def command(
    ctx: typer.Context,
    function: Annotated[
        str | None,
        typer.Argument(help="service.function, or a service. Default: all.", autocompletion=complete_logged),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written.")] = False,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="30s, 10m, 2h, 1d, or a time such as 2026-11-20T08:00.")
    ] = "10m",
    pattern: Annotated[
        str | None, typer.Option("--filter", metavar="PATTERN", help="A filter pattern of CloudWatch Logs.")
    ] = None,
    level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="debug, info, warning, error, critical; and worse.")
    ] = None,
    correlation_id: Annotated[
        str | None, typer.Option(metavar="ID", help="Only one request, through all functions.")
    ] = None,
) -> None:
    """Show what functions wrote to their logs.

    Lines of several functions are merged by time. Without `--json`, a structured line is shown as its
    message with the fields that the function added, an error with its traceback, and what Lambda itself
    writes is dimmed.
    """
    from platform_cli.cli.logs import show_logs

    show_logs(
        session_of(ctx), function, since, pattern=pattern, level=level, request=correlation_id, follow=follow
    )
