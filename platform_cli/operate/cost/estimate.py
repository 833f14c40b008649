"""The monthly bill: quantities × prices, by tier, with or without the free tier.

In: a resolved environment, prices. Out: a `CostEstimate` whose total is the sum of its lines. Never: a
price that is not known; such lines are listed apart, without a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.metering import quantities_of
from platform_cli.operate.cost.prices import FALLBACK_REGION, Price, PriceTable
from platform_cli.operate.cost.quantities import Quantity

Key = TypeVar("Key")
NOTHING = Decimal(0)
_FREE_POOLS = {
    "lambda.duration.arm64": "lambda.duration",
    "lambda.duration.x86_64": "lambda.duration",
    "sqs.requests": "sqs",
    "sqs.requests.fifo": "sqs",
}
"""Prices that share one allowance of the free tier."""
_ALWAYS = (
    "the system is alone in its account: tiers and the free tier count once an account",
    "data sent to the internet, and support and taxes, are not counted",
    "settings of up to 4 KB are standard parameters, which cost nothing",
)


_UNCOUNTED_ALARMS = "alarms are not counted; `--measured` counts those that are deployed"


@dataclass(frozen=True)
class CostLine:
    """What one quantity costs.

    Attributes:
        quantity: What is metered.
        price: What it was multiplied with.
        free_units: Units that the free tier takes away.
        usd: US dollars a month.
    """

    quantity: Quantity
    price: Price
    free_units: Decimal
    usd: Decimal

    @property
    def billed_units(self) -> Decimal:
        """Units that are paid."""
        return self.quantity.units - self.free_units


@dataclass(frozen=True)
class CostEstimate:
    """The bill of a month.

    Attributes:
        system: Its name.
        environment: Its name.
        region: The region whose prices were asked for.
        free_tier: Whether the free tier was taken off.
        lines: What is priced, in the order of the blueprint's parts.
        unpriced: What is metered and has no known price.
        assumptions: What nobody said, in words.
        notices: What to know about the prices.
    """

    system: str
    environment: str
    region: str
    free_tier: bool
    lines: tuple[CostLine, ...]
    unpriced: tuple[Quantity, ...] = ()
    assumptions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def total_usd(self) -> Decimal:
        """US dollars a month."""
        return sum((line.usd for line in self.lines), NOTHING)

    @property
    def fixed_usd(self) -> Decimal:
        """What is paid without any request."""
        return sum((line.usd for line in self.lines if line.quantity.part == "fixed"), NOTHING)

    @property
    def variable_usd(self) -> Decimal:
        """What comes with use."""
        return sum((line.usd for line in self.lines if line.quantity.part == "variable"), NOTHING)

    @property
    def by_service(self) -> Mapping[str | None, Decimal]:
        """By service of the system, dearest first; None holds what several share."""
        return _grouped((line.quantity.service, line.usd) for line in self.lines)

    @property
    def by_product(self) -> Mapping[str, Decimal]:
        """By service of AWS, dearest first."""
        return _grouped((line.quantity.product, line.usd) for line in self.lines)


def estimate(
    environment: ResolvedEnvironment,
    prices: PriceTable,
    today: date,
    *,
    requests_per_month: Decimal | None = None,
    free_tier: bool = True,
    notices: Iterable[str] = (),
    alarms: Iterable[Quantity] | None = None,
) -> CostEstimate:
    """Estimate the bill of an environment by its usage profile.

    Args:
        environment: The environment; a local one is priced as if it were on AWS in us-east-1.
        prices: What things cost.
        today: To tell how old the prices are.
        requests_per_month: Requests of all APIs; None takes the profile's.
        free_tier: Whether to take off the free tier that does not expire.
        notices: What else to know about the estimate.
        alarms: Alarms that were counted; None where nobody counted them.
    """
    local = environment.target == "local"
    region = FALLBACK_REGION if local else environment.region
    demand = Demand(environment, requests_per_month)
    quantities = (*quantities_of(environment, demand), *(alarms or ()))
    lines, unpriced = price_quantities(quantities, prices, region, free_tier=free_tier)
    told = ["the local AWS costs nothing: these are the prices of AWS in us-east-1"] if local else []
    return CostEstimate(
        system=environment.system,
        environment=environment.environment,
        region=region,
        free_tier=free_tier,
        lines=lines,
        unpriced=unpriced,
        assumptions=(*demand.assumptions, *_ALWAYS, *(() if alarms is not None else (_UNCOUNTED_ALARMS,))),
        notices=(*told, *notices, *price_notices((line.price for line in lines), region, today)),
    )


def price_quantities(
    quantities: Iterable[Quantity], prices: PriceTable, region: str, *, free_tier: bool = True
) -> tuple[tuple[CostLine, ...], tuple[Quantity, ...]]:
    """Multiply quantities with prices.

    Tiers and the free tier apply to all quantities of a price together; each quantity bears its share.

    Returns:
        What is priced, in the given order, and what has no known price.
    """
    pools: dict[str, _Pool] = {}
    sums: dict[str, _Sum] = {}
    priced: list[tuple[Quantity, Price]] = []
    unpriced: list[Quantity] = []
    for quantity in quantities:
        price = prices.price(quantity.price_id, region)
        if price is None:
            unpriced.append(quantity)
            continue
        priced.append((quantity, price))
        sums.setdefault(price.id, _Sum(price)).quantities.append(quantity)
        if free_tier and quantity.free_tier and price.free_per_month:
            pool = pools.setdefault(_FREE_POOLS.get(price.id, price.id), _Pool(price.free_per_month))
            pool.units += quantity.units
    shares = {
        price_id: total.shares(pools.get(_FREE_POOLS.get(price_id, price_id)))
        for price_id, total in sums.items()
    }
    lines = []
    for quantity, price in priced:
        free_units, usd = shares[price.id].pop(0)
        lines.append(CostLine(quantity, price, free_units, usd))
    return tuple(lines), tuple(unpriced)


def price_notices(prices: Iterable[Price], region: str, today: date) -> tuple[str, ...]:
    """What to know about prices that were used: foreign ones, and old ones."""
    used = {price.id: price for price in prices}
    foreign = sorted(price.id for price in used.values() if price.region != region)
    stale = [price for price in used.values() if price.is_stale(today)]
    notices = []
    if foreign:
        which = "all prices" if len(foreign) == len(used) else f"{len(foreign)} of {len(used)} prices"
        notices.append(
            f"{which} are those of {FALLBACK_REGION}, as those of {region} are not known; "
            "`platform cost refresh` fetches them"
        )
    if stale:
        oldest = min(price.date for price in stale)
        notices.append(
            f"{len(stale)} of {len(used)} prices are older than a year, the oldest of {oldest.isoformat()}; "
            "`platform cost refresh` fetches today's"
        )
    return tuple(notices)


@dataclass
class _Pool:
    """An allowance of the free tier, and all that may draw on it."""

    allowance: Decimal
    units: Decimal = NOTHING

    def free(self, units: Decimal) -> Decimal:
        """The share of so many units that is free."""
        if self.units <= self.allowance:
            return units
        return units * self.allowance / self.units


@dataclass
class _Sum:
    """All quantities of one price."""

    price: Price
    quantities: list[Quantity] = field(default_factory=list)

    def shares(self, pool: _Pool | None) -> list[tuple[Decimal, Decimal]]:
        """Free units and US dollars of each quantity; the dollars add up to the tiered price of all."""
        free = [pool.free(q.units) if pool is not None and q.free_tier else NOTHING for q in self.quantities]
        billed = [q.units - units for q, units in zip(self.quantities, free, strict=True)]
        total_units = sum(billed, NOTHING)
        total = self.price.cost(total_units)
        if not total_units:
            return [(units, NOTHING) for units in free]
        usd = [total * units / total_units for units in billed]
        # Division rounds; the largest part takes what is lost, so that the parts add up.
        largest = billed.index(max(billed))
        usd[largest] += total - sum(usd, NOTHING)
        return list(zip(free, usd, strict=True))


def _grouped(pairs: Iterable[tuple[Key, Decimal]]) -> Mapping[Key, Decimal]:
    totals: dict[Key, Decimal] = {}
    for key, usd in pairs:
        totals[key] = totals.get(key, NOTHING) + usd
    return dict(sorted(totals.items(), key=lambda item: (-item[1], str(item[0]))))
