"""What the cost commands share: prices of this user, estimates, the clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.blueprint.resolved import ResolvedEnvironment
    from platform_cli.cli.session import Session
    from platform_cli.operate.cost.advice import Advice
    from platform_cli.operate.cost.billing import Bill
    from platform_cli.operate.cost.estimate import CostEstimate
    from platform_cli.operate.cost.measuring import Measurement
    from platform_cli.operate.cost.price_list import Refresh
    from platform_cli.operate.cost.prices import PriceTable
    from platform_cli.operate.cost.quantities import Quantity
    from platform_cli.operate.cost.tags import RefusedTag

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([kmb]?)", re.IGNORECASE)
_SCALE = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}


def typed_amount(typed: str) -> Decimal:
    """Return the number that was typed: `500000`, `500k`, `1M`, `2.5M`.

    Raises:
        PlatformError: It is none.
    """
    match = _AMOUNT.fullmatch(typed.strip().replace(",", "").replace("_", ""))
    if match is None:
        raise PlatformError(
            f'"{typed}" is no number of requests',
            hint="write 500000, 500k, 1M or 2.5M",
            code="invalid-amount",
            exit_code=ExitCode.USAGE,
        )
    return Decimal(match[1]) * _SCALE[match[2].lower()]


def pricing(
    session: Session, requests: Decimal | None, *, measured: bool = False, free_tier: bool = True
) -> tuple[ResolvedEnvironment, Callable[[ResolvedEnvironment], CostEstimate]]:
    """Return the environment with its use, and what estimates its bill.

    Raises:
        PlatformError: The blueprint is invalid, or the use cannot be measured.
    """
    from platform_cli.operate.cost.estimate import estimate

    environment = session.environment
    measurement = _measured(session) if measured else None
    if measurement is not None:
        environment = environment.model_copy(update={"usage": measurement.usage})
    prices, today = known_prices(session), _now().date()

    def price(blueprint: ResolvedEnvironment) -> CostEstimate:
        return estimate(
            blueprint,
            prices,
            today,
            requests_per_month=requests,
            free_tier=free_tier,
            notices=() if measurement is None else _told(measurement),
            alarms=_alarms(blueprint) if measurement is None else measurement.alarms,
        )

    return environment, price


def known_prices(session: Session) -> PriceTable:
    """Return the bundled prices and, over them, those that this user fetched."""
    from platform_cli.operate.cost.prices import load_prices

    return load_prices(_fetched(session))


def actual_bill(session: Session, month: str | None, *, measured: bool) -> Bill:
    """Read the bill, and put the estimate beside it.

    Raises:
        PlatformError: The environment is local, or AWS refuses.
    """
    from platform_cli.operate.cost.billing import read_bill

    clients = _billing(session)
    environment, price = pricing(session, None, measured=measured)
    return read_bill(environment, clients, price(environment), _now().date(), month)


def advice(session: Session, days: int) -> tuple[tuple[Advice, ...], tuple[str, ...]]:
    """Look for waste; the second is what to know about the prices.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    from platform_cli.cli.deploying import reach
    from platform_cli.operate.cost.advising import advise, price_basis
    from platform_cli.operate.cost.waste import observe_waste

    now = _now()
    seen = observe_waste(session.environment, reach(session), now, days)
    by = (session.environment, seen, known_prices(session), now.date())
    return advise(*by), price_basis(*by)


def refresh(session: Session) -> tuple[Refresh, Path]:
    """Fetch prices, and keep them.

    Raises:
        PlatformError: The environment is local, or AWS refuses.
    """
    from platform_cli.operate.cost.price_list import fetch_prices
    from platform_cli.operate.cost.prices import keep_prices

    environment = session.environment
    nodes = tuple(f"elasticache.{c.engine}.{c.node_type}" for c in environment.caches.values())
    found = fetch_prices(_billing(session), environment.region, known_prices(session), nodes)
    path = _fetched(session)
    keep_prices(path, found.prices)
    return found, path


def billing_tags(session: Session, *, activate: bool) -> None:
    """Show which tags are active in the bill, perhaps after they were activated.

    Raises:
        PlatformError: The environment is local, the user declined, or AWS refuses.
        Exit: With 3 if some are not active.
    """
    import typer

    from platform_cli.cli.approval import approve_change
    from platform_cli.cli.deploying import declined
    from platform_cli.cli.rendering.cost_bill import render_tags
    from platform_cli.operate.cost.tags import activate_tags, read_tags

    clients = _billing(session)
    tags = read_tags(session.environment, clients)
    refused: tuple[RefusedTag, ...] = ()
    inactive = [tag.key for tag in tags if tag.status == "inactive"]
    if activate and inactive:
        if not approve_change(session, f"Let the bill of the account count by {', '.join(inactive)}?"):
            raise declined()
        refused = activate_tags(inactive, clients)
        tags = read_tags(session.environment, clients)
    render_tags(session.terminal, tags, refused)
    if any(tag.status != "active" for tag in tags):
        raise typer.Exit(ExitCode.FINDINGS)


def _alarms(environment: ResolvedEnvironment) -> tuple[Quantity, ...]:
    """The alarms that a deployment would make; locally they cost as little as everything else."""
    from platform_cli.operate.cost.quantities import Quantity
    from platform_cli.stacks.alarms.counting import count_alarms

    count = count_alarms(environment)
    found = (
        ("cloudwatch.alarms", count.metrics, "metrics that alarms evaluate"),
        ("cloudwatch.composite-alarms", count.composites, "composite alarms"),
    )
    return tuple(
        Quantity(price, Decimal(units), "fixed", "alarms", what) for price, units, what in found if units
    )


def _measured(session: Session) -> Measurement:
    from platform_cli.cli.deploying import reach
    from platform_cli.operate.cost.measuring import measure

    return measure(session.environment, reach(session), _now())


def _told(measurement: Measurement) -> tuple[str, ...]:
    from platform_cli.cli.rendering.words import number

    return (f"the use was measured over {number(measurement.days, 'day')}", *measurement.missing)


def _billing(session: Session) -> Clients:
    from platform_cli.cli.deploying import reach
    from platform_cli.operate.cost.billing import billing_clients

    if session.environment.target == "local":
        raise PlatformError(
            f"environment {session.environment.environment} is local: it has neither a bill nor prices",
            hint="name an environment on AWS with --env",
            code="no-bill",
            exit_code=ExitCode.USAGE,
        )
    return billing_clients(reach(session))


def _fetched(session: Session) -> Path:
    return session.cache / "prices.json"


def _now() -> datetime:
    return datetime.now(UTC)
