"""`platform cost tags`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform cost tags --env prod", "which tags the bill counts by"),
    ("platform cost tags --env prod --activate", "let it count by all of them"),
)
EXIT_CODES = "0 all are active, 1 AWS refuses or declined, 2 an invalid blueprint, 3 some are not active"


def command(
    ctx: typer.Context,
    activate: Annotated[
        bool, typer.Option("--activate", help="Activate those that are not, after approval.")
    ] = False,
) -> None:
    """Show which tags the bill counts by, or activate them.

    Budgets, `watch: system` and `platform cost actual` see nothing before `system` and `environment` are
    active as cost allocation tags, once in the account that pays. AWS charges 0.01 USD for each question,
    and counts by a tag from its activation on.
    """
    from platform_cli.cli.costing import billing_tags

    billing_tags(session_of(ctx), activate=activate)
