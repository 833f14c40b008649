"""`platform config exec`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config exec -- python manage.py check", "with every setting, ORDERS_MAX_ITEMS=50"),
    ("platform config exec --group orders --env dev -- env", "with those of one group"),
)
EXIT_CODES = "0 or what the command gave, 1 AWS refuses or does not answer, 2 the command cannot be run"


def command(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="The program and its arguments.")],
    group: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this group of settings.", show_default=False)
    ] = None,
) -> None:
    """Run a program with the settings as environment variables.

    Secure ones are among them; they are given to that program alone, and written nowhere. Write `--`
    before the program, so that its options are its own.
    """
    from platform_cli.cli.settings import run_with_settings

    raise typer.Exit(run_with_settings(session_of(ctx), words, group))
