"""`platform trace`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform trace 1-5759e988-bd862e3fe1be46a994272793 --env prod", "what a request went through"),
    ("platform logs --level error --json | jq -r .fields.xray_trace_id", "traces with errors"),
)
EXIT_CODES = "0 shown, 1 no such trace, or AWS refuses, 2 no id of a trace"


def command(
    ctx: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="Its id, or a header of X-Ray with it.", show_default=False)
    ],
) -> None:
    """Show what a request went through, with times, as a tree.

    The id is the field `xray_trace_id` of lines in logs. X-Ray keeps traces for 30 days, the local AWS for
    one.
    """
    from platform_cli.cli.logs import show_trace

    show_trace(session_of(ctx), identifier)
