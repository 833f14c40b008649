"""`platform dead-letters purge`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platform_cli.cli.change_options import Contains, DeadLetters, Expression, Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dead-letters purge orders --keep failed.jsonl", "delete all, and keep a copy"),
    ("platform dead-letters purge orders --contains o-1234 --dry-run", "see which"),
)
EXIT_CODES = "0 deleted, 1 declined or AWS refuses, 2 an unknown queue or filter, 130 ended"


def command(
    ctx: typer.Context,
    queue: DeadLetters,
    expression: Expression = None,
    text: Contains = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="NUMBER", help="At most so many.")] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add each to this file first, a JSON document a line.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show them, and delete nothing.")] = False,
    reason: Reason = "",
) -> None:
    """Delete messages of a dead-letter queue.

    Only messages that were there when it began go, one by one.
    """
    from platform_cli.cli.dead_letters import purge_queue

    purge_queue(session_of(ctx), queue, expression, text, limit, keep, reason, dry_run=dry_run)
