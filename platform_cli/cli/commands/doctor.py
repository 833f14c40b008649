"""`platform doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason
from platform_cli.cli.completion import complete_check
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform doctor", "the machine and the workspace, in any folder"),
    ("platform doctor --env prod", "everything, for an environment"),
    ("platform doctor --only machine --fix", "one group, and mend what can be mended safely"),
    ("platform doctor --env prod --json", "for a pipeline; exit code 3 says that something failed"),
)
EXIT_CODES = (
    "0 nothing failed, warnings or not, 1 a check could not be made, or declined, 2 wrong usage, 3 a failure"
)


def command(
    ctx: typer.Context,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GROUP|CHECK",
            help="machine, access, workspace, environment, goals, or the id of a check; may be repeated.",
            autocompletion=complete_check,
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Show what can be mended safely, ask, and do it.")
    ] = False,
    show_all: Annotated[
        bool, typer.Option("--all", help="List what is well too, with what was seen.")
    ] = False,
    days: Annotated[
        int, typer.Option(min=1, max=90, metavar="N", help="Days over which goals are measured.")
    ] = 30,
    reason: Reason = "",
) -> None:
    """Look whether the machine, the workspace and an environment are well, and say what to do.

    Checks run side by side, and change nothing. Without `--env`, what is deployed is not looked at. Each
    check is explained by `platform explain CHECK`.
    """
    from platform_cli.cli.doctor import diagnose, exit_code, fix_all
    from platform_cli.cli.rendering.doctor import render_data, render_diagnosis

    session = session_of(ctx)
    context, diagnosis = diagnose(session, tuple(only or ()), days)
    render_diagnosis(session.terminal, diagnosis, show_all=show_all, fixing=fix)
    diagnosis, mended = fix_all(session, context, diagnosis, reason) if fix else (diagnosis, ())
    render_data(session.terminal, diagnosis, mended)
    raise typer.Exit(exit_code(diagnosis, mended))
