"""`platform invoke`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_function
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform invoke health.check", "a function with one route: a request to it; others get {}"),
    ("""platform invoke orders.get --request 'GET /orders/42' --claim sub=ada""", "a route, as its user"),
    ("""platform invoke orders.create --request 'POST /orders' --body @order.json""", "a route with a body"),
    ("platform invoke orders.nightly --payload @event.json", "an event as it is, from a file"),
    ("echo '{}' | platform invoke orders.nightly --payload -", "an event from stdin"),
)
EXIT_CODES = "0 answered, 1 the function failed or is not deployed, 2 an unknown function or a bad payload"


def command(
    ctx: typer.Context,
    function: Annotated[
        str, typer.Argument(help="Its address, service.function.", autocompletion=complete_function)
    ],
    payload: Annotated[
        str, typer.Option(metavar="JSON", help="The event: JSON, @FILE, or - for stdin.", show_default=False)
    ] = "",
    request: Annotated[
        str | None,
        typer.Option(metavar="'METHOD /PATH'", help="Make the event of a request to one of its routes."),
    ] = None,
    body: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The request's body: text, @FILE, or - for stdin.")
    ] = None,
    claim: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A claim of the caller's token; may be repeated."),
    ] = None,
) -> None:
    """Call a function and show its answer and its log.

    The answer goes to stdout as it came, the log and what the call took to stderr. With `--request` the
    function gets what its API would send it; the API's authorizer is not asked.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.payloads import event_of
    from platform_cli.cli.rendering.invocations import render_invocation
    from platform_cli.operate.invoking import invoke

    session = session_of(ctx)
    content = event_of(session, function, payload, request, body, claim or [])
    invocation = invoke(session.environment, function, content, reach(session))
    render_invocation(session.terminal, invocation)
    if invocation.error is not None:
        raise typer.Exit(1)
