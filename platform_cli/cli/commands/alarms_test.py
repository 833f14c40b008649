"""`platform alarms test`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import AlarmSelector, Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform alarms test orders.create.errors", "one alarm"),
    ("platform alarms test orders --env prod", "all of a service"),
    ("platform alarms test --all --env dev --yes", "all"),
)
EXIT_CODES = "0 all were heard, 1 declined or AWS refuses, 2 an unknown selector, 3 one was not heard"


def command(
    ctx: typer.Context,
    selector: AlarmSelector = None,
    everything: Annotated[bool, typer.Option("--all", help="All alarms of the environment.")] = False,
    reason: Reason = "",
) -> None:
    """Set alarms off, and prove that their notice is sent.

    The contacts get the notice as well, so tell them before. A queue is subscribed to the topic for the time
    of the test, and catches the notice; the alarm's history shows that it went on; then everything is put
    back. That somebody read a mail cannot be proven.
    """
    from platform_cli.cli.alarms import test

    test(session_of(ctx), selector, reason, everything=everything)
