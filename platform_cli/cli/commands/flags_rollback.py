"""`platform flags rollback`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason, StrategyName, Wait
from platform_cli.cli.completion import complete_flag
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags rollback free-shipping", "as it was before its last change"),
    ("platform flags rollback --to 12 --strategy all-at-once", "all flags as in version 12, at once"),
)
EXIT_CODES = (
    "0 returned, 1 declined, refused, or nothing to return to, 2 wrong usage, 130 left before the end"
)


def command(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only these flags. Default: all.", autocompletion=complete_flag, show_default=False
        ),
    ] = None,
    to: Annotated[
        int | None, typer.Option(metavar="VERSION", help="To which version. Default: before the last change.")
    ] = None,
    reason: Reason = "",
    wait: Wait = True,
    strategy: StrategyName = None,
) -> None:
    """Return flags to an earlier state.

    Flags that are the same there stay untouched, whatever somebody does to them meanwhile. It is a new
    version, so the rollback itself can be rolled back.
    """
    from platform_cli.cli.flags import How, change, open_flags
    from platform_cli.operate.flags.past import rollback_intents

    session = session_of(ctx)
    version, intents = rollback_intents(open_flags(session), names or (), to)
    session.terminal.say(f"returning to version {version}")
    change(session, lambda _document: intents, How(reason, wait, strategy))
