"""`platform config pull`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config pull --env prod", "into the overrides of prod"),
    ('platform config pull orders --env prod --everywhere --reason "as tuned"', "one group, everywhere"),
)
EXIT_CODES = (
    "0 written, or the same, 1 declined, refused, or a value cannot be changed alone, 2 an invalid blueprint"
)


def command(
    ctx: typer.Context,
    group: Annotated[str | None, typer.Argument(help="Only this group.", show_default=False)] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="For all environments, not only in this one's overrides.")
    ] = False,
    reason: Reason = "",
) -> None:
    """Make the blueprint say what Parameter Store says.

    Only values change; comments and everything else of the file stay. Secure values never come into it.
    """
    from platform_cli.cli.settings import pull

    pull(session_of(ctx), group, reason, everywhere=everywhere)
