"""`platform dashboards preview`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platform_cli.cli.completion import complete_dashboard
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dashboards preview --env prod", "a page with all dashboards, on sample data"),
    ("platform dashboards preview service-orders --out orders.html", "one of them, into a file"),
    ("platform dashboards preview overview --env prod --measured", "with what CloudWatch measured"),
)
EXIT_CODES = "0 written, 1 AWS refuses or does not answer, 2 an invalid blueprint or an unknown dashboard"


def command(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Which one. Default: all.", autocompletion=complete_dashboard),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The page. Default: under .platform/dashboards/.")
    ] = None,
    measured: Annotated[
        bool, typer.Option("--measured", help="Take the values from CloudWatch; else they are made up.")
    ] = False,
    hours: Annotated[int, typer.Option(min=1, max=336, metavar="N", help="Hours to look back.")] = 12,
) -> None:
    """Draw dashboards as a page that needs nothing else.

    The layout is that of CloudWatch: 24 columns, the same graphs, colours and limits. Without --measured no
    account is needed, and the page says that its values are made up.
    """
    from platform_cli.cli.dashboards import draw, write_page
    from platform_cli.cli.rendering.dashboards import render_written

    session = session_of(ctx)
    drawn = draw(session, name, hours, measured=measured)
    render_written(session.terminal, drawn, write_page(session, drawn, out))
