"""`platform dashboards show`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_dashboard
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform dashboards show overview --env prod", "the main figures of the last 12 hours"),
    ("platform dashboards show business --env prod --hours 48", "how business went for two days"),
    ("platform dashboards show service-orders --env prod --json", "the points, for a program"),
)
EXIT_CODES = "0 shown, 1 AWS refuses or nothing is deployed, 2 an invalid blueprint or an unknown dashboard"


def command(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Which one.", autocompletion=complete_dashboard)
    ] = "overview",
    hours: Annotated[int, typer.Option(min=1, max=336, metavar="N", help="Hours to look back.")] = 12,
) -> None:
    """Draw the figures of a dashboard in the terminal.

    Reads the metrics from CloudWatch; the dashboard itself need not be there. The local AWS keeps handlers'
    own metrics only, so most lines have no data there.
    """
    from platform_cli.cli.dashboards import draw
    from platform_cli.cli.rendering.dashboards import render_board

    session = session_of(ctx)
    render_board(session.terminal, draw(session, name, hours, measured=True))
