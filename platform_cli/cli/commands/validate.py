"""`platform validate`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform validate", "check the blueprint with all its environments"),
    ("platform validate --env prod --json", "the findings for a program"),
)
EXIT_CODES = "0 valid (warnings and notices may show), 2 errors"


def command(ctx: typer.Context) -> None:
    """Check the blueprint.

    Every finding comes at once: errors, warnings and notices, each with its place, what is wrong and
    what to write instead. Nothing is contacted and nothing is changed.
    """
    from platform_cli.cli.rendering.validation import render_validation
    from platform_cli.errors import ExitCode

    session = session_of(ctx)
    inspection = session.inspection
    if not inspection.errors and session.options.environment:
        _ = session.environment  # an environment that does not exist is an error as well
    render_validation(session.terminal, inspection)
    if inspection.errors:
        raise typer.Exit(ExitCode.USAGE)
