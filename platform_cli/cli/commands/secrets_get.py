"""`platform secrets get`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_secret
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform secrets get payment", "its version and shape, not its value"),
    ("platform secrets get payment --reveal", "its value, to stdout"),
)
EXIT_CODES = "0 shown, 1 it has no value or may not be read, 2 an unknown secret"


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The secret.", autocompletion=complete_secret)],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the value.")] = False,
) -> None:
    """Show the current value of a secret, if asked to reveal it.

    The value goes to stdout and nowhere else.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.secrets import render_value
    from platform_cli.operate.secrets.selecting import find_secret
    from platform_cli.operate.secrets.values import read_value

    session = session_of(ctx)
    value = read_value(find_secret(session.environment, name), reach(session))
    render_value(session.terminal, value, reveal=reveal)
