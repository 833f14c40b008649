"""What Lambda charges, as tuning needs it: a gigabyte-second and a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date

from platform_cli.operate.cost.prices import STALE_AFTER_DAYS, PriceTable, bundled_prices
from platform_cli.operate.cost.prices import lambda_prices as table_prices


@dataclass(frozen=True)
class LambdaPrice:
    """Prices of one architecture, in the first tier, without the free tier.

    Attributes:
        gigabyte_second_usd: Of memory times billed time.
        request_usd: Of one invocation.
        source: Where the figures are from.
        date: As of when.
        snapshot_usd: Of keeping a gigabyte of a snapshot of SnapStart for a second; 0 without SnapStart.
        restore_usd: Of starting a gigabyte from it.
        old: Whether the figures are older than a year.
    """

    gigabyte_second_usd: float
    request_usd: float
    source: str
    date: str
    snapshot_usd: float = 0.0
    restore_usd: float = 0.0
    old: bool = False


def lambda_prices(
    region: str, table: PriceTable | None = None, *, snap_start: bool = False, today: Date | None = None
) -> dict[str, LambdaPrice]:
    """Prices by architecture.

    Args:
        region: As AWS calls it; where its prices are not known, those of us-east-1, which `source` says.
        table: Prices; None takes the bundled ones.
        snap_start: Whether they are for a function with SnapStart.
        today: To tell how old they are; without it, nobody asks.
    """
    known = table_prices(region, table)
    snapshot, restore = (
        (table or bundled_prices()).price(price_id, region) if snap_start else None
        for price_id in ("lambda.snapshots", "lambda.restores")
    )
    old = today is not None and (today - known.dated).days > STALE_AFTER_DAYS
    where = "" if known.region == region else f"; of {known.region}, as {region}'s are not known"
    return {
        architecture: LambdaPrice(
            known.gb_second_usd(architecture),
            known.request_usd,
            f"{known.source}{where}",
            known.dated.isoformat(),
            0.0 if snapshot is None else float(snapshot.tiers[0].usd),
            0.0 if restore is None else float(restore.tiers[0].usd),
            old,
        )
        for architecture in known.tiers
    }
