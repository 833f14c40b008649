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
    from platform_cli.operate.insights.local import LocalLogs


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
        results = [
            run_query(each, clients, since=begin, until=end, report=progress, local=_local(session, query))
            for each in asked
        ]
    render_results(session.terminal, results)


def _local(session: Session, query: str) -> LocalLogs | None:
    """What is asked, if the environment is on the local AWS."""
    if session.environment.target != "local":
        return None
    from platform_cli.local.state import LocalFolder
    from platform_cli.local.traces import trace_store
    from platform_cli.operate.insights.local import LocalLogs

    file = str(Path(query).absolute()) if Path(query).is_file() else None
    return LocalLogs(session.environment, trace_store(LocalFolder(session.root)), file)


def show_trace(session: Session, identifier: str) -> None:
    """Show a trace, of AWS or of the local AWS.

    Raises:
        PlatformError: It is no id, there is no such trace, or AWS refuses.
    """
    from platform_cli.cli.rendering.traces import render_trace
    from platform_cli.local.state import LocalFolder
    from platform_cli.local.traces import trace_store
    from platform_cli.operate.local_traces import read_local_trace
    from platform_cli.operate.traces import read_trace, trace_id

    wanted = trace_id(identifier)
    clients = reach(session)
    if session.environment.target == "local":
        store = trace_store(LocalFolder(session.root))
        trace = read_local_trace(session.environment, clients, store, wanted)
    else:
        trace = read_trace(clients, wanted)
    render_trace(session.terminal, trace)


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
