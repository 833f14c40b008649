"""`platform cost actual`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform cost actual --env prod", "this month so far, its forecast, and the estimate beside"),
    ("platform cost actual --env prod --month 2026-10", "a whole month"),
    ("platform cost actual --env prod --measured", "against the estimate of the measured use"),
)
EXIT_CODES = "0 compared, 1 AWS refuses or does not answer, 2 an invalid blueprint or month"


def command(
    ctx: typer.Context,
    month: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM", help="The month. Default: the current one.", show_default=False),
    ] = None,
    measured: Annotated[
        bool, typer.Option("--measured", help="Estimate by the measured use, not by the blueprint's.")
    ] = False,
) -> None:
    """Compare the bill of AWS with the estimate.

    Asks Cost Explorer for what bears the tags `system` and `environment`, which must be active as cost
    allocation tags. AWS charges 0.01 USD for each such question.
    """
    from platform_cli.cli.costing import actual_bill
    from platform_cli.cli.rendering.cost_bill import render_bill

    session = session_of(ctx)
    render_bill(session.terminal, actual_bill(session, month, measured=measured))
