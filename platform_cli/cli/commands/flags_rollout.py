"""`platform flags rollout`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Attributes, Reason, StrategyName, Wait
from platform_cli.cli.completion import complete_flag
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags rollout new-checkout --percent 20 --by userId", "on for a fifth of the users"),
    ("platform flags rollout new-checkout --percent 50 --by userId", "the first fifth keeps it"),
    (
        "platform flags rollout checkout --percent 30 --by userId --variant large --attribute size=9",
        "one of several variants",
    ),
)
EXIT_CODES = (
    "0 set, or so already, 1 rolled back, declined or refused, 2 wrong usage, 130 left before the end"
)


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The flag.", autocompletion=complete_flag)],
    percent: Annotated[float, typer.Option(metavar="NUMBER", help="The share of users, from 0 to 100.")],
    by: Annotated[str, typer.Option(metavar="KEY", help="The context value that tells users apart.")],
    variant: Annotated[
        str, typer.Option(metavar="NAME", help="Which variant gets the share, if there are several.")
    ] = "rollout",
    off: Annotated[bool, typer.Option("--off", help="Off for the share, on for the others.")] = False,
    attribute: Attributes = None,
    reason: Reason = "",
    wait: Wait = True,
    strategy: StrategyName = None,
) -> None:
    """Switch a flag on for a share of users, the same users each time.

    Shares of several variants add up: their percentages are written cumulatively, so that one does not eat
    the other. Each flag has a seed of its own, so that not the same users are the first everywhere. The
    handler gives the context value; a request without it gets the default.
    """
    from platform_cli.cli.change_options import pairs
    from platform_cli.cli.flags import How, change_one
    from platform_cli.operate.flags.rules import context_key
    from platform_cli.operate.flags.targeting import Rollout

    attributes = pairs(attribute, "--attribute")
    intent = Rollout(name, percent, context_key(by), variant, not off, attributes)
    change_one(session_of(ctx), intent, How(reason, wait, strategy))
