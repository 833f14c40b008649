"""`platform history`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform history --env prod", "deployments, flags, settings, secrets: the last changes"),
    ("platform history --kind flags --since 7d", "one kind, a week"),
    ("platform history --json | jq -r '.[] | .who'", "for a program"),
)
EXIT_CODES = "0 shown, 1 AWS refuses or does not answer, 2 an invalid blueprint or time"


def command(
    ctx: typer.Context,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="deployment, flags, config, secrets, …")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only changes of this flag, setting or secret.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="10m, 2h, 7d, or a time such as 2026-11-20T08:00.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="At most so many.")] = 50,
) -> None:
    """Show who changed what, when and why.

    The records are kept in the environment itself, the last 100 of each kind and the last 50 deployments.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.history import render_history
    from platform_cli.cli.times import since_when
    from platform_cli.operate.history import read_history

    session = session_of(ctx)
    start = since_when(since) if since else None
    clients = reach(session)
    entries = read_history(clients, session.environment, kind=kind, subject=subject, since=start, limit=limit)
    render_history(session.terminal, entries)
