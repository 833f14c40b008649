"""`platform invoke`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_function
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform invoke health.check", "without a payload, which is {}"),
    ("""platform invoke orders.create --payload '{"items": []}'""", "the payload as it is"),
    ("platform invoke orders.create --payload @event.json", "the payload from a file"),
    ("echo '{}' | platform invoke orders.create --payload -", "the payload from stdin"),
)
EXIT_CODES = "0 answered, 1 the function failed or is not deployed, 2 an unknown function or a bad payload"


def command(
    ctx: typer.Context,
    function: Annotated[
        str, typer.Argument(help="Its address, service.function.", autocompletion=complete_function)
    ],
    payload: Annotated[
        str, typer.Option(metavar="JSON", help="JSON, @FILE, or - for stdin.", show_default=False)
    ] = "",
) -> None:
    """Call a function and show its answer and its log.

    The answer goes to stdout as it came, the log and what the call took to stderr.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.files import read_payload
    from platform_cli.cli.rendering.invocations import render_invocation
    from platform_cli.operate.invoking import invoke

    session = session_of(ctx)
    content = read_payload(payload, session.terminal.stdin)
    invocation = invoke(session.environment, function, content, reach(session))
    render_invocation(session.terminal, invocation)
    if invocation.error is not None:
        raise typer.Exit(1)
