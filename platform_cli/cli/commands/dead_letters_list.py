"""`platform dead-letters list`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dead-letters list --env prod", "what waits, and where"),
    ("platform dead-letters list --json | jq 'map(.waiting) | add'", "how many in all"),
)
EXIT_CODES = "0 nothing waits, 1 AWS refuses or does not answer, 2 an invalid blueprint, 3 messages wait"


def command(ctx: typer.Context) -> None:
    """List the dead-letter queues with what waits in them.

    A queue's is where messages go that were received too often; a function's keeps the events that nobody
    waited for and that it failed on.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.dead_letters import render_queues
    from platform_cli.errors import ExitCode
    from platform_cli.operate.dead_letters.places import dead_letter_queues

    session = session_of(ctx)
    queues = dead_letter_queues(session.environment, reach(session))
    render_queues(session.terminal, queues)
    if any(queue.waiting for queue in queues):
        raise typer.Exit(ExitCode.FINDINGS)
