"""Logs and traces from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.cli.times import since_when
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.blueprint.log_queries import SavedQuery


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
    except KeyboardInterrupt:  # the way to end `--follow`, whose every line is a document
        session.terminal.answered = True
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def ask_logs(session: Session, query: str | None, since: str, of: str | None) -> None:
    """Run a query and show its answer; without one, list what is saved.

    Raises:
        PlatformError: There is no such query, it cannot be read, or it failed.
    """
    from platform_cli.blueprint.log_queries import saved_queries
    from platform_cli.cli.rendering.progress import LiveProgress
    from platform_cli.cli.rendering.queries import render_queries, render_results
    from platform_cli.operate.queries import run_query

    if query is None:
        render_queries(session.terminal, saved_queries(session.environment))
        return
    begin, end = since_when(since), datetime.now(UTC)
    asked = _queries(session, query, of)
    clients = reach(session)
    with LiveProgress(session.terminal) as progress:
        results = [run_query(each, clients, since=begin, until=end, report=progress) for each in asked]
    render_results(session.terminal, results)


def _queries(session: Session, query: str, of: str | None) -> tuple[SavedQuery, ...]:
    from platform_cli.operate.queries import find_queries, query_of_text

    path = Path(query)
    if not path.is_file():
        return find_queries(session.environment, query)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlatformError(
            f"{query} cannot be read: {error}", code="invalid-query", exit_code=ExitCode.USAGE
        ) from error
    return query_of_text(session.environment, path.name, text, of)
