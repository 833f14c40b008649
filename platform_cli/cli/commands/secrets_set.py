"""`platform secrets set`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_secret
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform secrets set payment", "asks for the value, and does not show what is typed"),
    ("platform secrets set payment --yes < key.txt", "from a file"),
    ("pass show payment | platform secrets set payment --env prod --yes", "from another store"),
    ("platform secrets set tokens --generate", "a first ring of keys, for the strategy jwt_key"),
)
EXIT_CODES = (
    "0 set, 1 somebody changed it meanwhile, or declined, 2 an unknown secret or an empty value, "
    "130 interrupted"
)


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The secret.", autocompletion=complete_secret)],
    value: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    generate: Annotated[
        bool, typer.Option("--generate", help="Make one: a text, or a first ring of keys.")
    ] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; for the history.", show_default=False)
    ] = "",
) -> None:
    """Set the value of a secret, read from stdin or asked for; never an argument.

    The value becomes the current one in one step, and only if nobody else set another one meanwhile.
    One line end at the end is not part of it.
    """
    from platform_cli.cli import secrets

    session = session_of(ctx)
    secrets.refuse_argument(name, value)
    secrets.set_value(session, name, reason, generate=generate)
