"""`platform secrets rotate`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_secret
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform secrets rotate ledger --env prod", "looks first, asks, rotates, proves"),
    ("platform secrets rotate --overdue --yes --reason 'monthly round'", "from a pipeline"),
    ("platform secrets rotate ledger --dry-run", "only looks"),
    ("platform secrets rotate ledger --recover", "a rotation that died a moment ago"),
)
EXIT_CODES = (
    "0 rotated and proven, or nothing is overdue, 1 failed, refused or declined, 2 wrong usage, "
    "130 interrupted"
)


def command(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(help="The secret.", autocompletion=complete_secret, show_default=False),
    ] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="All secrets that rotate.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Those that should have rotated.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look, and change nothing.")] = False,
    recover: Annotated[
        bool, typer.Option("--recover", help="Take a pending version for left over, however young.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=10, help="How long to watch a rotation on AWS.")
    ] = 600,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait/--no-wait",
            help="Stay until functions called lately have the new value: 5 minutes.",
        ),
    ] = True,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; for the history.", show_default=False)
    ] = "",
) -> None:
    """Rotate secrets, with a probe that runs throughout.

    First everything is looked at that a rotation needs. In the end the new value works, and the old one
    does what the strategy says, and functions are seen to take the new one. Whatever fails, a value that
    works is the current one; a rotation that stopped half-way is put right first.
    """
    from platform_cli.cli import secrets
    from platform_cli.cli.rendering.secret_rotations import render_dry_run

    session = session_of(ctx)
    chosen = secrets.choose(session, name, all_of_them=all_of_them, overdue=overdue)
    plans = secrets.plan(session, chosen, recover=recover, timeout_seconds=timeout)
    if dry_run or not plans:
        render_dry_run(session.terminal, plans)
    elif not secrets.rotate(session, plans, reason, wait=wait):
        raise typer.Exit(1)
