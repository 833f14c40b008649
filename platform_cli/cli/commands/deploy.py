"""`platform deploy`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform deploy", "to the first environment; a local one starts by itself"),
    ("platform deploy --env prod --dry-run", "show what would change, and stop"),
    ('platform deploy --env prod --yes --reason "release 12"', "from a pipeline"),
)
EXIT_CODES = "0 deployed, or nothing to do, 1 failed or declined, 2 an invalid blueprint, 130 interrupted"


def command(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, for the record.", show_default=False)
    ] = "",
    allow_replacement: Annotated[
        bool,
        typer.Option("--allow-replacement", help="Let things that hold data be deleted or replaced."),
    ] = False,
    allow_removal: Annotated[
        bool,
        typer.Option("--allow-removal", help="Delete stacks that are no longer needed, if protected too."),
    ] = False,
) -> None:
    """Deploy the system to an environment.

    Synthesizes, compares with what is there, shows the changes, asks as the environment demands, and
    carries them out with stacks in parallel. If nothing changed, nothing is done. An interrupted
    deployment goes on where it stopped when the same command runs again.
    """
    from platform_cli.cli import deploying

    session = session_of(ctx)
    if dry_run:
        deploying.show_plan(session, allow_removal=allow_removal)
    else:
        deploying.deploy(
            session, reason=reason, allow_replacement=allow_replacement or None, allow_removal=allow_removal
        )
