"""What a piece of advice is, and what the rules that give it look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.cost.prices import PriceTable
from platform_cli.operate.cost.waste import WasteObservation


@dataclass(frozen=True)
class Advice:
    """One thing to change.

    Attributes:
        code: Stable, `idle-provisioned-concurrency`.
        path: The place in the blueprint; empty for what is not in it.
        message: What was seen.
        change: What to write, or do.
        saving_usd: US dollars a month; None where no price is known.
    """

    code: str
    path: tuple[str, ...]
    message: str
    change: str
    saving_usd: Decimal | None


@dataclass(frozen=True)
class Case:
    """What the rules look at."""

    environment: ResolvedEnvironment
    seen: WasteObservation
    prices: PriceTable
    cost: Callable[[ResolvedEnvironment], Decimal]

    @property
    def period(self) -> str:
        """`in 14 days`."""
        days = self.seen.measurement.days
        return f"in {days} days" if days > 1 else "in a day"

    def saving(self, advised: ResolvedEnvironment) -> Decimal:
        """What the advised blueprint costs less."""
        return self.cost(self.environment) - self.cost(advised)

    def unit_usd(self, price_id: str) -> Decimal | None:
        """The price of a unit in the first tier."""
        price = self.prices.price(price_id, self.environment.region)
        return None if price is None else price.tiers[0].usd

    def monthly(self, section: str, name: str, field: str) -> float | None:
        """A measured figure; None where it was not measured."""
        thing = getattr(self.seen.measurement.usage, section).get(name)
        value = getattr(thing, field) if thing is not None else None
        return None if value is None else float(value)


Rule = Callable[[Case], Iterator[Advice]]


def with_function(
    environment: ResolvedEnvironment, address: str, changes: Mapping[str, Any]
) -> ResolvedEnvironment:
    """The environment with a changed function."""
    service_name, _, name = address.partition(".")
    service = environment.services[service_name]
    function = service.functions[name].model_copy(update=changes)
    changed = service.model_copy(update={"functions": {**service.functions, name: function}})
    return environment.model_copy(update={"services": {**environment.services, service_name: changed}})
