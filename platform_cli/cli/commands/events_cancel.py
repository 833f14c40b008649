"""`platform events cancel`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason
from platform_cli.cli.session import session_of

EXAMPLES = (("platform events cancel shop-prod-events-20261121T080000", "end it; what was sent is sent"),)
EXIT_CODES = "0 cancelled, 1 declined, it has ended or AWS refuses, 2 an unknown replay"


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Of the replay.", show_default=False)],
    reason: Reason = "",
) -> None:
    """End a replay before it is through."""
    from platform_cli.cli.events import end_replay

    end_replay(session_of(ctx), name, reason)
