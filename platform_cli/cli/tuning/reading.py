"""What `platform tune-memory` says without a call: from logs, from records, and of what was left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.cli.tuning.options import TuneOptions

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.blueprint.resolved import ResolvedFunction
    from platform_cli.operate.tuning.priors import Logged


def show_ranking(session: Session, options: TuneOptions) -> None:
    """Rank functions by expected saving, from their logs."""
    from platform_cli.cli.rendering.tuning_history import render_ranking
    from platform_cli.operate.functions import select_functions
    from platform_cli.operate.tuning.pricing import lambda_prices
    from platform_cli.operate.tuning.priors import rank

    functions = select_functions(session.environment, options.target)
    prices = lambda_prices(session.environment.region)
    logged = logs_of(session, reach(session), functions, options.days)
    ranked = rank(functions, logged, options.sizes_mb, options.goal, prices)
    if options.worst is not None:
        ranked = ranked[: options.worst]
    render_ranking(session.terminal, ranked, options.days, session.environment.environment)


def show_history(session: Session, options: TuneOptions) -> None:
    """Show what was promised beside what the logs say since."""
    from platform_cli.cli.rendering.tuning_history import render_history
    from platform_cli.operate.functions import names_of, select_functions
    from platform_cli.operate.tuning.logged import read_logged
    from platform_cli.operate.tuning.pricing import lambda_prices
    from platform_cli.operate.tuning.records import compare, read_records

    functions = {f.address: f for f in select_functions(session.environment, options.target)}
    clients, span = reach(session), timedelta(days=options.days)
    prices = lambda_prices(session.environment.region)
    outcomes = []
    for record in read_records(names_of(session.environment), clients, tuple(functions)):
        function = functions[record.address]
        before = read_logged(session.environment, clients, function, record.when - span, record.when)
        since = read_logged(session.environment, clients, function, record.when, datetime.now(UTC))
        outcomes.append(compare(record, before, since, prices[record.chosen.architecture]))
    render_history(session.terminal, outcomes)


def tidy(session: Session, options: TuneOptions) -> None:
    """Put back what killed runs left."""
    from platform_cli.cli.rendering.tuning_history import render_cleanup
    from platform_cli.operate.functions import select_functions
    from platform_cli.operate.tuning.cleaning import clean_up

    functions = select_functions(session.environment, options.target)
    client = reach(session).client("lambda")
    render_cleanup(
        session.terminal,
        clean_up(client, session.root, session.environment.environment, functions, sleep=time.sleep),
    )


def logs_of(
    session: Session, clients: Clients, functions: Sequence[ResolvedFunction], days: int
) -> dict[str, Logged]:
    """The reports of the last days, by address."""
    from platform_cli.operate.tuning.logged import read_logged

    until = datetime.now(UTC)
    since = until - timedelta(days=days)
    return {f.address: read_logged(session.environment, clients, f, since, until) for f in functions}
