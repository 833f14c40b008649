"""`platform config get`."""

from __future__ import annotations

import typer

from platform_cli.cli.change_options import Reveal, SettingName
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform config get orders/max-items", "the value alone"),
    ("platform config get orders/token --reveal --env prod", "a secure one"),
)
EXIT_CODES = "0 shown, 1 it is not stored or AWS refuses, 2 an unknown setting"


def command(ctx: typer.Context, name: SettingName, reveal: Reveal = False) -> None:
    """Show the value of a setting."""
    from platform_cli.cli.deploying import reach
    from platform_cli.cli.rendering.settings import render_setting
    from platform_cli.cli.settings import missing
    from platform_cli.operate.settings.store import find_setting, read_setting

    session = session_of(ctx)
    setting = find_setting(session.environment, name)
    stored = read_setting(setting, reach(session), reveal=reveal)
    if stored is None:
        raise missing(session, setting)
    render_setting(session.terminal, stored, setting)
