"""`platform config export`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reveal
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config export > .env", "as environment variables, ORDERS_MAX_ITEMS=50"),
    ("platform config export orders --format json", "one group, typed"),
    ("platform config export --format tfvars --reveal", "with secure values"),
)
EXIT_CODES = "0 written, 1 AWS refuses, or two settings would have one name, 2 an unknown format"


def command(
    ctx: typer.Context,
    group: Annotated[str | None, typer.Argument(help="Only this group.", show_default=False)] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="FORMAT", help="env, json or tfvars. Default: env; json with --json."
        ),
    ] = None,
    reveal: Reveal = False,
) -> None:
    """Write the settings to stdout.

    Secure ones are left out, unless --reveal is given.
    """
    from platform_cli.cli.settings import observed
    from platform_cli.operate.settings.exporting import export_settings

    session = session_of(ctx)
    stored = observed(session, group, reveal=reveal)
    hidden = [setting.address for setting in stored if setting.value is None]
    chosen = kind or ("json" if session.terminal.json else "env")
    session.terminal.raw(export_settings(stored, session.environment.settings, chosen).encode())
    if hidden:
        session.terminal.say(f"left out, as they are secure: {', '.join(hidden)}; --reveal writes them")
