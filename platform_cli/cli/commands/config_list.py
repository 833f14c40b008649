"""`platform config list`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reveal
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config list", "every setting with its value"),
    ("platform config list orders --env prod --json", "one group, typed, for a program"),
)
EXIT_CODES = "0 listed, 1 AWS refuses or does not answer, 2 an invalid blueprint"


def command(
    ctx: typer.Context,
    group: Annotated[str | None, typer.Argument(help="Only this group.", show_default=False)] = None,
    reveal: Reveal = False,
) -> None:
    """List the settings with their values.

    Secure ones are hidden, unless --reveal is given.
    """
    from platform_cli.cli.rendering.settings import render_settings
    from platform_cli.cli.settings import observed
    from platform_cli.operate.settings.store import declared

    session = session_of(ctx)
    stored = observed(session, group, reveal=reveal)
    render_settings(session.terminal, stored, declared(session.environment, group))
