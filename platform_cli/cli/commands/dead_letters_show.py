"""`platform dead-letters show`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Contains, DeadLetters, Expression
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dead-letters show orders", "the ten first messages"),
    ('platform dead-letters show orders.notify --filter "detail.total > `100`"', "by what is in them"),
    ("platform dead-letters show orders --limit 1000 --json > failed.json", "for a program"),
)
EXIT_CODES = "0 shown, 1 AWS refuses or does not answer, 2 an unknown queue or a filter that cannot be read"


def command(
    ctx: typer.Context,
    queue: DeadLetters,
    expression: Expression = None,
    text: Contains = None,
    limit: Annotated[int, typer.Option(min=1, metavar="NUMBER", help="At most so many.")] = 10,
) -> None:
    """Show messages of a dead-letter queue; they stay there.

    While they are read, nobody else sees them. Of a FIFO queue only the heads of the groups are seen.
    """
    from platform_cli.cli.dead_letters import look

    look(session_of(ctx), queue, expression, text, limit)
