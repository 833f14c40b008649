"""`platform cost advise`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform cost advise --env prod", "by what was used in the last 14 days"),
    ("platform cost advise --env prod --days 30 --json", "by a month, for a program"),
)
EXIT_CODES = "0 looked, whatever was found, 1 AWS refuses or does not answer, 2 an invalid blueprint"


def command(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=90, metavar="N", help="Days to look back.")] = 14,
) -> None:
    """Find waste, with what each change saves.

    Looks for provisioned concurrency and capacity that nobody uses, tables that nobody reads, logs that are
    kept for ever, NAT gateways for nothing, and dearer choices than needed. Nothing is changed.
    """
    from platform_cli.cli.costing import advice
    from platform_cli.cli.rendering.cost_advice import render_advice

    session = session_of(ctx)
    found, notices = advice(session, days)
    render_advice(session, found, days, notices)
