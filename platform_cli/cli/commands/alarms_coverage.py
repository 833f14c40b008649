"""`platform alarms coverage`."""

from __future__ import annotations

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform alarms coverage --env prod", "what is not watched, or not of use"),
    ("platform alarms coverage --env prod --json | jq '.findings[].alarm'", "for a program"),
)
EXIT_CODES = (
    "0 well watched, 1 AWS refuses or does not answer, 2 an invalid blueprint, 3 something must be mended"
)


def command(ctx: typer.Context) -> None:
    """Find what should be watched and is not, and alarms that are of no use.

    The alarms are compared with the recommended set, and tested on the last two weeks: alarms that tell
    nobody, that nobody who confirmed hears of, whose metric never had a value, that would have been on half
    of the time, or that could hardly ever be.
    """
    from platform_cli.cli.alarms import coverage

    coverage(session_of(ctx))
