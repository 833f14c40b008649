"""`platform alarms check`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import AlarmSelector
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform alarms check --env prod", "what is on, since when, and why"),
    ("platform alarms check orders --all", "all of a service, with their last values"),
    (
        "platform deploy --env prod --yes && platform alarms check --env prod --wait 10m --since last",
        "a gate",
    ),
)
EXIT_CODES = "0 quiet, 1 AWS refuses or does not answer, 2 an unknown selector or time, 3 something is on"


def command(
    ctx: typer.Context,
    selector: AlarmSelector = None,
    severity: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="Only critical, warning or info.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Only those that changed since the last deployment (last), one by its id, or 10m, 2h, 1d.",
        ),
    ] = None,
    wait: Annotated[
        str | None, typer.Option(metavar="TIME", help="Wait so long until all is quiet: 30s, 10m, 1h.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show those that are not on, too.")] = False,
) -> None:
    """Show the alarms: which are on, since when, and why.

    By service and severity, with the last values of what they watch.
    """
    from platform_cli.cli.alarms import check

    check(session_of(ctx), selector, severity, since, wait, everything=everything)
