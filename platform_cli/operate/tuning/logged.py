"""Read the reports of a function from its log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction
from platform_cli.operate.logs import read_logs
from platform_cli.operate.tuning.own_calls import PastRun
from platform_cli.operate.tuning.priors import Logged, gather

MOST_LINES = 20_000
"""Lines read of a function; that is enough for any figure, and busy functions write millions a day."""
PATTERN = '?"REPORT RequestId" ?"START RequestId" ?"platform.report" ?"platform.start"'
"""The lines that tell of an invocation's beginning and end, in text and in JSON."""


def read_logged(
    environment: ResolvedEnvironment,
    clients: Clients,
    function: ResolvedFunction,
    since: datetime,
    until: datetime,
    runs: Sequence[PastRun] = (),
) -> Logged:
    """The reports of a function's users in a time; of a busy one, those of its first part.

    Args:
        environment: Where.
        clients: Of the environment.
        function: Whose.
        since: From when on.
        until: Up to when.
        runs: Earlier tunings of the function, whose calls are no users' calls.

    Raises:
        PlatformError: AWS refuses. A function that never logged is no error.
    """
    lines = list(
        islice(
            read_logs(environment, clients, function.address, since=since, until=until, pattern=PATTERN),
            MOST_LINES,
        )
    )
    read_until = lines[-1].time if len(lines) == MOST_LINES else until
    return gather(lines, (function,), since, read_until, {function.address: runs})[function.address]
