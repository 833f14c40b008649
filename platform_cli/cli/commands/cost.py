"""`platform cost`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform cost --env prod", "the bill of a month, by the usage profile of the blueprint"),
    ("platform cost --env prod --requests 5M", "the same with five million requests"),
    ("platform cost --env prod --measured", "by what CloudWatch measured in the last 30 days"),
    ("platform cost --env prod --compare main", "what the working copy changes against a branch"),
    ("platform cost --compare ../other/blueprint.yaml --json", "against another file, for a program"),
)
EXIT_CODES = "0 estimated, 1 AWS refuses or does not answer, 2 an invalid blueprint, number or revision"


def command(
    ctx: typer.Context,
    requests: Annotated[
        str | None,
        typer.Option(metavar="N", help="Requests a month of all APIs: 500000, 1M, 2.5M.", show_default=False),
    ] = None,
    measured: Annotated[
        bool, typer.Option("--measured", help="Take the use from CloudWatch, not from the blueprint.")
    ] = False,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="REV|FILE", help="Price the difference to a git revision or a file.", show_default=False
        ),
    ] = None,
    free_tier: Annotated[
        bool, typer.Option("--free-tier/--no-free-tier", help="Take off the free tier that does not expire.")
    ] = True,
    lines: Annotated[bool, typer.Option("--lines", help="Show how each line is computed.")] = False,
) -> None:
    """Estimate the monthly bill from the blueprint.

    The use comes from the section `usage` of the blueprint; what it does not say is assumed, and every
    assumption is listed. Prices carry their source and date.
    """
    from platform_cli.cli.costing import pricing, typed_amount
    from platform_cli.cli.rendering.cost import render_difference, render_estimate
    from platform_cli.operate.cost.comparing import compare as compare_cost
    from platform_cli.operate.cost.comparing import read_other

    session = session_of(ctx)
    amount = typed_amount(requests) if requests is not None else None
    environment, price = pricing(session, amount, measured=measured, free_tier=free_tier)
    if compare is None:
        render_estimate(session.terminal, price(environment), every_line=lines)
        return
    other = read_other(compare, session.blueprint_path, environment.environment)
    render_difference(session.terminal, compare_cost(other, environment, compare, price))
