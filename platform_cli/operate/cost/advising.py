"""Where money is wasted, what to write instead, and what that saves.

In: a resolved environment, what it did lately, prices. Out: advice, the greatest saving first. Pure. A
saving is the difference of two estimates, the blueprint as it is and the blueprint as advised, under the
measured use and without the free tier, so that it does not depend on what else runs in the account.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.cost import dearer, idle, idle_stores, storage_classes
from platform_cli.operate.cost.advice import Advice, Case, Rule
from platform_cli.operate.cost.estimate import NOTHING, estimate
from platform_cli.operate.cost.prices import PriceTable
from platform_cli.operate.cost.waste import WasteObservation

RULES: tuple[Rule, ...] = (
    idle.idle_concurrency,
    idle.unread_tables,
    idle.idle_capacity,
    idle.idle_shards,
    idle_stores.idle_database_capacity,
    idle_stores.unused_databases,
    idle_stores.idle_cache_nodes,
    dearer.endless_logs,
    dearer.needless_nat,
    dearer.dearer_architecture,
    dearer.dearer_api,
    dearer.dearer_engine,
    storage_classes.dearer_storage_class,
)


def price_basis(
    environment: ResolvedEnvironment, seen: WasteObservation, prices: PriceTable, today: date
) -> tuple[str, ...]:
    """What to know about the prices that savings are computed with: of when, of where, and how old.

    Args:
        environment: As the blueprint has it.
        seen: What it did.
        prices: What things cost.
        today: To tell how old they are.
    """
    measured = environment.model_copy(update={"usage": seen.measurement.usage})
    found = estimate(measured, prices, today, free_tier=False)
    dates = sorted({line.price.date.isoformat() for line in found.lines})
    span = [" to ".join(dict.fromkeys((dates[0], dates[-1])))] if dates else []
    return (*(f"prices of {days}" for days in span), *found.notices)


def advise(
    environment: ResolvedEnvironment, seen: WasteObservation, prices: PriceTable, today: date
) -> tuple[Advice, ...]:
    """Find waste.

    Args:
        environment: As the blueprint has it.
        seen: What it did.
        prices: What things cost.
        today: Of the estimates.

    Returns:
        Advice by saving, the greatest first; what saves nothing is left out.
    """
    measured = environment.model_copy(update={"usage": seen.measurement.usage})

    def cost(blueprint: ResolvedEnvironment) -> Decimal:
        return estimate(blueprint, prices, today, free_tier=False).total_usd

    case = Case(measured, seen, prices, cost)
    found = [advice for rule in RULES for advice in rule(case)]
    useful = [advice for advice in found if advice.saving_usd is None or advice.saving_usd > NOTHING]
    return tuple(sorted(useful, key=lambda a: (-(a.saving_usd or NOTHING), a.path, a.code)))
