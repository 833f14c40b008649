"""`platform lock`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_service
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform lock", "every service of the blueprint"),
    ("platform lock orders users", "these services"),
)
EXIT_CODES = "0 locked, 1 the dependencies cannot be resolved, 2 an unknown service"


def command(
    ctx: typer.Context,
    services: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of services. Default: all.", autocompletion=complete_service, show_default=False
        ),
    ] = None,
) -> None:
    """Lock the dependencies of services, with hashes.

    Resolves what a service's pyproject.toml asks for, for every platform at once, and writes its
    requirements.lock. Packaging installs exactly that and refuses anything else.
    """
    from platform_cli.cli.locking import lock_services
    from platform_cli.cli.rendering.locks import render_locks

    session = session_of(ctx)
    render_locks(session.terminal, lock_services(session, services or []))
