"""`platform secrets new-function`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_secret
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform secrets new-function payment", "the service `rotation`, registered for the secret"),
    ("platform secrets new-function tokens --strategy jwt_key --service token-rotation", "keys of tokens"),
    ("platform secrets new-function ledger --administrator ledger-admin --dry-run", "only shows it"),
)
EXIT_CODES = "0 made, 1 cannot be written, 2 a name or answer that does not do"


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The secret.", autocompletion=complete_secret)],
    service: Annotated[str, typer.Option(metavar="NAME", help="The new service.")] = "rotation",
    strategy: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="api_key, jwt_key or generic; a database's login has its own."),
    ] = None,
    administrator: Annotated[
        str | None,
        typer.Option(metavar="SECRET", help="alternating_users: the login that may make users."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the files and the change; write nothing.")
    ] = False,
) -> None:
    """Add a service with a rotation function for a secret, and register it in the blueprint."""
    from platform_cli.cli.rendering.scaffolding import render_service, render_service_plan
    from platform_cli.cli.secrets import chosen_strategy
    from platform_cli.scaffold.rotations import plan_rotation_function
    from platform_cli.scaffold.services import create_service

    session = session_of(ctx)
    kind = chosen_strategy(session, name, strategy)
    plan = plan_rotation_function(session.root, session.blueprint_path, name, service, kind, administrator)
    if dry_run:
        return render_service_plan(session.terminal, session.root, plan)
    create_service(plan)
    return render_service(session.terminal, session.root, service, plan.paths)
