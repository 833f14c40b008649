"""`platform flags set`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Attributes, Reason, StrategyName, Wait
from platform_cli.cli.completion import complete_flag
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags set free-shipping on", "for everybody"),
    ('platform flags set free-shipping on --attribute limit=5 --reason "Christmas"', "with an attribute"),
    ("platform flags set free-shipping off --env prod --strategy all-at-once --yes", "in a hurry"),
)
EXIT_CODES = (
    "0 set, or so already, 1 rolled back, declined or refused, 2 wrong usage, 130 left before the end"
)


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The flag.", autocompletion=complete_flag)],
    state: Annotated[str, typer.Argument(metavar="on|off", help="Its state for everybody.")],
    attribute: Attributes = None,
    reason: Reason = "",
    wait: Wait = True,
    strategy: StrategyName = None,
) -> None:
    """Switch a flag on or off for everybody.

    Rules that the flag has (targets, shares of users, schedules) are taken away; `platform flags rollback`
    brings them back. The change is shown and approved first, written so that no change of somebody else is
    lost, and deployed with the environment's strategy.
    """
    from platform_cli.cli.change_options import pairs
    from platform_cli.cli.flag_intents import read_state
    from platform_cli.cli.flags import How, change_one
    from platform_cli.operate.flags.intents import SetFlag

    intent = SetFlag(name, read_state(state), pairs(attribute, "--attribute"))
    change_one(session_of(ctx), intent, How(reason, wait, strategy))
