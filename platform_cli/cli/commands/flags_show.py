"""`platform flags show`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_flag
from platform_cli.cli.session import session_of

EXAMPLES = (("platform flags show free-shipping", "its state, rules, uses in code, last changes"),)
EXIT_CODES = "0 shown, 1 AWS refuses or the flags are not deployed, 2 an unknown flag"


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The flag.", autocompletion=complete_flag)],
) -> None:
    """Show a flag: its state, who gets what, where the code uses it, who changed it."""
    from platform_cli.cli.flag_upkeep import code_references
    from platform_cli.cli.flags import open_flags
    from platform_cli.cli.rendering.flags import render_flag
    from platform_cli.operate.flags.intents import known
    from platform_cli.operate.flags.standing import read_standing
    from platform_cli.operate.history import read_history

    session = session_of(ctx)
    store, environment = open_flags(session), session.environment
    stand = read_standing(store)
    known(stand.document, name)
    references = code_references(session, [name])[name]
    entries = read_history(store.clients, environment, kind="flags", subject=name)
    flag = environment.flags.get(name)
    render_flag(session.terminal, name, stand, flag, references, entries, environment.environment)
