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
    ("platform alarms test --cleanup --env prod", "put back what a test left that was killed"),
)
EXIT_CODES = (
    "0 all were heard, 1 declined, AWS refuses or something could not be put back, 2 an unknown selector, "
    "3 one was not heard, 130 stopped"
)


def command(
    ctx: typer.Context,
    selector: AlarmSelector = None,
    everything: Annotated[bool, typer.Option("--all", help="All alarms of the environment.")] = False,
    cleanup: Annotated[
        bool, typer.Option("--cleanup", help="Only put back what an earlier test left.")
    ] = False,
    reason: Reason = "",
) -> None:
    """Set alarms off, and prove that their notice is sent.

    The contacts get the notice as well, so tell them before. A queue is subscribed to the topic for the time
    of the test, and catches the notice; the alarm's history shows that it went on; then everything is put
    back, also after Ctrl-C. What could not be is named, and `--cleanup` puts it back; also what a test left
    that was killed. That somebody read a mail cannot be proven.
    """
    from platform_cli.cli.alarm_changes import clean_up, test

    if cleanup:
        clean_up(session_of(ctx), reason)
    else:
        test(session_of(ctx), selector, reason, everything=everything)
