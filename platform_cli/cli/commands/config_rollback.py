"""`platform config rollback`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason, SettingName
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config rollback orders/max-items", "to the last value that was another one"),
    ("platform config rollback orders/max-items --to 3", "to a version"),
)
EXIT_CODES = "0 returned, 1 declined, refused, or nothing to return to, 2 an unknown setting or version"


def command(
    ctx: typer.Context,
    name: SettingName,
    to: Annotated[
        int | None, typer.Option(metavar="VERSION", help="To which version. Default: the last other value.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Return a setting to an earlier value.

    It becomes a new version, so the rollback itself can be rolled back.
    """
    from platform_cli.cli.settings import roll_back

    roll_back(session_of(ctx), name, to, reason)
