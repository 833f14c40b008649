"""`platform config push`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config push --env dev", "all settings as in the blueprint"),
    ('platform config push orders --env prod --reason "new tariff"', "one group"),
)
EXIT_CODES = "0 pushed, or so already, 1 declined or refused, 2 an invalid blueprint"


def command(
    ctx: typer.Context,
    group: Annotated[str | None, typer.Argument(help="Only this group.", show_default=False)] = None,
    reason: Reason = "",
) -> None:
    """Make Parameter Store say what the blueprint says.

    A secure value that is stored stays, since the blueprint only has the one that it was created with; and
    what the blueprint does not declare is left alone.
    """
    from platform_cli.cli.settings import push

    push(session_of(ctx), group, reason)
