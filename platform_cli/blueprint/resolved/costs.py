"""Cost anomaly detection in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedCostAnomalies(Resolved):
    """Who is told of odd costs, by mail."""

    watch: Literal["account", "system"]
    above_usd: float
    contacts: tuple[str, ...]
