"""`platform flags stale`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of
from platform_cli.errors import ExitCode

EXAMPLES = (("platform flags stale --env prod", "flags that should go, with where the code names them"),)
EXIT_CODES = "0 none, 1 AWS refuses or code cannot be read, 2 an invalid blueprint, 3 some should go"


def command(ctx: typer.Context) -> None:
    """Find flags that should be gone.

    Past their `remove_after`, the same for everybody for 30 days, named nowhere in the code of services and
    libraries, or not declared. For the others, the lines that name them are listed.
    """
    from platform_cli.cli.flag_upkeep import judge_flags
    from platform_cli.cli.rendering.flag_upkeep import render_stale

    session = session_of(ctx)
    judged = judge_flags(session)
    render_stale(session.terminal, judged)
    if any(flag.stale for flag in judged):
        raise typer.Exit(ExitCode.FINDINGS)
