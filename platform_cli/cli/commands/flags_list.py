"""`platform flags list`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags list", "every flag with its state"),
    (
        "platform flags list --env prod --json | jq -r '.flags[] | select(.enabled) | .name'",
        "those that are on",
    ),
)
EXIT_CODES = "0 listed, 1 AWS refuses or the flags are not deployed, 2 an invalid blueprint"


def command(ctx: typer.Context) -> None:
    """List the feature flags with their state.

    A state that was written and is not deployed is marked, with what everybody has meanwhile.
    """
    from platform_cli.cli.flags import open_flags
    from platform_cli.cli.rendering.flags import render_list
    from platform_cli.operate.flags.standing import read_standing

    session = session_of(ctx)
    store = open_flags(session)
    freeform = [profile for profile in store.home.others if profile.freeform]
    environment = session.environment
    stand = read_standing(store)
    render_list(session.terminal, stand, environment.flags, freeform, environment.environment)
