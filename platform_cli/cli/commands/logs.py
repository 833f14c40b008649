"""`platform logs`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_logged
from platform_cli.cli.session import session_of
from platform_cli.errors import ExitCode

EXAMPLES = (
    ("platform logs orders.create", "a function's last ten minutes"),
    ("platform logs orders --since 2h --filter ERROR", "a whole service, lines with a word"),
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
) -> None:
    """Show what functions wrote to their logs.

    Lines of several functions are merged by time. Without `--json`, a structured line is shown as its
    message, and what Lambda itself writes is dimmed.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.logs import render_logs
    from platform_cli.cli.times import since_when
    from platform_cli.operate.logs import read_logs

    session = session_of(ctx)
    start = since_when(since)
    lines = read_logs(
        session.environment, reach(session), function, since=start, pattern=pattern, follow=follow
    )
    try:
        render_logs(session.terminal, lines)
    except KeyboardInterrupt:  # the way to end `--follow`
        raise typer.Exit(ExitCode.INTERRUPTED) from None
