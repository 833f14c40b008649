"""`platform flags diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import require_two
from platform_cli.cli.completion import complete_environment
from platform_cli.cli.session import session_of
from platform_cli.errors import ExitCode

EXAMPLES = (("platform flags diff dev prod", "what promoting would change"),)
EXIT_CODES = (
    "0 the same, 1 AWS refuses or the flags are not deployed, 2 an unknown environment, 3 they differ"
)


def command(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(help="An environment.", autocompletion=complete_environment)],
    second: Annotated[str, typer.Argument(help="Another one.", autocompletion=complete_environment)],
) -> None:
    """Show how the flags of two environments differ.

    What counts is what is written; what is not deployed of it yet is said.
    """
    from platform_cli.cli.flags import in_environment, standing
    from platform_cli.cli.rendering.flag_upkeep import render_differences
    from platform_cli.operate.flags.differences import compare

    require_two(first, second)
    session = session_of(ctx)
    stands = {name: standing(in_environment(session, name)) for name in (first, second)}
    differences = compare(stands[first].document, stands[second].document)
    render_differences(session.terminal, differences, stands)
    if differences:
        raise typer.Exit(ExitCode.FINDINGS)
