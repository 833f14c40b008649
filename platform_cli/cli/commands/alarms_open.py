"""`platform alarms open`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import AlarmSelector
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform alarms open --env prod", "all of the environment"),
    ("platform alarms open orders.create.errors --print", "the address of one"),
)
EXIT_CODES = "0 opened or printed, 1 AWS refuses, 2 an unknown selector"


def command(
    ctx: typer.Context,
    selector: AlarmSelector = None,
    printing: Annotated[bool, typer.Option("--print", help="Print the address only.")] = False,
) -> None:
    """Open alarms in the console of CloudWatch.

    The browser must be logged in to the account. The local AWS has no console.
    """
    from platform_cli.cli.alarms import open_console

    open_console(session_of(ctx), selector, printing=printing)
