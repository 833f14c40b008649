"""What `platform tune-memory` says without a call: from logs, from records, and of what was left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.cli.tuning.options import TuneOptions
from platform_cli.errors import PlatformError

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.blueprint.resolved import ResolvedFunction
    from platform_cli.operate.tuning.own_calls import PastRun
    from platform_cli.operate.tuning.pricing import LambdaPrice
    from platform_cli.operate.tuning.priors import Logged


def show_ranking(session: Session, options: TuneOptions) -> None:
    """Rank functions by expected saving, from their logs."""
    from platform_cli.cli.rendering.tuning_history import render_ranking
    from platform_cli.operate.functions import select_functions
    from platform_cli.operate.tuning.priors import rank

    functions = select_functions(session.environment, options.target)
    prices = prices_of(session)
    logged = logs_of(session, reach(session), functions, options.days)
    ranked = rank(functions, logged, options.sizes_mb, options.goal, prices)
    if options.worst is not None:
        ranked = ranked[: options.worst]
    render_ranking(session.terminal, ranked, options.days, session.environment.environment, prices)


def show_history(session: Session, options: TuneOptions) -> None:
    """Show what was promised beside what the logs say since."""
    from platform_cli.cli.rendering.tuning_history import render_history
    from platform_cli.operate.functions import names_of, select_functions
    from platform_cli.operate.tuning.logged import read_logged
    from platform_cli.operate.tuning.observations import Variant
    from platform_cli.operate.tuning.records import compare, read_records

    functions = {f.address: f for f in select_functions(session.environment, options.target)}
    clients, span = reach(session), timedelta(days=options.days)
    prices = prices_of(session)
    records = read_records(names_of(session.environment), clients, tuple(functions))
    outcomes = []
    for record in records:
        function = functions[record.address]
        runs = [r.run for r in records if r.address == record.address]
        begun = record.run.started
        before = read_logged(session.environment, clients, function, begun - span, begun, runs)
        since = read_logged(session.environment, clients, function, record.when, datetime.now(UTC), runs)
        now = Variant(function.architecture, function.memory_mb)
        outcomes.append(compare(record, before, since, prices, now))
    render_history(session.terminal, outcomes)


def tidy(session: Session, options: TuneOptions) -> None:
    """Put back what killed runs left, after it was shown and approved.

    Raises:
        PlatformError: The user declined, nobody can be asked, or what AWS refuses.
    """
    from platform_cli.cli.approval import approve_change
    from platform_cli.cli.deploying import declined
    from platform_cli.cli.rendering.tuning_history import render_cleanup, say_found
    from platform_cli.operate.functions import select_functions
    from platform_cli.operate.tuning.cleaning import clean_up, look

    functions = select_functions(session.environment, options.target)
    client = reach(session).client("lambda")
    found = look(client, session.root, session.environment.environment, functions)
    if found.nothing:
        render_cleanup(session.terminal, found)
        return
    say_found(session.terminal, found)
    if not approve_change(session, f"Put this back in {session.environment.environment}?"):
        raise declined()
    render_cleanup(
        session.terminal,
        clean_up(client, session.root, session.environment.environment, functions, sleep=time.sleep),
    )


def logs_of(
    session: Session, clients: Clients, functions: Sequence[ResolvedFunction], days: int
) -> dict[str, Logged]:
    """The reports of users' calls of the last days, by address."""
    from platform_cli.operate.tuning.logged import read_logged

    until = datetime.now(UTC)
    since = until - timedelta(days=days)
    runs = _past_runs(session, clients, functions)
    return {
        f.address: read_logged(session.environment, clients, f, since, until, runs.get(f.address, ()))
        for f in functions
    }


def prices_of(session: Session, *, snap_start: bool = False) -> dict[str, LambdaPrice]:
    """What Lambda costs by architecture in the environment's region; prices that were fetched come first."""
    from platform_cli.cli.costing import known_prices
    from platform_cli.operate.tuning.pricing import lambda_prices

    return lambda_prices(
        session.environment.region,
        known_prices(session),
        snap_start=snap_start,
        today=datetime.now(UTC).date(),
    )


def _past_runs(
    session: Session, clients: Clients, functions: Sequence[ResolvedFunction]
) -> dict[str, list[PastRun]]:
    """Earlier tunings, whose calls are in the logs of the functions."""
    from platform_cli.operate.functions import names_of
    from platform_cli.operate.tuning.records import read_records

    runs: dict[str, list[PastRun]] = {}
    addresses = tuple(f.address for f in functions)
    try:
        for record in read_records(names_of(session.environment), clients, addresses):
            runs.setdefault(record.address, []).append(record.run)
    except PlatformError as error:
        session.terminal.say(f"calls of earlier tunings count as users' calls: {error.message}")
    return runs
