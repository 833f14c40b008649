"""`platform flags history`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_flag
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags history", "the last deployments, with what each changed"),
    ("platform flags history free-shipping --limit 50", "those that changed one flag"),
)
EXIT_CODES = "0 shown, 1 AWS refuses or the flags are not deployed, 2 an invalid blueprint"


def command(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Only this flag.", autocompletion=complete_flag, show_default=False)
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, help="How many deployments to look at.")
    ] = 20,
) -> None:
    """Show which deployment changed which flags, who made it, and why.

    A version that is written and waits for a deployment stands first.
    """
    from platform_cli.cli.flags import open_flags
    from platform_cli.cli.rendering.flag_upkeep import render_past
    from platform_cli.operate.flags.past import past_deployments
    from platform_cli.operate.flags.standing import read_standing
    from platform_cli.operate.history import read_history

    session = session_of(ctx)
    store = open_flags(session)
    entries = read_history(store.clients, session.environment, kind="flags")
    past = past_deployments(store, limit=limit)
    render_past(session.terminal, read_standing(store), past, entries, name)
