"""`platform config history`."""

from __future__ import annotations

import typer

from platform_cli.cli.change_options import Reveal, SettingName
from platform_cli.cli.session import session_of

EXAMPLES = (("platform config history orders/max-items", "its values, who set them, and why"),)
EXIT_CODES = "0 shown, 1 it is not stored or AWS refuses, 2 an unknown setting"


def command(ctx: typer.Context, name: SettingName, reveal: Reveal = False) -> None:
    """Show the values that a setting had, the latest first.

    Parameter Store keeps the last 100.
    """
    from platform_cli.cli.rendering.settings import render_versions
    from platform_cli.cli.settings import versions_of, writers_of
    from platform_cli.operate.settings.store import find_setting

    session = session_of(ctx)
    setting = find_setting(session.environment, name)
    versions = versions_of(session, setting, reveal=reveal)
    render_versions(session.terminal, versions, writers_of(session, setting))
