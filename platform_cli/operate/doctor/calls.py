"""What the functions' own logs say of their last calls."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice

from platform_cli.blueprint.resolved import ResolvedFunction
from platform_cli.operate.doctor.context import Context
from platform_cli.operate.logs import read_logs
from platform_cli.operate.reports import InvocationReport, parse_report

WINDOW = timedelta(hours=24)
MOST_CALLS = 2000
"""Calls that are read of a function; enough for any share, and a busy one makes millions a day."""
FEWEST_CALLS = 20
"""Below so many calls a share says nothing."""
_PATTERN = '?"REPORT RequestId" ?"platform.report"'
_WORKERS = 4


def reports(context: Context) -> Mapping[str, tuple[InvocationReport, ...]]:
    """The reports of the last day by function, `orders.create`; of a busy one, the first of that day.

    Raises:
        PlatformError: AWS refuses. A function that never ran has none.
    """

    def read(function: ResolvedFunction) -> tuple[InvocationReport, ...]:
        lines = read_logs(
            context.environment,
            context.clients,
            function.address,
            since=context.now - WINDOW,
            until=context.now,
            # The local AWS takes the question marks, "any of these", for letters.
            pattern=_PATTERN if context.environment.target == "aws" else None,
        )
        found = (parse_report(line.message) for line in lines)
        return tuple(islice((report for report in found if report is not None), MOST_CALLS))

    def make() -> Mapping[str, tuple[InvocationReport, ...]]:
        functions = context.environment.functions
        with ThreadPoolExecutor(_WORKERS) as pool:
            return dict(zip((f.address for f in functions), pool.map(read, functions), strict=True))

    return context.share("reports", make)


def start_ms(report: InvocationReport) -> float | None:
    """What a cold start took; None for a warm call."""
    return report.init_ms if report.init_ms is not None else report.restore_ms
