"""`platform dead-letters redrive`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Contains, DeadLetters, Expression, Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dead-letters redrive orders --env prod", "all, ten a second"),
    ("platform dead-letters redrive orders.notify --limit 1", "try with one"),
    ("platform dead-letters redrive orders --filter \"type == 'OrderCreated'\" --rate 2", "some, slowly"),
    ("platform dead-letters redrive orders --contains o-1234 --dry-run", "see which"),
)
EXIT_CODES = (
    "0 sent back, 1 declined or AWS refuses, 2 an unknown queue or filter, 3 some cannot go back, 130 ended"
)


def command(
    ctx: typer.Context,
    queue: DeadLetters,
    expression: Expression = None,
    text: Contains = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="NUMBER", help="At most so many.")] = None,
    rate: Annotated[float, typer.Option(min=0.01, metavar="NUMBER", help="At most so many a second.")] = 10.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show them, and send nothing.")] = False,
    reason: Reason = "",
) -> None:
    """Send messages back to the queue or function that failed on them.

    A message is deleted only after it arrived, so that nothing is lost even if this is killed; a message
    may then arrive twice. What fails again while this runs is left for the next time.
    """
    from platform_cli.cli.dead_letters import send_back

    send_back(session_of(ctx), queue, expression, text, limit, rate, reason, dry_run=dry_run)
