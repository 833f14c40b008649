"""`platform flags target`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Attributes, Reason, StrategyName, Wait
from platform_cli.cli.completion import complete_flag
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("""platform flags target new-checkout --when 'plan == "pro"'""", "on for them"),
    ("""platform flags target new-checkout --when 'country in ["DE", "AT"]' --off""", "off for them"),
    ("""platform flags target new-checkout --remove 'plan == "pro"'""", "no longer"),
)
EXIT_CODES = (
    "0 set, or so already, 1 rolled back, declined or refused, 2 wrong usage, 130 left before the end"
)


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The flag.", autocompletion=complete_flag)],
    when: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="On context values.", show_default=False)
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Off for them instead of on.")] = False,
    variant: Annotated[
        str | None, typer.Option(metavar="NAME", help="The variant's name. Default: the condition.")
    ] = None,
    remove: Annotated[
        str | None, typer.Option(metavar="WHICH", help="Take a condition or variant away.")
    ] = None,
    attribute: Attributes = None,
    reason: Reason = "",
    wait: Wait = True,
    strategy: StrategyName = None,
) -> None:
    """Switch a flag on, or off, for those for whom a condition holds.

    Conditions compare context values that the handler gives: `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`,
    `not in`, `begins_with`, `ends_with`, `contains`, `matches`, `exists`, joined by `and`, `or`, `not` and
    parentheses. The first condition that holds decides; shares of users come after all of them.
    """
    from platform_cli.cli.change_options import pairs
    from platform_cli.cli.flag_intents import target_intent
    from platform_cli.cli.flags import How, change_one

    attributes = pairs(attribute, "--attribute")
    intent = target_intent(name, when, remove, enabled=not off, variant=variant, attributes=attributes)
    change_one(session_of(ctx), intent, How(reason, wait, strategy))
