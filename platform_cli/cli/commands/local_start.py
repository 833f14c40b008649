"""`platform local start`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform local start", "start it, or say where it runs"),
    ("platform local start --port 4566", "on a port of your choice"),
)
EXIT_CODES = "0 it runs, 1 it cannot start (such as a port in use)"


def command(
    ctx: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, help="Its port on 127.0.0.1. Default: a free one.", show_default=False
        ),
    ] = None,
) -> None:
    """Start the embedded local AWS.

    It runs in the background, on 127.0.0.1 alone, with its data under .platform/local. `platform deploy`
    to an environment with `target: local` starts it by itself.
    """
    from platform_cli.cli.rendering.local import render_local
    from platform_cli.cli.rendering.progress import LiveProgress
    from platform_cli.local.server import start

    session = session_of(ctx)
    with LiveProgress(session.terminal) as progress:
        local = start(session.root, port=port, report=progress)
    render_local(session.terminal, local)
