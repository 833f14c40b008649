"""`platform flags promote`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason, StrategyName, Wait, require_two
from platform_cli.cli.completion import complete_environment
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags promote dev prod --flag new-checkout", "one flag, with its rules"),
    ('platform flags promote dev prod --reason "release 12"', "all that both environments have"),
)
EXIT_CODES = (
    "0 promoted, or the same, 1 rolled back, declined or refused, 2 wrong usage, 130 left before the end"
)


def command(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(help="From which environment.", autocompletion=complete_environment)
    ],
    target: Annotated[str, typer.Argument(help="To which one.", autocompletion=complete_environment)],
    flag: Annotated[
        list[str] | None, typer.Option("--flag", metavar="NAME", help="Only this flag; may be repeated.")
    ] = None,
    reason: Reason = "",
    wait: Wait = True,
    strategy: StrategyName = None,
) -> None:
    """Give an environment the states and rules that flags have in another.

    Flags that only the target has stay as they are.
    """
    from platform_cli.cli.flag_intents import promotion
    from platform_cli.cli.flags import How, change, current, in_environment

    require_two(source, target)
    session = session_of(ctx)
    document = current(in_environment(session, source))
    intents = promotion(document, source, flag or [])
    change(in_environment(session, target), intents, How(reason, wait, strategy))
