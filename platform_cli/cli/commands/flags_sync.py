"""`platform flags sync`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason, StrategyName, Wait
from platform_cli.cli.session import session_of
from platform_cli.errors import ExitCode

EXAMPLES = (
    ("platform flags sync --env prod", "create what is declared and missing"),
    ("platform flags sync --env prod --prune", "and remove what is not declared"),
    ("platform flags sync --check", "only say whether they differ"),
)
EXIT_CODES = "0 the same now, 1 declined or refused, 2 an invalid blueprint, 3 they differ (--check)"


def command(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Show the differences, and stop.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove flags that are not declared.")] = False,
    reason: Reason = "",
    wait: Wait = True,
    strategy: StrategyName = None,
) -> None:
    """Bring the flags that are declared in the blueprint and those that are there together.

    States are never changed: what is missing is created in its default state, descriptions and new
    attributes are taken over. A version that was written and never deployed is deployed.
    """
    from platform_cli.cli.flag_upkeep import show_parity, synchronize
    from platform_cli.cli.flags import How

    session = session_of(ctx)
    if not check:
        synchronize(session, How(reason, wait, strategy), prune=prune)
    elif not show_parity(session):
        raise typer.Exit(ExitCode.FINDINGS)
