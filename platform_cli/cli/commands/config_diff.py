"""`platform config diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_environment
from platform_cli.cli.session import session_of
from platform_cli.errors import ExitCode

EXAMPLES = (
    ("platform config diff --env prod", "blueprint and Parameter Store"),
    ("platform config diff --env dev --env prod", "two environments"),
)
EXIT_CODES = "0 the same, 1 AWS refuses or does not answer, 2 an unknown environment, 3 they differ"


def rewrite(arguments: list[str]) -> list[str]:
    """Take two environments that were both given by `--env` for the two arguments."""
    from platform_cli.cli.change_options import two_environments

    return two_environments(arguments)


def command(
    ctx: typer.Context,
    environments: Annotated[
        list[str] | None,
        typer.Argument(
            help="Two environments. Default: the blueprint and the store of --env.",
            autocompletion=complete_environment,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show how settings differ from the blueprint, or between two environments.

    Values of secure settings are never compared, only whether they are there, and encrypted.
    """
    from platform_cli.cli.rendering.settings import render_drift
    from platform_cli.cli.settings import differ, drift_of

    session = session_of(ctx)
    if environments:
        differing = differ(session, environments)
    else:
        differing = bool(drift := drift_of(session))
        render_drift(session.terminal, drift, session.environment.environment)
    if differing:
        raise typer.Exit(ExitCode.FINDINGS)
