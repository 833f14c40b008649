"""`platform destroy`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform destroy --env dev", "shows what goes, and asks"),
    ("platform destroy --env pr-12 --yes", "from a pipeline"),
)
EXIT_CODES = (
    "0 gone, or nothing there, 1 failed, declined or protected, 2 an invalid blueprint, 130 interrupted"
)


def command(ctx: typer.Context) -> None:
    """Delete the system from an environment.

    Stacks go in reverse order, buckets are emptied before, and settings and records after. An
    environment with `protect: true` cannot be destroyed.
    """
    from platform_cli.cli import deploying

    deploying.destroy(session_of(ctx))
