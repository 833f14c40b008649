"""`platform config pull`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config pull --env prod", "into the overrides of prod"),
    ("platform config pull orders --env prod --everywhere", "one group, for all environments"),
)
EXIT_CODES = "0 written, or the same, 1 declined or AWS refuses, 2 the file cannot be changed"


def command(
    ctx: typer.Context,
    group: Annotated[str | None, typer.Argument(help="Only this group.", show_default=False)] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="For all environments, not only in this one's overrides.")
    ] = False,
) -> None:
    """Make the blueprint say what Parameter Store says.

    Only values change; comments and everything else of the file stay. Secure values never come into it.
    """
    from platform_cli.cli.settings import pull

    pull(session_of(ctx), group, everywhere=everywhere)
