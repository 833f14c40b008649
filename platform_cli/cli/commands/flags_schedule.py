"""`platform flags schedule`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import Reason, StrategyName, Wait
from platform_cli.cli.completion import complete_flag
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags schedule free-shipping on --at 2026-12-01T08:00+01:00", "on from then"),
    (
        "platform flags schedule free-shipping on --at 2026-12-24T00:00 --until 2026-12-27T00:00",
        "for some days",
    ),
    ("platform flags schedule free-shipping --clear", "no schedule any more"),
)
EXIT_CODES = (
    "0 set, or so already, 1 rolled back, declined or refused, 2 wrong usage, 130 left before the end"
)


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The flag.", autocompletion=complete_flag)],
    state: Annotated[
        str | None, typer.Argument(metavar="[on|off]", help="The state that begins.", show_default=False)
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When it begins, in ISO 8601.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="When it ends. Default: never.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take all schedules of the flag away.")] = False,
    reason: Reason = "",
    wait: Wait = True,
    strategy: StrategyName = None,
) -> None:
    """Let a state of a flag begin, and end, at a time.

    The schedule is a rule on the context value `now`, which servicekit sends with every question, so it is
    deployed today and needs nobody at the time. A time without a zone is local time.
    """
    from platform_cli.cli.flag_intents import schedule_intent
    from platform_cli.cli.flags import How, change_one

    intent = schedule_intent(name, state, at, until, clear=clear)
    change_one(session_of(ctx), intent, How(reason, wait, strategy))
