"""Prices of AWS, each with its source, date, region, unit and tiers.

The bundled table (`prices.json`) is the floor; what `platform cost refresh` fetched lies over it. A
price that is not known for a region is taken from us-east-1, and says so by its own `region`; a price
that is not known at all is None, never a guess.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date as Date
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from platform_cli.errors import PlatformError

FALLBACK_REGION = "us-east-1"
"""Where prices come from that are not known for the region asked."""
STALE_AFTER_DAYS = 365
"""A price older than this is said to be."""
BUNDLED = Path(__file__).with_name("prices.json")

_MB_PER_GB = 1024


class Tier(BaseModel):
    """The price of units up to an amount a month; `up_to` None means from there on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    usd: Decimal
    up_to: Decimal | None = None


class Price(BaseModel):
    """What a unit costs in a region.

    `free_per_month` are units of the free tier that does not expire; it counts once an account. `unlisted`
    says why `platform cost refresh` cannot fetch the price; without it, it can.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    region: str
    unit: str
    tiers: tuple[Tier, ...]
    source: str
    date: Date
    free_per_month: Decimal = Decimal(0)
    free_source: str | None = None
    unlisted: str | None = None

    @model_validator(mode="after")
    def _check_tiers(self) -> Price:
        bounds = [tier.up_to for tier in self.tiers]
        if not bounds or bounds[-1] is not None:
            raise ValueError("the last tier has no upper end")
        inner = [bound for bound in bounds if bound is not None]
        if len(inner) != len(bounds) - 1 or inner != sorted(set(inner)):
            raise ValueError("the ends of tiers grow")
        return self

    def is_stale(self, today: Date) -> bool:
        """Whether it is older than a year."""
        return (today - self.date).days > STALE_AFTER_DAYS

    def cost(self, units: Decimal) -> Decimal:
        """US dollars for so many units a month, tier by tier, without the free tier."""
        return sum((part_units * tier.usd for tier, part_units in self.split(units)), Decimal(0))

    def split(self, units: Decimal) -> tuple[tuple[Tier, Decimal], ...]:
        """How many units fall into each tier; tiers without any are left out."""
        parts: list[tuple[Tier, Decimal]] = []
        start = Decimal(0)
        for tier in self.tiers:
            end = units if tier.up_to is None else min(units, tier.up_to)
            if end > start:
                parts.append((tier, end - start))
                start = end
        return tuple(parts)


class PriceFile(BaseModel):
    """The file that holds prices; the bundled one and the fetched one have the same shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    prices: tuple[Price, ...]


@dataclass(frozen=True)
class PriceTable:
    """Prices by id and region; of two for the same, the later given wins."""

    prices: Mapping[tuple[str, str], Price] = field(repr=False)

    @classmethod
    def of(cls, prices: Iterable[Price]) -> PriceTable:
        """A table of prices."""
        return cls({(price.id, price.region): price for price in prices})

    def price(self, price_id: str, region: str) -> Price | None:
        """The price in a region; that of us-east-1 if the region's is not known; None if neither is."""
        return self.prices.get((price_id, region)) or self.prices.get((price_id, FALLBACK_REGION))

    def with_prices(self, prices: Iterable[Price]) -> PriceTable:
        """The same table with prices that are newer or were not there."""
        merged = dict(self.prices)
        for price in prices:
            known = merged.get((price.id, price.region))
            if known is None or known.date <= price.date:
                merged[price.id, price.region] = price
        return PriceTable(merged)


def read_prices(path: Path) -> tuple[Price, ...]:
    """The prices of a file.

    Raises:
        PlatformError: It cannot be read, or is no file of prices (code `unreadable-prices`).
    """
    try:
        return PriceFile.model_validate_json(path.read_bytes()).prices
    except (OSError, ValidationError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no file of prices"
        raise PlatformError(
            f"the prices in {path} cannot be read: {reason}",
            hint="delete the file, or write it anew with `platform cost refresh`",
            code="unreadable-prices",
        ) from error


@cache
def bundled_prices() -> PriceTable:
    """The prices that came with the tool."""
    return PriceTable.of(read_prices(BUNDLED))


def load_prices(fetched: Path | None = None) -> PriceTable:
    """The bundled prices, and over them those fetched from AWS.

    Args:
        fetched: The file that `platform cost refresh` writes; it need not exist.

    Raises:
        PlatformError: The fetched file is broken (code `unreadable-prices`).
    """
    table = bundled_prices()
    if fetched is None or not fetched.is_file():
        return table
    return table.with_prices(read_prices(fetched))


def keep_prices(path: Path, prices: Iterable[Price]) -> None:
    """Add fetched prices to the user's file of them; those of other regions stay.

    Raises:
        PlatformError: The file cannot be written (code `unwritable-prices`).
    """
    table = PriceTable({})
    # A broken file is what a refresh mends, so it is no reason to refuse.
    with suppress(PlatformError):
        table = PriceTable.of(read_prices(path)) if path.is_file() else table
    merged = table.with_prices(prices)
    ordered = tuple(price for _, price in sorted(merged.prices.items()))
    text = PriceFile(format=1, prices=ordered).model_dump_json(indent=1) + "\n"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise PlatformError(
            f"the prices cannot be kept in {path}: {error.strerror}",
            hint="PLATFORM_CACHE_DIR names another folder",
            code="unwritable-prices",
        ) from error


@dataclass(frozen=True)
class LambdaPrices:
    """What Lambda costs in a region.

    Attributes:
        region: Whose prices these are: the one asked, or us-east-1 where that is not known.
        request_usd: US dollars a request.
        tiers: For each architecture, pairs of the GB-seconds a month up to which a price holds (None:
            without end) and US dollars a GB-second.
        dated: The oldest date among them.
        source: Where they come from.
    """

    region: str
    request_usd: float
    tiers: Mapping[str, tuple[tuple[float | None, float], ...]]
    dated: Date
    source: str

    def gb_second_usd(self, architecture: str) -> float:
        """US dollars a GB-second in the first tier, which all but the largest accounts pay."""
        return self.tiers[architecture][0][1]

    def invocation_usd(self, memory_mb: int, billed_ms: float, architecture: str) -> float:
        """US dollars for one invocation in the first tier, without the free tier.

        Args:
            memory_mb: The function's memory.
            billed_ms: What is billed, in milliseconds.
            architecture: `arm64` or `x86_64`.
        """
        gb_seconds = memory_mb / _MB_PER_GB * billed_ms / 1000
        return self.request_usd + gb_seconds * self.gb_second_usd(architecture)


def lambda_prices(region: str, table: PriceTable | None = None) -> LambdaPrices:
    """What Lambda costs in a region.

    Args:
        region: As AWS calls it.
        table: Prices; None takes the bundled ones.
    """
    table = table or bundled_prices()
    ids = ("lambda.requests", "lambda.duration.arm64", "lambda.duration.x86_64")
    prices = {price_id: table.price(price_id, region) for price_id in ids}
    found = {price_id: price for price_id, price in prices.items() if price is not None}
    return LambdaPrices(
        region=region if all(p.region == region for p in found.values()) else FALLBACK_REGION,
        request_usd=float(found["lambda.requests"].tiers[0].usd),
        tiers={
            price_id.removeprefix("lambda.duration."): tuple(
                (None if tier.up_to is None else float(tier.up_to), float(tier.usd)) for tier in price.tiers
            )
            for price_id, price in found.items()
            if price_id != "lambda.requests"
        },
        dated=min(price.date for price in found.values()),
        source=found["lambda.duration.arm64"].source,
    )
