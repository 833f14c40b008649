"""`platform alarms silence`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import AlarmSelector, Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform alarms silence orders --for 30m --reason 'moving the table'", "a service, for half an hour"),
    ("platform alarms silence --list", "what is silenced, until when"),
    ("platform alarms silence --end", "let all tell again now"),
)
EXIT_CODES = "0 done, 1 declined or AWS refuses, 2 an unknown selector or time"


def command(
    ctx: typer.Context,
    selector: AlarmSelector = None,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="1m to 15d.")] = "30m",
    listing: Annotated[bool, typer.Option("--list", help="Show what is silenced.")] = False,
    ending: Annotated[bool, typer.Option("--end", help="End what is silenced.")] = False,
    reason: Reason = "",
) -> None:
    """Let alarms tell nobody for a while.

    They go on and off all the same, and `alarms check` shows it. Each silence has an end: it is a rule of
    CloudWatch that mutes actions, not a switch that somebody forgets. On the local AWS actions are switched
    off, and on again at the end.
    """
    from platform_cli.cli.alarm_changes import end_silence, list_silences, silence

    session = session_of(ctx)
    if listing:
        list_silences(session)
    elif ending:
        end_silence(session, reason)
    else:
        silence(session, selector, length, reason)
