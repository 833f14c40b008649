"""Logs and traces from the command line."""

from __future__ import annotations

import typer

from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.cli.times import since_when
from platform_cli.errors import ExitCode


def show_logs(
    session: Session,
    function: str | None,
    since: str,
    *,
    pattern: str | None,
    level: str | None,
    request: str | None,
    follow: bool,
) -> None:
    """Show lines of logs, until there is none or the user ends it.

    Raises:
        PlatformError: An unknown function, level or time.
        Exit: With 130 if following was ended.
    """
    from platform_cli.cli.rendering.logs import render_logs
    from platform_cli.operate.logs import read_logs

    lines = read_logs(
        session.environment,
        reach(session),
        function,
        since=since_when(since),
        pattern=pattern,
        level=level,
        correlation_id=request,
        follow=follow,
    )
    try:
        render_logs(session.terminal, lines)
    except KeyboardInterrupt:  # the way to end `--follow`
        raise typer.Exit(ExitCode.INTERRUPTED) from None
