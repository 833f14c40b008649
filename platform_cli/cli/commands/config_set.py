"""`platform config set`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason, SettingName
from platform_cli.cli.session import session_of

EXAMPLES = (
    ('platform config set orders/max-items 60 --reason "bigger baskets"', "a plain setting"),
    ("platform config set orders/token < token.txt", "a secure one, from stdin"),
    ("platform config set orders/token", "a secure one, typed unseen"),
)
EXIT_CODES = "0 set, or so already, 1 declined or refused, 2 an unknown setting or a wrong value"


def command(
    ctx: typer.Context,
    name: SettingName,
    value: Annotated[
        str | None,
        typer.Argument(help="Its value; - for stdin. Never of a secure setting.", show_default=False),
    ] = None,
    reason: Reason = "",
) -> None:
    """Change the value of a setting.

    The value must be of the type that the blueprint says. Handlers see it within a minute, without a
    deployment, and no deployment sets it back. The value of a secure setting comes from stdin or is typed;
    it never shows.
    """
    from platform_cli.cli.settings import set_setting

    set_setting(session_of(ctx), name, value, reason)
