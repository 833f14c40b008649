"""Cost anomaly detection."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.resolved import ResolvedCostAnomalies


def resolve_cost_anomalies(blueprint: Blueprint) -> ResolvedCostAnomalies | None:
    """Who is told of odd costs; AWS sends mails, and calls no address."""
    wanted = blueprint.cost_anomalies
    if wanted is None:
        return None
    contacts = wanted.contacts or blueprint.alarms.contacts.critical
    return ResolvedCostAnomalies(
        watch=wanted.watch,
        above_usd=wanted.above_usd,
        contacts=tuple(sorted({contact for contact in contacts if not contact.startswith("https://")})),
    )
